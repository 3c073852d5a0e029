"""`manage.py verify_document FILE.pdf`: is this the paper that was signed, and does it stand?"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clients.domain import checking
from practice.domain.papers import LARGEST


class Command(BaseCommand):
    """Prints one sentence. Exit 0 when the paper is whole, ours and stands, 1 when not, 2 for a file of no use."""

    help = "Check a signed paper against the practice's seal and its register."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", help="a signed paper, as a PDF file")

    def handle(self, *, file: str, **options: Any) -> None:
        """Say it."""
        try:
            with Path(file).open("rb") as source:
                data = source.read(LARGEST + 1)
        except (OSError, ValueError) as error:
            self._stop(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.", 2)
        checked = checking.check(data)
        if not checked.is_good:
            self._stop(checked.said, 1 if checked.is_usable else 2)
        known = checked.known
        self.stdout.write(f"{checked.said} {known.number}, {known.title}: {known.status}." if known else checked.said)

    def _stop(self, said: str, code: int) -> None:
        self.stderr.write(said)
        sys.exit(code)
