"""The task in several workers at the same moment, on committed rows: each questionnaire is asked once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connection
from django.utils import timezone

from clients.models import MeasurePlan, Screening
from practice.models import CoverPerson, Letter, Role
from sessions.domain import measures_due
from sessions.models import MeasureDue
from tests import factories

WORKERS = 4


def test_workers_at_the_same_moment_ask_once(fresh_db):
    factories.practice()
    anna, now = factories.user("Anna Reiter", Role.THERAPIST), timezone.now()
    CoverPerson.objects.create(user=anna, position=1)
    for number, how in enumerate(("link", "room", "link")):
        person = factories.client(f"Person {number}", anna)
        MeasurePlan.objects.create(
            client=person, kinds=["gad7", "phq9"], every=1, how=how, by=anna, at=now - timedelta(days=30)
        )
        factories.session(anna, person, starts_at=now + timedelta(hours=5 + 2 * number))
    gate = Barrier(WORKERS)

    def work(_number):
        try:
            gate.wait(10)
            return measures_due.ask(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        asked = list(pool.map(work, range(WORKERS)))
    assert sum(asked) == 6 == MeasureDue.objects.count()
    assert Screening.objects.count() == 4 and Letter.objects.filter(kind=measures_due.LETTER).count() == 2
