"""What must be true before the product serves anyone: the right database, the right age, the right key."""

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from practice.domain import vault


class NotReady(Exception):
    """A reason not to start, in one sentence."""


def check() -> None:
    """Raise `NotReady` when the database is away, older or newer than the code, or sealed with another key."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise NotReady(_("DATABASE_URL: the database does not answer.")) from error
    executor = MigrationExecutor(connection)
    known, applied = set(executor.loader.disk_migrations), set(executor.loader.applied_migrations)
    ours = {app for app, _name in known}
    if newer := {one for one in applied - known if one[0] in ours}:
        name = "/".join(sorted(newer)[-1])
        raise NotReady(
            _("The data is newer than this version of Alongside (%(name)s). Start the newer version.") % {"name": name}
        )
    if known - applied:
        raise NotReady(_("The data is older than this version of Alongside. Run: manage.py migrate, as the owner."))
    if not vault.is_the_right_key():
        raise NotReady(
            _("The key in ALONGSIDE_KEY_FILE or ALONGSIDE_KEY is not the one this practice's data was sealed with.")
        )
