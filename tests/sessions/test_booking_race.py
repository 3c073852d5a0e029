"""The short form of `make bench-race`."""

from collections import Counter
from typing import Any

from sessions.models import Session
from tests import overlaps
from tests.bench import race
from tests.sessions import test_booking


def test_of_many_who_race_for_one_diary_no_two_overlap(fresh_db: Any) -> None:
    race.furnish()
    racers = [race.Racer(seed) for seed in range(8)]
    [results] = test_booking.race(8, lambda n, turn: racers[n].run(60))
    total = sum(results, Counter())
    assert total.total() == 480
    assert not [outcome for outcome in total if "WRONG" in outcome], total
    assert total["book: done"] and total["move: done"] and total["book: Clash"], total
    assert Session.objects.holding().exists()
    assert overlaps.count() == 0


def test_two_over_each_other_are_counted(anna: Any, mrs_lee: Any) -> None:
    """What the bench looks for is found when it is there: a deliberate double booking."""
    for why in ("", "a crisis"):
        person = mrs_lee if why else test_booking.factories.client("Ines Marlow", anna)
        test_booking.book(anna, person, doubled_because=why)
    assert overlaps.count() == 1
