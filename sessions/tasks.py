"""What happens later: each task calls the domain and is safe to run twice."""

from celery import shared_task

from sessions.domain import group_offers, measures_due


@shared_task(name="sessions.tasks.ask_measures")
def ask_measures() -> None:
    """Ask what is due before the sessions of the next two days."""
    measures_due.ask()


@shared_task(name="sessions.tasks.end_offers")
def end_offers() -> None:
    """End what was offered and not answered in time, and ask the next one."""
    group_offers.expire()
