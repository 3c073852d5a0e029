"""Hints to a worker that something waits in the database. Losing one loses nothing: beat looks anyway."""

import logging
from uuid import UUID

logger = logging.getLogger("alongside.hints")

SECONDS = 1
"""How long Valkey may take to answer (ours). Workers wait much longer at the same Valkey: for them silence is peace."""


def send(task: str, *ids: UUID) -> bool:
    """Ask a worker to look now; False when Valkey is away or silent, which is known at once. Call it at commit."""
    from celery import current_app
    from kombu import pools

    timeouts = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
    connection = current_app.connection_for_write(transport_options=timeouts)
    try:
        with pools.producers[connection].acquire(block=True, timeout=SECONDS) as producer:
            current_app.send_task(task, [str(one) for one in ids], retry=False, ignore_result=True, producer=producer)
    except Exception as error:  # whatever the broker's client raises, what is committed behind this stands
        logger.warning("hint lost", extra={"fields": {"task": task, "error": type(error).__name__}})
        return False
    return True
