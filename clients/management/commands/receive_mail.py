"""Take in one mail from standard input: what a mail server pipes into.

Postfix, in `master.cf`: `alongside unix - n n - - pipe flags=Rq user=alongside argv=/path/manage.py receive_mail
--to=${recipient}`. Exit 0: kept. Exit 75 (EX_TEMPFAIL of sysexits.h): not now, the server keeps it and tries again.
"""

import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clients.domain import receiving
from practice.domain.mail_in import LARGEST
from practice.models.practice import here

EX_TEMPFAIL = 75
logger = logging.getLogger("alongside.mailbox")


class Command(BaseCommand):
    """See the module."""

    help = "Keep one mail that is given on standard input; exits with 75 when it cannot be kept now."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """To whom it was delivered."""
        parser.add_argument("--to", default="", help="the address it was delivered to")

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        """Read to the end, so that the mail server is not cut off; keep what is kept of one mail."""
        raw = sys.stdin.buffer.read(LARGEST + 1)
        while sys.stdin.buffer.read(1_048_576):
            pass
        if not raw.strip():
            return
        try:
            with here():
                receiving.take_mail(raw, to=to)
        except Exception as error:  # whatever it is, the mail server must not think that the mail is kept
            logger.exception("mail not kept", extra={"fields": {"error": type(error).__name__}})
            self.stderr.write("The mail cannot be kept now. Please try again later.")
            sys.exit(EX_TEMPFAIL)
