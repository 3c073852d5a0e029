"""What two did at once and the database broke off is done again."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from practice.models.practice import at_hand
from sessions.domain.slot import NotPossible

P = ParamSpec("P")
R = TypeVar("R")
BROKEN_OFF = {"40P01", "40001"}
"""Deadlock and serialization failure: the transaction is gone, and nothing of it was kept (PostgreSQL, appendix A)."""
WAITED_TOO_LONG = "55P03"
"""The lock of somebody else was not let go within `provisioning.LIMITS`."""
PAUSES = (0.05, 0.1, 0.2)
"""Seconds, at most, before the second, third and fourth time (ours)."""


def retried(verb: Callable[P, R]) -> Callable[P, R]:
    """Try a verb again, up to three times, each after a pause of a random length, so that the two do not meet again.
    Who has waited too long for somebody else is told so: raises `NotPossible`.

    Within somebody else's transaction it is theirs to begin anew. The practice's row is looked up once in each try.
    """

    @wraps(verb)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        pauses = iter(PAUSES)
        while True:
            try:
                with at_hand():
                    return verb(*args, **kwargs)
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", "")
                if connection.in_atomic_block:
                    raise
                if state == WAITED_TOO_LONG:
                    said = _("Others are booking here just now. Nothing was changed: please try again in a moment.")
                    raise NotPossible(said) from error
                pause = next(pauses, None)
                if pause is None or state not in BROKEN_OFF:
                    raise
            time.sleep(random.uniform(0, pause))  # noqa: S311 - a pause is no secret

    return again
