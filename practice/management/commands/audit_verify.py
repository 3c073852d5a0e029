"""`manage.py audit_verify`: read the whole audit chain; exit 0 when it is whole, 2 when it is not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from practice.domain import audit


class Command(BaseCommand):
    """Reads the audit chain from its first entry to its end."""

    help = "Read the whole audit chain and say whether it is whole."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one sentence; exit with 2 when the chain is broken."""
        verdict = audit.verify()
        if verdict.whole:
            self.stdout.write(f"The audit chain is whole: {verdict.entries} entries.")
            return
        self.stderr.write(f"The audit chain is broken after {verdict.entries} good entries. {verdict.problem}")
        sys.exit(2)
