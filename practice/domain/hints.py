"""Hints to a worker that something waits in the database. Losing one loses nothing: beat looks anyway."""

import logging
from uuid import UUID

logger = logging.getLogger("alongside.hints")


def send(task: str, *ids: UUID) -> bool:
    """Ask a worker to look now; False when Valkey is away, and that is known at once. Call it at commit."""
    from celery import current_app

    try:
        current_app.send_task(task, [str(one) for one in ids], retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises, what is committed behind this stands
        logger.warning("hint lost", extra={"fields": {"task": task, "error": type(error).__name__}})
        return False
    return True
