"""What was or will be sent about one session, when, where to, and why or why not."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from practice.domain import words
from practice.models.practice import here
from sessions.domain import letter_log, meeting
from sessions.models import Session


class Command(BaseCommand):
    """manage.py reminders_explain SESSION"""

    help = "Say of one session what was or will be sent, when, where to, and why or why not."

    def add_arguments(self, parser: CommandParser) -> None:
        """The session, by the id that stands in its address."""
        parser.add_argument("session", help="the id in the address of its page")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a paragraph a letter. An id that no session has ends it with code 2."""
        with here():
            session = self._found(options["session"])
            zone = session.place.time_zone
            when = f"{words.when(session.starts_at, zone)} ({zone})"
            self.stdout.write(
                f"{when}, {meeting.how(session)}, with {session.therapist.name}: {session.get_status_display()}."
            )
            lines = letter_log.of(session, now=timezone.now(), foretell=True)
            for line in lines:
                where = f", to {line.to}" if line.to else ""
                at = f", {line.when}" if line.when else ""
                self.stdout.write(f"- {line.name or 'a colleague'}: {line.what}{where}: {line.state}{at}. {line.why}")
            if not lines:
                self.stdout.write("Nothing was sent about it, and nothing will be.")

    @staticmethod
    def _found(given: str) -> Session:
        try:
            return Session.objects.select_related("place", "therapist").get(pk=UUID(given))
        except ValueError:
            raise CommandError(
                f"{given!r} is not the id of a session: it stands in the address of its page.", returncode=2
            ) from None
        except Session.DoesNotExist:
            raise CommandError(f"There is no session {given}.", returncode=2) from None
