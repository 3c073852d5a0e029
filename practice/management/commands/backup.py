"""`manage.py backup [--to FOLDER]`: the whole database in one checked file; the key stays where it is."""

from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from practice.config import environment
from practice.domain import backups, upgrades


class Command(BaseCommand):
    help = "Back up the database into one file. The key of the records is never in it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="where to (default: backups/ beside the data)")

    def handle(self, *args: Any, **options: Any) -> None:
        here = environment.read(as_owner=True)
        if here.owner is None:
            raise environment.Misconfigured("OWNER_DATABASE_URL is not set: `manage.py backup` logs in with it.")
        try:
            file = backups.back_up(
                owner=here.owner.conninfo(),
                key=here.key,
                to=options["to"] or here.home / "backups",
                migrations=upgrades.applied(here.owner.conninfo()),
                now=timezone.now(),
            )
        except (backups.BackupRefused, OSError, psycopg.Error) as refusal:
            raise CommandError(f"No backup was made: {str(refusal).strip()}") from None
        self.stdout.write(f"Backed up to {file}")
        self.stdout.write(
            f"The key of the records is not in it: {here.key_file or 'ALONGSIDE_KEY'}. "
            "Keep a copy of the key in another place: without it the protected records in this backup cannot be read."
        )
