"""`manage.py provision`: roles, database, extensions, grants. May run any number of times."""

from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError

from practice.config import environment
from practice.domain import provisioning


class Command(BaseCommand):
    help = "Make the roles al_owner and al_app, the database and its extensions, from ADMIN_DATABASE_URL."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        here = environment.read(as_owner=True)
        for variable, value in (("ADMIN_DATABASE_URL", here.admin), ("OWNER_DATABASE_URL", here.owner)):
            if value is None:
                raise environment.Misconfigured(f"{variable} is not set: `manage.py provision` logs in with it.")
        assert here.admin is not None and here.owner is not None  # noqa: S101  (said to mypy; refused above)
        try:
            done = provisioning.provision(
                admin=here.admin.conninfo(), owner=here.owner.conninfo(), app=here.app.conninfo()
            )
        except provisioning.CannotProvision as refusal:
            raise CommandError(str(refusal)) from None
        except psycopg.Error as error:
            raise CommandError(f"The database server refused: {str(error).strip()}") from None
        self.stdout.write(f"Made: {', '.join(done)}." if done else "Everything was there already.")
