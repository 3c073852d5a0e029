"""What happens later: each task calls the domain and is safe to run twice."""

from celery import shared_task

from practice.domain import post


@shared_task(name="practice.tasks.dispatch_post")
def dispatch_post() -> None:
    """Send what is due."""
    post.dispatch()
