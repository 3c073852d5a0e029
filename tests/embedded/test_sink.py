"""The letter box of a demo keeps letters as files and sends none."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from practice.embedded.surroundings import free_port


@pytest.fixture
def box(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    port = free_port(26000)
    with subprocess.Popen([sys.executable, "-m", "practice.embedded.sink", str(tmp_path / "mail"), str(port)]) as sink:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                smtplib.SMTP("127.0.0.1", port).close()
                break
            except OSError:
                time.sleep(0.02)
        yield tmp_path / "mail", port
        sink.terminate()
        assert sink.wait(10) == 0


def test_a_letter_is_one_private_file_as_it_was_sent(box):
    folder, port = box
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "Your walk on Tuesday", "no-reply@localhost", "lee@example.org"
    letter.set_content("We meet at the gate. Grüße, 散步\n")
    letter.add_alternative("<p>We meet at the gate.</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as post:
        post.send_message(letter)
        post.send_message(letter, to_addrs=["hidden@example.org"])
    files = sorted(folder.iterdir())
    assert len(files) == 2
    assert all(each.suffix == ".eml" and each.stat().st_mode & 0o077 == 0 for each in files)
    kept = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]
    assert kept[0]["Subject"] == "Your walk on Tuesday"
    assert "散步" in kept[0].get_body(("plain",)).get_content()
    assert [each["X-Alongside-To"] for each in kept] == ["lee@example.org", "hidden@example.org"]


def test_it_listens_on_this_machine_only(box):
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("read from /proc")
    at = f":{box[1]:04X} "
    assert [line.split()[1] for line in listening.read_text().splitlines() if at in line and " 0A " in line] == [
        f"0100007F{at.strip()}"
    ]
