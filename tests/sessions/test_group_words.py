"""A group's page says what it does: who was offered a seat and who not, and what becomes of who is taken out."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Client, ContactPoint
from practice.models import Letter, Mode, User
from sessions.domain import groups, invitations_out
from sessions.models import Session, WaitingPlace
from tests import factories
from tests.sessions.test_groups import for_a_group, group, names, series, states, two

__all__ = ["two"]
pytestmark = pytest.mark.django_db


def address(session: Session) -> str:
    return reverse("sessions:group", args=[session.pk])


def text(answer: object) -> str:
    page = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", page)


@pytest.fixture
def walk(anna: User, two: list[Client]) -> Session:
    """Full, and two wait: one who may not walk, and one who may."""
    session = group(anna, *two, capacity=2, mode=Mode.WALK, route=factories.route(anna), fallback="room")
    indoors = factories.client("Cleo Hart", anna)
    factories.decision(indoors, anna, "indoor", reasoning="canary-7f3k")
    for person in (indoors, for_a_group(factories.client("Dora Penn", anna), anna)):
        groups.put_on_list(session, person, by=anna)
    Session.objects.filter(pk=session.pk).update(capacity=4)
    return session


class TestOffering:
    def test_her_therapist_reads_to_whom_it_was_offered_and_why_not(self, walk: Session, as_anna: Browser) -> None:
        said = text(as_anna.post(address(walk), {"act": "offer"}, follow=True))
        assert "Offered to Dora Penn." in said
        assert "Not offered to Cleo Hart, who keeps the place. Indoors for now" in said
        assert states() == {"Cleo Hart": "waiting", "Dora Penn": "offered"}

    def test_the_desk_reads_no_reason(self, walk: Session, as_olga: Browser) -> None:
        said = text(as_olga.post(address(walk), {"act": "offer"}, follow=True))
        assert "Offered to Dora Penn." in said
        assert "Not offered to Cleo Hart, who keeps the place: not yet, ask Anna." in said
        assert not [one for one in ("canary", "ndoors for now", "agreed", "onsent", "ecision") if one in said]

    def test_when_all_were_passed_over_it_says_so(self, walk: Session, anna: User, as_olga: Browser) -> None:
        groups.offer(walk)
        groups.decline(WaitingPlace.objects.get(state="offered"))
        said = text(as_olga.post(address(walk), {"act": "offer"}, follow=True))
        assert "Not offered to Cleo Hart" in said and "Offered to Dora" not in said

    def test_where_nobody_is_left_or_no_letter_can_go_it_says_so(self, walk: Session, as_olga: Browser) -> None:
        ContactPoint.objects.update(is_safe=False)
        said = text(as_olga.post(address(walk), {"act": "offer"}, follow=True))
        assert "No letter can go to Dora Penn: please ring." in said
        WaitingPlace.objects.filter(state="waiting").update(state="left")
        assert "Nothing was offered" in text(as_olga.post(address(walk), {"act": "offer"}, follow=True))


def test_what_is_offered_is_not_called_taken(walk: Session, anna: User, as_olga: Browser) -> None:
    Session.objects.filter(pk=walk.pk).update(capacity=3)
    groups.offer(walk)
    assert "Every free seat is offered 2 of 3 are taken" in text(as_olga.get(address(walk)))
    groups.take(WaitingPlace.objects.get(state="offered"))
    assert "Every seat is taken 3 of 3 are taken" in text(as_olga.get(address(walk)))


class TestTakingOut:
    def test_who_waits_and_is_passed_over_for_the_free_seat_is_named(
        self, walk: Session, two: list[Client], as_olga: Browser
    ) -> None:
        WaitingPlace.objects.filter(client__name="Dora Penn").update(state="left")
        said = text(as_olga.post(address(walk), {"act": "out", "client": two[0].pk}, follow=True))
        assert f"{two[0].name} is out." in said and "Not offered to Cleo Hart" in said

    def test_it_is_asked_first_and_says_that_nothing_is_written(
        self, anna: User, two: list[Client], as_olga: Browser
    ) -> None:
        session = group(anna, *two)
        page = as_olga.get(address(session)).content.decode()
        assert 'value="out"' not in page
        (ask, *_rest) = re.findall(r'href="(\?act=out[^"]+)"', page)
        asked = as_olga.get(address(session) + unescape(ask))
        assert "Take out Ada Field? " in text(asked) and "Nothing is written to them." in text(asked)
        assert names(session) == ["Ada Field", "Bea Stone"]
        as_olga.post(address(session), {"act": "out", "client": two[0].pk})
        assert names(session) == ["Bea Stone"]

    def test_whose_calendar_holds_it_hears_there(self, anna: User, two: list[Client], as_olga: Browser) -> None:
        session = group(anna, *two)
        Letter.objects.create(
            kind=invitations_out.KIND, key="k", to="a@example.org", about=session.pk, client=two[0].pk, state="sent",
            due_at=timezone.now() - timedelta(days=1),
        )  # fmt: skip
        asking = {"act": "out", "client": two[0].pk}
        assert "A mail takes it out of their own calendar" in text(as_olga.get(address(session), asking))
        asking["client"] = two[1].pk
        assert "A mail takes" not in text(as_olga.get(address(session), asking))

    def test_all_later_ones_are_named(self, anna: User, two: list[Client], as_olga: Browser) -> None:
        first, *_later = series(anna, *two)
        asked = as_olga.get(address(first), {"act": "out", "client": two[0].pk, "and_later": "on"})
        assert "this session and all later ones of the series" in text(asked)
        assert 'name="and_later" value="on"' in asked.content.decode()

    def test_a_place_in_the_row_is_asked_about_too(self, walk: Session, as_olga: Browser) -> None:
        groups.offer(walk)
        place = WaitingPlace.objects.get(client__name="Dora Penn")
        asked = text(as_olga.get(address(walk), {"act": "leave", "place": place.pk}))
        assert "Take Dora Penn off the list?" in asked and "The offer ends" in asked
        assert states()["Dora Penn"] == "offered"

    @pytest.mark.parametrize("asked", ["act=out", "act=out&client=x", "act=leave&place=1", "act=add", "act=dance"])
    def test_what_makes_no_sense_leads_back(self, anna: User, two: list[Client], as_olga: Browser, asked: str) -> None:
        session = group(anna, *two)
        assert as_olga.get(f"{address(session)}?{asked}")["Location"] == address(session)
