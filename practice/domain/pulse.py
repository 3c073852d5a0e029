"""Signs of life of the worker and of beat, kept in Valkey for as long as they are believed."""

from typing import Any

from celery.signals import beat_init, before_task_publish, heartbeat_sent
from django.core.cache import cache

WORKER, BEAT = "pulse:worker", "pulse:beat"
BELIEVED_SECONDS = 45


def worker_lives(**kwargs: Any) -> None:
    """A worker's own heartbeat, every two seconds."""
    cache.set(WORKER, 1, BELIEVED_SECONDS)


def beat_lives(**kwargs: Any) -> None:
    """Beat is about to send a tick, every 15 seconds."""
    cache.set(BEAT, 1, BELIEVED_SECONDS)


def feel_beat(**kwargs: Any) -> None:
    """Inside beat every message sent is a sign of its life; in other processes it is not."""
    before_task_publish.connect(beat_lives, dispatch_uid="pulse.beat")


def listen() -> None:
    """Feel the pulses; called when the app is ready."""
    heartbeat_sent.connect(worker_lives, dispatch_uid="pulse.worker")
    beat_init.connect(feel_beat, dispatch_uid="pulse.beat_init")


def living() -> dict[str, bool]:
    """Which of worker and beat gave a sign of life in the last 45 seconds. Raises when Valkey is away."""
    found = cache.get_many([WORKER, BEAT])
    return {"worker": WORKER in found, "beat": BEAT in found}
