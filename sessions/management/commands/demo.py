"""Fill an empty database with the demo practice, or say who can sign in to it."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.domain import demo


class Command(BaseCommand):
    """manage.py demo [--if-empty | --logins]"""

    help = "Fill an empty database with an invented practice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Two ways to be quiet about a database that is filled already."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when the demo is there already")
        parser.add_argument("--logins", action="store_true", help="print who can sign in, and the password")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse anything but an empty database with a sentence."""
        try:
            here = demo.is_here()
            if options["logins"]:
                self._say_logins()
            elif not (here and options["if_empty"]):
                demo.make(today=timezone.localdate(timezone=ZoneInfo("Europe/London")))
                self.stdout.write(_("The demo practice is filled: three therapists, 24 clients, six routes."))
        except demo.RealData as refusal:
            raise CommandError(str(refusal)) from refusal

    def _say_logins(self) -> None:
        for login in demo.logins():
            self.stdout.write(f"{login.email:<28} {login.who}")
        self.stdout.write(_("Password for all: %(password)s") % {"password": demo.PASSWORD})
