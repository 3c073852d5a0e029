"""`manage.py begin`: a real practice on an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from practice.domain import invitations


class Command(BaseCommand):
    """Makes the practice and its owner, who sets her password by the printed link."""

    help = "Begin a practice on an empty database: its name, its owner, her address."

    def add_arguments(self, parser: CommandParser) -> None:
        """Asked for when not given."""
        parser.add_argument("--name", help="the practice's name")
        parser.add_argument("--owner", help="the owner's name")
        parser.add_argument("--email", help="the owner's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the owner's link."""
        name = options["name"] or input("Name of the practice: ")
        owner = options["owner"] or input("Name of its owner: ")
        email = options["email"] or input("Her or his e-mail address: ")
        try:
            link = invitations.begin(name=name, owner=owner, email=email)
        except invitations.AlreadyBegun as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{name} has begun. {owner} sets a password here:\n{link}")
