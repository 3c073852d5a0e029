"""What happens later: each task calls the domain and is safe to run twice."""

from celery import shared_task

from routes.domain import weather_ahead


@shared_task(name="routes.tasks.look_at_the_weather")
def look_at_the_weather() -> None:
    """Fetch the weather of where somebody walks soon."""
    weather_ahead.look()


@shared_task(name="routes.tasks.forget_weather")
def forget_weather() -> None:
    """Every night: the weather that nobody needs any more goes."""
    weather_ahead.forget()
