"""What happens later: each task calls the domain and is safe to run twice."""

from celery import shared_task

from sessions.domain import dark_letter, group_offers, holds, measures_due, reminders, weather_asks


@shared_task(name="sessions.tasks.ask_measures")
def ask_measures() -> None:
    """Ask what is due before the sessions of the next two days."""
    measures_due.ask()


@shared_task(name="sessions.tasks.let_go")
def let_go() -> None:
    """Free the slots of what was asked for or held, once its time is over."""
    holds.let_go()


@shared_task(name="sessions.tasks.write_reminders")
def write_reminders() -> None:
    """Write the reminders that nobody wrote yet."""
    reminders.write_what_is_missing()


@shared_task(name="sessions.tasks.look_at_the_dark")
def look_at_the_dark() -> None:
    """On the first working day of autumn, write to therapists which of their series will darken."""
    dark_letter.look()


@shared_task(name="sessions.tasks.look_at_conditions")
def look_at_conditions() -> None:
    """Look again at the weather of sessions that start soon, and in the evening at tomorrow's."""
    weather_asks.look()


@shared_task(name="sessions.tasks.end_offers")
def end_offers() -> None:
    """End what was offered and not answered in time, and ask the next one."""
    group_offers.expire()
