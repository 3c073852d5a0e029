"""A real practice's settings: nothing that Django's own check for deployment finds, and a refusal for each gap."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def practice_mode(tmp_path):
    """The environment of a practice as the install guide has it."""
    key = tmp_path / "key"
    key.write_text(base64.b64encode(bytes(range(32))).decode())
    key.chmod(0o600)
    return {
        "PATH": os.environ["PATH"],
        "ALONGSIDE_MODE": "practice",
        "ALONGSIDE_HOME": str(tmp_path / "home"),
        "ALONGSIDE_KEY_FILE": str(key),
        "ALONGSIDE_URL": "https://practice.example",
        "ALLOWED_HOSTS": "practice.example",
        "SECRET_KEY": "k3ZsvW7qLmX0pTtR5yUiO8aSdFgHjKlQwErTyUiOpAsDfGhJkLzXcVbNm12",
        "DATABASE_URL": "postgresql://al_app:secret-word@db.example/alongside",
        "REDIS_URL": "redis://valkey.example",
        "EMAIL_URL": "smtp+tls://post:secret-word@mail.example:587",
    }


def check(environment):
    command = [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "INFO"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def test_nothing_to_say_about_a_practice(practice_mode):
    done = check(practice_mode)
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", "mysql://al_app:secret-word@db.example/alongside"),
        ("DATABASE_URL", "postgresql://al_app:secret-word@db.example/alongside?connect_timeout=soon"),
        ("ALONGSIDE_URL", "http://[::1"),
        ("REDIS_URL", "http://valkey.example"),
        ("EMAIL_URL", "pigeon://mail.example"),
        ("ALONGSIDE_URL", "http://practice.example"),
        ("ALONGSIDE_KEY_FILE", "/nowhere/key"),
        ("ALONGSIDE_MODE", "holiday"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_it(practice_mode, variable, value):
    done = check(practice_mode | {variable: value})
    assert done.returncode == 2
    [sentence] = done.stderr.strip().splitlines()
    assert variable in sentence
    assert "secret-word" not in sentence
