"""The practice's own limits of the weather: who sets them, what is refused in words, and that nothing is lost."""

from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client as Browser
from django.urls import reverse

from practice.models import User
from routes.domain import own_limits
from routes.domain.limits import shipped
from routes.models import WeatherLimits

pytestmark = pytest.mark.django_db
WHERE = "/routes/limits"


def typed(**changed: Any) -> dict[str, Any]:
    """The form as it stands, with these numbers changed."""
    return {name: f"{value:g}" for name, value in shipped().numbers.items()} | {"words": "Our paths."} | changed


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_each_number_stands_beside_what_is_shipped_and_whose_it_is(as_rosa: Browser) -> None:
    page = text(as_rosa.get(WHERE))
    assert "As shipped: 90 °F (32 °C), published" in page
    assert "NWS heat index: extreme caution from 90 °F" in page
    assert "As shipped: 30 mph, ours" in page
    assert "As shipped: 10 °F, ours" in page, "what the sun adds is no temperature"
    assert "Published limits are not changed lightly" in page
    assert "Sitting outside, walking: change something from (°F)" in page


def test_the_owner_sets_them_and_why_is_kept(as_rosa: Browser, rosa: User) -> None:
    assert as_rosa.post(WHERE, typed(gusts_modify="25", heat_walk_modify="86")).status_code == 302
    kept = WeatherLimits.objects.get()
    assert kept.values == {"gusts_modify": 25.0, "heat_walk_modify": 86.0}
    assert (kept.words, kept.by) == ("Our paths.", rosa)
    page = text(as_rosa.get(WHERE))
    assert "Your own; shipped: 30 mph, ours" in page and "30 became 25" in page and "Our paths." in page
    as_rosa.post(WHERE, typed(gusts_modify="25", words="Back to what is published."))
    assert own_limits.in_force().numbers == shipped().numbers | {"gusts_modify": 25.0}
    assert "86 became 90" in text(as_rosa.get(WHERE)) and WeatherLimits.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"words": ""}, "Why: Please fill this in."),
        ({"gusts_modify": "500"}, "This limit lies between 10.0 and 80.0 mph."),
        ({"gusts_modify": "windy"}, "Enter a number."),
        ({"gusts_modify": "nan"}, "Enter a number."),
        ({"gusts_modify": ""}, "Please fill this in."),
        ({"gusts_modify": "45"}, "people would go indoors before anything is changed"),
    ],
)
def test_what_cannot_be_is_refused_in_words(as_rosa: Browser, changed: dict[str, str], sentence: str) -> None:
    answer = as_rosa.post(WHERE, typed(**changed))
    assert answer.status_code == 422 and sentence in text(answer)
    assert not WeatherLimits.objects.exists()


def test_a_therapist_reads_them_and_a_client_does_not(as_anna: Browser, as_mrs_lee: Browser) -> None:
    page = text(as_anna.get(WHERE))
    assert "As shipped: 90 °F (32 °C), published" in page and '<input type="number"' not in page
    assert "Keep these limits" not in page
    assert as_anna.post(WHERE, typed(gusts_modify="25")).status_code == 404
    assert as_mrs_lee.get(WHERE).status_code == 404


def test_it_says_who_is_meant_and_who_may_change_them(as_rosa: Browser, as_anna: Browser) -> None:
    for browser, said, other in (
        (as_rosa, "You may change them", "its owner or manager"),
        (as_anna, "its owner or manager", "You may change them"),
    ):
        page = text(browser.get(WHERE))
        assert said in page and other not in page
        assert "very sensitive to heat or cold:" in page and "very sensitive to heat:" not in page


def test_the_practices_settings_lead_there(as_rosa: Browser) -> None:
    assert f'href="{WHERE}"' in text(as_rosa.get(reverse("practice:team")))


def test_they_cannot_be_rewritten(rosa: User) -> None:
    made = own_limits.keep({"gusts_modify": 25.0}, words="-", by=rosa)
    for change in (lambda rows: rows.update(words="other"), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change(WeatherLimits.objects.filter(pk=made.pk))
