"""`manage.py restore FILE --yes`: check the file to its last byte, restore it beside the data, then swap."""

from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from practice.config import environment
from practice.domain import backups, provisioning, upgrades


class Command(BaseCommand):
    help = "Put a backup in the place of the data. The data of now is kept under another name."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="do it; without this the file is only checked")

    def handle(self, *args: Any, **options: Any) -> None:
        here = environment.read(as_owner=True)
        for variable, value in (("ADMIN_DATABASE_URL", here.admin), ("OWNER_DATABASE_URL", here.owner)):
            if value is None:
                raise environment.Misconfigured(f"{variable} is not set: `manage.py restore` logs in with it.")
        assert here.admin is not None and here.owner is not None  # noqa: S101  (said to mypy; refused above)
        try:
            manifest = backups.check(options["file"], key=here.key, known=upgrades.known())
            self.stdout.write(f"{options['file']} is whole: made {manifest.made_at}.")
            if not options["yes"]:
                raise CommandError("Nothing was changed. Run it again with --yes to put it in the place of the data.")
            kept = backups.restore(
                options["file"],
                manifest,
                admin=here.admin.conninfo(),
                owner=here.owner.conninfo(),
                app=here.app.conninfo(),
                now=timezone.now(),
            )
        except (backups.BackupRefused, provisioning.CannotProvision, psycopg.Error) as refusal:
            raise CommandError(f"Not restored: {str(refusal).strip()}") from None
        self.stdout.write(f"Restored. The data of before is kept in the database {kept}." if kept else "Restored.")
        if set(manifest.migrations) != {backups.name_of(each) for each in upgrades.known()}:
            self.stdout.write("It is older than this code: start Alongside (or run `manage.py upgrade`) to migrate it.")
