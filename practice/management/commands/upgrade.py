"""`manage.py upgrade`: bring the data to this code. Newer data is refused, older data is backed up, then migrated."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from practice.config import environment
from practice.domain import backups, start, upgrades


class Command(BaseCommand):
    help = "Refuse newer data; back up older data, migrate it; check the key. Runs with ALONGSIDE_AS=owner."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        here = environment.read()
        if not here.as_owner or here.owner is None:
            raise environment.Misconfigured("ALONGSIDE_AS is not owner: `manage.py upgrade` changes tables.")
        found = upgrades.state()
        if found.newer:
            raise CommandError(
                f"The data was written by a newer Alongside: it knows {backups.name_of(found.newer[0])}, and this code "
                "does not. Start the newer version, or restore a backup of this one. Nothing was changed."
            )
        if found.missing:
            self.migrate(here, found)
        try:
            start.check()
        except start.NotReady as reason:
            raise CommandError(str(reason)) from None

    def migrate(self, here: environment.Environment, found: upgrades.State) -> None:
        """Back up first, unless there is nothing yet."""
        assert here.owner is not None  # noqa: S101  (said to mypy; handle() refuses without it)
        if not found.is_empty:
            try:
                file = backups.back_up(
                    owner=here.owner.conninfo(),
                    key=here.key,
                    to=here.home / "backups",
                    migrations=set(found.applied),
                    now=timezone.now(),
                )
            except backups.BackupRefused as refusal:
                raise CommandError(f"The data is older than this code, and was left as it is: {refusal}") from None
            self.stdout.write(f"The data is older than this code: backed up to {file}")
        call_command("migrate", verbosity=0, interactive=False)
        self.stdout.write(f"Migrated: {len(found.missing)} steps")
