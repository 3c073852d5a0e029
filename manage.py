#!/usr/bin/env python3
"""Django's command line for Alongside."""

import os
import sys


def main() -> None:
    """Run a management command; a wrong setting is one sentence and exit code 2, never a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.config.settings")
    from practice.config.environment import Misconfigured

    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except Misconfigured as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
