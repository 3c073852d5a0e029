"""A real worker: an answer that should not wait is called for within seconds, and its letters leave."""

from clients.domain import intake
from clients.models import Alert, Screening
from practice.models import CoverPerson
from tests import factories
from tests.journeys.conftest import Served, until


def test_a_worker_calls_for_what_a_request_only_wrote_down(served: Served):
    factories.practice()
    anna, ben = (factories.user(name, "therapist") for name in ("Anna Reiter", "Ben Castle"))
    CoverPerson.objects.create(user=ben, position=1)
    asked = intake.send(factories.client("Mary Lee", anna), by=anna, reader=anna)
    intake.save(asked, intake.steps()[-1], {"hurt": "yes"})
    until(Alert.objects.exists, what="the alert")
    assert served.tray.to(anna.email, "Answers have come in")
    assert served.tray.to(ben.email, "Please make sure")
    assert not Screening.objects.calling().exists() and Alert.objects.count() == 1
