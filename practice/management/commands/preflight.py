"""`manage.py preflight`: refuse to start on the wrong database or with the wrong key; exit 2 with one sentence."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from practice.domain import start


class Command(BaseCommand):
    """Run before the web server and the worker."""

    help = "Check that the database is of this version and opens with this key."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Say nothing when all is well."""
        try:
            start.check()
        except start.NotReady as problem:
            self.stderr.write(str(problem))
            sys.exit(2)
