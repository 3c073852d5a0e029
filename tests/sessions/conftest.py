"""What the tests of several files of sessions begin with. Models are imported late: Django is set up after this."""

from datetime import time
from typing import Any

import pytest


@pytest.fixture
def service(anna: Any) -> Any:
    """Half an hour in the room, which clients may ask for; Anna works every day from 6 to 22."""
    from practice.models import Mode, Practice, Service
    from tests import factories

    Practice.objects.update(clients_ask=True, closed_on_holidays=False)
    factories.hours(anna, *range(7), starts=time(6), ends=time(22))
    return Service.objects.create(
        name="Talk", modes=[Mode.INDOOR], minutes=30, travel_minutes=0, note_minutes=0, clients_may_ask=True
    )
