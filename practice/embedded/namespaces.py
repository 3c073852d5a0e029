"""Who the servers run as: the ordinary user that started them, or, for root, nobody of importance.

PostgreSQL refuses to run as root. In a user namespace of its own it believes to be user 1000, has no power
over the machine, and needs neither a new system user nor a single loosened permission.
"""

import functools
import os
import subprocess
from pathlib import Path

from practice.embedded.folder import Refused

UNSHARE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@functools.cache
def prefix() -> tuple[str, ...]:
    """What stands before a server's command."""
    if os.geteuid() != 0:
        return ()
    if not _works([*UNSHARE, "true"]):
        raise Refused(
            "PostgreSQL does not run as root, and this machine does not let root open a user namespace: "
            "start Alongside as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return UNSHARE


def check_reach(folder: Path, program: Path) -> None:
    """As root, a folder in another user's private home is closed to the namespace: say so before anything starts."""
    if not prefix():
        return
    for path, test in ((folder, "-w"), (program, "-x")):
        if not _works([*prefix(), "test", test, str(path)]):
            raise Refused(
                f"{path} lies in a folder that is closed to root's servers: "
                "start Alongside as the user who owns it, or set DATABASE_URL and REDIS_URL."
            )


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
