"""The Celery app. Messages are hints to look now; the truth of what is to be done is in PostgreSQL."""

import os
from typing import Any

import celery
from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.config.settings")


class Task(celery.Task):  # type: ignore[misc]
    """A task, in which the day and the hour are the practice's own."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it."""
        from practice.models.practice import here  # models are there once Django is set up

        with here():
            return super().__call__(*args, **kwargs)


app = Celery("alongside", task_cls=Task)
app.conf.update(
    broker_url=settings.ENVIRONMENT.broker_url,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_keepalive": True,
        "socket_connect_timeout": 2,
        "max_retries": 0,  # a hint is lost at once and nobody waits for it; workers and beat have patience of their own
    },
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=False,
    task_soft_time_limit=60,
    task_time_limit=90,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=1000,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    timezone="UTC",
    enable_utc=True,
    beat_schedule={
        "post": {"task": "practice.tasks.dispatch_post", "schedule": 15.0},
        "alerts": {"task": "clients.tasks.watch_alerts", "schedule": 60.0},
        "mailbox": {"task": "clients.tasks.read_mailbox", "schedule": 60.0},
        "forget": {"task": "clients.tasks.forget", "schedule": crontab(hour=3, minute=20)},
        "running_out": {"task": "clients.tasks.ask_what_runs_out", "schedule": crontab(hour=3, minute=40)},
        "medical-letters": {
            "task": "clients.tasks.remind_of_medical_letters",
            "schedule": crontab(hour=3, minute=20),
        },
        "signing": {"task": "clients.tasks.look_at_signing", "schedule": crontab(hour=3, minute=50)},
        "weather": {"task": "routes.tasks.look_at_the_weather", "schedule": 300.0},
        "old-weather": {"task": "routes.tasks.forget_weather", "schedule": crontab(hour=3, minute=20)},
        "holds": {"task": "sessions.tasks.let_go", "schedule": 60.0},
        "reminders": {"task": "sessions.tasks.write_reminders", "schedule": crontab(minute=35)},
        "dark": {"task": "sessions.tasks.look_at_the_dark", "schedule": crontab(hour="*/6", minute=25)},
        "conditions": {"task": "sessions.tasks.look_at_conditions", "schedule": 900.0},
        "offers": {"task": "sessions.tasks.end_offers", "schedule": 60.0},
        "measures": {"task": "sessions.tasks.ask_measures", "schedule": crontab(minute=5)},
    },
)
app.autodiscover_tasks(["practice", "clients", "routes", "sessions"])
