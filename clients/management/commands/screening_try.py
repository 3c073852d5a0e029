"""`manage.py screening_try FILE.json`: what the rules make of answers that are nobody's."""

import json
import sys
from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clients.domain import trying
from clients.domain.trying import Unusable


class Command(BaseCommand):
    """Prints one JSON object. Unusable input is one line on stderr and exit code 2. Reads no database."""

    help = "Try the rules on answers in a JSON file (or - for standard input)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, or what may stand in one. What else is said is answered in one line, without the usage."""
        parser.usage = SUPPRESS
        parser.add_argument("file", nargs="?", default="-", help="a JSON file, or - for standard input")
        parser.add_argument("--describe", action="store_true", help="print what may be said, and what may come out")

    def handle(self, *, file: str, describe: bool, **options: Any) -> None:
        """Read, consider, print."""
        try:
            answer = trying.described() if describe else trying.tried(_text(file))
        except Unusable as problem:
            self.stderr.write(" ".join(str(problem).split()))
            sys.exit(2)
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2 if describe else None))


def _text(file: str) -> str:
    try:
        if file == "-":
            if sys.stdin is None:
                raise Unusable("There is no standard input.")
            data = sys.stdin.buffer.read(trying.LARGEST + 1)
        else:
            with Path(file).open("rb") as source:
                data = source.read(trying.LARGEST + 1)
        if len(data) > trying.LARGEST:
            raise Unusable("The input is larger than a megabyte.")
        return data.decode("utf-8-sig")
    except Unusable:
        raise
    except UnicodeDecodeError as error:
        raise Unusable("The input is not UTF-8.") from error
    except (OSError, ValueError) as error:
        raise Unusable(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
