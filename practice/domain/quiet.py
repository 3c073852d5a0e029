"""The quiet hours of the practice, in which nothing leaves that can wait until the morning."""

from datetime import datetime, time

from practice.models import Practice


def lies_between(moment: time, start: time, end: time) -> bool:
    """Whether a clock shows an hour from start to before end, over midnight when the end is the earlier one."""
    return start <= moment < end if start <= end else moment >= start or moment < end


def is_quiet(practice: Practice, *, now: datetime) -> bool:
    """Whether it is night on the practice's clock."""
    return lies_between(now.astimezone(practice.zone).time(), practice.quiet_from, practice.quiet_until)
