"""`manage.py invite EMAIL NAME ROLE …`: one more person of the practice."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from practice.domain import invitations
from practice.models import Role


class Command(BaseCommand):
    """Makes a person with roles, who sets her password by the printed link."""

    help = "Invite a person: e-mail address, name, and one or more roles."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and as what."""
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("roles", nargs="+", choices=[role for role in Role.values if role != Role.CLIENT])

    def handle(self, *args: Any, **options: Any) -> None:
        """Print her link."""
        try:
            link = invitations.invite(email=options["email"], name=options["name"], roles=options["roles"], by=None)
        except invitations.AlreadyHere as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{options['name']} sets a password here:\n{link}")
