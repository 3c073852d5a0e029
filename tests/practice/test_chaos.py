"""Reminders while worker, beat and Valkey are killed: the short form of `make bench-chaos`."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.bench import chaos


@pytest.fixture
def place() -> Iterator[Path]:
    """A short path: that of a socket may have 107 bytes."""
    found = Path(tempfile.mkdtemp())
    yield found
    shutil.rmtree(found, ignore_errors=True)


def test_no_reminder_arrives_twice_and_none_is_lost_while_everything_is_killed(fresh_db: Any, place: Path) -> None:
    chaos.fill(200, over=timedelta(0))
    with chaos.Chaos(place, fresh_db.url) as running:
        outcome = chaos.run(running, kills=6, hurry=True)
    assert outcome.letters == 200 and sum(outcome.kills.values()) == 6, str(outcome)
    assert outcome.is_sound, str(outcome)
    assert outcome.once >= 180, str(outcome)
