"""The page of a group's seats, and the page behind an offer: who sees what, and what looking changes."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import ContactPoint
from practice.domain import links, post
from practice.models import Letter, Mode
from sessions.domain import booking, group_offers, groups, invitations_out, offer_letters, reminders, slot
from sessions.models import Session, WaitingPlace
from tests import factories
from tests.sessions.test_groups import for_a_group, full, group, names, series, states, two
from tests.sessions.test_reminders import tray

__all__ = ["full", "tray", "two"]
pytestmark = pytest.mark.django_db


def address(session):
    return reverse("sessions:group", args=[session.pk])


def offered(anna, session, member):
    """An offer that stands, and the address in its letter."""
    groups.take_out(session, member, by=anna)
    offer = WaitingPlace.objects.get(state="offered")
    said = offer_letters.render(Letter.objects.get(about=offer.pk, state="due"))
    return offer, re.search(r"/o/[^/]+/", said.text)[0]


def taking(session):
    """What the page sends, opened while the session is where it is now."""
    return {"answer": "take", "read": session.starts_at.isoformat()}


def test_the_desk_sees_seats_and_who_waits_and_never_why(as_olga, anna, two):
    session = group(anna, *two, capacity=2, mode=Mode.WALK, route=factories.route(anna), fallback="room")
    waiting = factories.client("Cleo Hart", anna)
    factories.decision(waiting, anna, "indoor", reasoning="canary-7f3k")
    groups.put_on_list(session, waiting, by=anna)
    as_olga.post(address(session), {"act": "out", "client": two[0].pk}, follow=True)
    page = as_olga.get(address(session)).content.decode()
    assert "Bea Stone" in page and "Ada Field" not in page.split('id="add"')[0] and "Cleo Hart" in page
    assert states() == {"Cleo Hart": "waiting"}
    refused = as_olga.post(address(session), {"act": "add", "client": waiting.pk})
    said = refused.content.decode()
    assert refused.status_code == 422 and "Not done" in said and names(session) == ["Bea Stone"]
    never = ("canary", "indoors for now", "agreed", "consent", "Consent", "decision", "Decision")
    assert not [word for word in never if word in page + said]


def test_a_seat_is_given_and_taken_from_the_page(as_olga, anna, mrs_lee, two):
    session = group(anna, *two)
    assert "One seat is free" in as_olga.get(address(session)).content.decode()
    done = as_olga.post(address(session), {"act": "add", "client": mrs_lee.pk}, follow=True).content.decode()
    assert "Mary Lee has a seat." in done and "Every seat is taken" in done
    other = factories.client("Cleo Hart", anna)
    answer = as_olga.post(address(session), {"act": "add", "client": other.pk})
    assert answer.status_code == 422 and "No seat is free" in answer.content.decode()
    assert f'<option value="{other.pk}" selected' in answer.content.decode()
    as_olga.post(address(session), {"act": "wait", "client": other.pk})
    as_olga.post(address(session), {"act": "out", "client": mrs_lee.pk})
    assert states() == {"Cleo Hart": "offered"} and names(session) == ["Ada Field", "Bea Stone"]
    as_olga.post(address(session), {"act": "leave", "place": WaitingPlace.objects.get().pk})
    assert states() == {"Cleo Hart": "left"}


def test_what_is_free_after_a_group_grew_is_offered_on_a_press(as_anna, anna, full):
    Session.objects.filter(pk=full.pk).update(capacity=4)
    as_anna.post(address(full), {"act": "offer"})
    assert set(states().values()) == {"offered"}


def test_a_series_is_joined_as_a_whole_from_the_page(as_anna, anna, mrs_lee, two):
    first, second, third = series(anna, *two)
    assert "all later ones" in as_anna.get(address(second)).content.decode()
    as_anna.post(address(second), {"act": "add", "client": mrs_lee.pk, "and_later": "on"})
    assert [len(names(one)) for one in (first, second, third)] == [2, 3, 3]


@pytest.mark.parametrize(
    "sent", [{}, {"act": "dance"}, {"act": "add"}, {"act": "out", "client": "x"}, {"act": "leave", "place": "1"}]
)
def test_what_makes_no_sense_changes_nothing(as_anna, anna, two, full, sent):
    before = states(), names(full)
    assert as_anna.post(address(full), sent).status_code == 422
    assert (states(), names(full)) == before


def test_no_stranger_and_nothing_that_is_no_group(as_ben, as_mrs_lee, as_anna, anna, two, full, mrs_lee):
    assert [browser.get(address(full)).status_code for browser in (as_ben, as_mrs_lee)] == [404, 404]
    alone = factories.session(anna, mrs_lee, starts_at=timezone.now() + timedelta(days=30))
    assert as_anna.get(address(alone)).status_code == 404


def test_a_therapist_puts_in_nobody_whom_she_may_not_know(as_anna, anna, mr_ode, two):
    session = group(anna, *two)
    assert as_anna.post(address(session), {"act": "add", "client": mr_ode.pk}).status_code == 422
    assert "Peter Ode" not in as_anna.get(address(session)).content.decode()


def test_looking_at_an_offer_changes_nothing_and_a_press_takes_it(anna, two, full):
    offer, link = offered(anna, full, two[0])
    stranger = Browser()
    page = stranger.get(link).content.decode()
    assert "Take the place" in page and states()["Cleo Hart"] == "offered"
    assert not [word for word in ("Bea", "Stone", "Dora", "Penn", "park") if word in page]
    done = stranger.post(link, taking(full), follow=True).content.decode()
    assert "The place is yours" in done and "Cleo Hart" in names(full)
    stranger.post(link, {"answer": "decline"})
    assert "Cleo Hart" in names(full) and states()["Cleo Hart"] == "taken" and offer.pk


def test_a_declined_offer_says_thank_you_and_goes_on(anna, two, full):
    _offer, link = offered(anna, full, two[0])
    page = Browser().post(link, {"answer": "decline"}, follow=True).content.decode()
    assert "need not explain" in page and states() == {"Cleo Hart": "declined", "Dora Penn": "offered"}


def test_a_group_that_moved_meanwhile_is_not_taken_at_a_time_that_nobody_read(anna, two, full):
    offer, link = offered(anna, full, two[0])
    typed, later = taking(full), full.starts_at + timedelta(days=3)
    opened = WaitingPlace.objects.select_related("session").get(pk=offer.pk)
    booking.move(full, to=later, by=anna)
    with pytest.raises(slot.NotPossible):
        groups.take(opened)
    answer = Browser().post(link, typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "The time has changed" in page and states()["Cleo Hart"] == "offered"
    assert f'name="read" value="{later.isoformat()}"' in page, "the new time stands on it, and can be taken"
    Browser().post(link, typed | {"read": later.isoformat()})
    assert "Cleo Hart" in names(full)


def test_an_offer_given_on_meanwhile_says_so(anna, two, full):
    offer, link = offered(anna, full, two[0])
    groups.leave(offer, by=anna)
    page = Browser().post(link, taking(full), follow=True).content.decode()
    assert "This offer is over" in page and names(full) == ["Bea Stone"]


@pytest.mark.parametrize("become", [{"status": "cancelled"}, {"status": "kept"}])
def test_an_offer_of_what_stands_no_longer_says_so(anna, two, full, become):
    offer, link = offered(anna, full, two[0])
    letter = Letter.objects.get(about=offer.pk)
    assert offer_letters.still_wanted(letter)
    Session.objects.filter(pk=full.pk).update(**become)
    for page in (Browser().get(link), Browser().post(link, taking(full))):
        assert "This offer is over" in page.content.decode() and "Take the place" not in page.content.decode()
    assert names(full) == ["Bea Stone"] and not offer_letters.still_wanted(letter)


def test_who_became_unready_meanwhile_reads_to_talk_first_and_no_reason(anna, two):
    session = group(anna, *two, capacity=2, mode=Mode.WALK, route=factories.route(anna), fallback="room")
    person = for_a_group(factories.client("Cleo Hart", anna), anna)
    groups.put_on_list(session, person, by=anna)
    _offer, link = offered(anna, session, two[0])
    factories.decision(person, anna, "indoor")
    answer = Browser().post(link, taking(session))
    page = answer.content.decode()
    assert answer.status_code == 422 and "talk first" in page and names(session) == ["Bea Stone"]
    assert not [word for word in ("onsent", "ecision") if word in page] and states()["Cleo Hart"] == "offered"


def test_the_letter_names_nobody_and_no_clinical_word(anna, two, full):
    offered(anna, full, two[0])
    letter = Letter.objects.get(kind=group_offers.KIND)
    said = offer_letters.render(letter)
    assert said.subject == "A place is free" and offer_letters.still_wanted(letter)
    for body in (said.text, said.html):
        assert not [word for word in ("Bea", "Ada", "Dora", "herap", "ession", "roup", "linic") if word in body]
    ContactPoint.objects.update(may_say="name_only", sender="A. Reiter")
    quiet = offer_letters.render(letter)
    assert (quiet.subject, quiet.sender) == ("A message for you", "A. Reiter") and "Larch" not in quiet.text
    ContactPoint.objects.update(is_safe=False)
    assert not offer_letters.still_wanted(letter)


def test_an_offer_that_is_over_sends_nothing(anna, two, full, tray):
    offer, _link = offered(anna, full, two[0])
    WaitingPlace.objects.filter(pk=offer.pk).update(state="expired")
    Letter.objects.exclude(kind=group_offers.KIND).delete()
    assert post.dispatch(now=timezone.now() + timedelta(minutes=4)) == 0 and not tray.received


def test_a_slip_is_taken_back_before_anybody_reads_of_it(anna, two, full, tray):
    Letter.objects.all().delete()
    groups.take_out(full, two[0], by=anna)
    assert post.dispatch() == 0
    for offer in WaitingPlace.objects.all():
        groups.leave(offer, by=anna)
    groups.add(full, two[0], by=anna)
    Letter.objects.filter(kind=reminders.KIND).delete()
    assert post.dispatch(now=timezone.now() + timedelta(minutes=4)) == 0 and not tray.received
    assert names(full) == ["Ada Field", "Bea Stone"]


def test_a_link_for_something_else_opens_no_offer(anna, full, two):
    offer, _link = offered(anna, full, two[0])
    wrong = links.make(reminders.PURPOSE, subject=offer.pk, lasts=timedelta(days=1), by=None)
    assert Browser().get(f"/o/{wrong}/").status_code == 410


def test_reminders_and_invitations_of_a_group_name_nobody_else(anna, two):
    ContactPoint.objects.update(wants_invitations=True)
    session = group(anna, *two, name="canary-7f3k")
    reminders.write(session)
    invitations_out.write(session)
    found = Letter.objects.filter(about=session.pk)
    assert found.count() == 4
    for letter in found:
        said = post.kinds[letter.kind].render(letter)
        other = next(one for one in two if one.pk != letter.client)
        told = said.subject + said.text + said.html + (said.appointment.file.decode() if said.appointment else "")
        assert not [word for word in (*other.name.split(), "canary", other.contact_points.get().value) if word in told]


def test_one_who_waits_or_three_take_the_same_statements(as_olga, anna, two, django_assert_max_num_queries):
    session = group(anna, *two, capacity=2)
    groups.put_on_list(session, factories.client("Cleo Hart", anna), by=anna)
    with django_assert_max_num_queries(40) as one:
        as_olga.get(address(session))
    for name in ("Dora Penn", "Eve Cole"):
        groups.put_on_list(session, factories.client(name, anna), by=anna)
    with django_assert_max_num_queries(len(one)):
        as_olga.get(address(session))
