"""What happens later: each task calls the domain and is safe to run twice."""

from celery import shared_task

from sessions.domain import measures_due, weather_asks


@shared_task(name="sessions.tasks.ask_measures")
def ask_measures() -> None:
    """Ask what is due before the sessions of the next two days."""
    measures_due.ask()


@shared_task(name="sessions.tasks.look_at_conditions")
def look_at_conditions() -> None:
    """Look again at the weather of sessions that start soon, and in the evening at tomorrow's."""
    weather_asks.look()
