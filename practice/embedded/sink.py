"""The letter box of a demo: an SMTP server on this machine that keeps every letter as a file and sends none.

python -m practice.embedded.sink FOLDER PORT
"""

import asyncio
import logging
import secrets
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from practice.embedded import folder

LARGEST = 30_000_000


class LetterBox:
    """aiosmtpd calls this for each letter: written in one step, so that nobody reads half of one."""

    def __init__(self, place: Path) -> None:
        self.place = place

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        head = f"X-Alongside-To: {', '.join(envelope.rcpt_tos)}\r\nX-Alongside-From: {envelope.mail_from}\r\n"
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
        body = content if isinstance(content, bytes) else content.encode()
        half = self.place / f".{name}.half"
        half.touch(mode=0o600)
        half.write_bytes(head.encode("ascii", "replace") + body)
        half.replace(self.place / name)
        return "250 Kept"


async def serve(place: Path, port: int) -> None:
    """Keep letters until told to stop."""
    box, loop, stopped = LetterBox(place), asyncio.get_running_loop(), asyncio.Event()

    def protocol() -> Any:
        return SMTP(box, hostname="localhost", data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=loop)

    server = await loop.create_server(protocol, "127.0.0.1", port)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    server.close()


def main() -> None:
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    asyncio.run(serve(folder.private(Path(sys.argv[1])), int(sys.argv[2])))


if __name__ == "__main__":
    main()
