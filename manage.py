#!/usr/bin/env python3
"""Django's command line for Alongside."""

import os
import sys


def main() -> None:
    """Run a management command; a wrong setting, a broken data file or a database that is away is one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    from practice.config.environment import Misconfigured

    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except (Misconfigured, ImproperlyConfigured) as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)
    except OperationalError as problem:
        sys.stderr.write(f"DATABASE_URL: the database does not answer ({type(problem.__cause__).__name__}).\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
