"""The pages about a worrying answer: the care team's, the one for who covers, and the lines on Today."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import alerts, intake
from clients.models import Alert
from practice.models import AuditEntry, CoverPerson, Letter, Supervision
from sessions.domain import hand
from tests import factories

pytestmark = pytest.mark.django_db
LAST = intake.steps()[-1]
CANARY = "canary-heron"


@pytest.fixture
def mira(practice):
    person = factories.user("Mira Solberg", "therapist")
    CoverPerson.objects.create(user=person, position=2)
    return person


@pytest.fixture
def alert(mrs_lee, anna, ben, mira):
    """Handed in by link, with Ben and then Mira on the cover list."""
    CoverPerson.objects.create(user=ben, position=1)
    return handed_in(mrs_lee, anna)


def handed_in(client, reader):
    sent = intake.send(client, by=reader, reader=reader)
    intake.save(sent, LAST, {"hurt": "yes", "line": CANARY})
    intake.hand_in(sent)
    return Alert.objects.get(screening=sent)


def browser(user):
    one = Browser()
    one.force_login(user)
    return one


def team_page(alert):
    return reverse("clients:alert", args=[alert.screening.client_id, alert.pk])


def cover_page(alert):
    return reverse("clients:cover_alert", args=[alert.pk])


def lines(reader):
    now = timezone.now()
    found = hand.worst_first(hand.of(reader, now=now, today=now.date()))
    return [f"{one.tone}: {one.link} {one.rest}" for one in found if one.icon in ("phone-call", "eye")]


# --- the care team ---


def test_to_open_it_is_to_have_seen_it(alert, anna, as_anna):
    page = as_anna.get(team_page(alert))
    assert page.status_code == 200 and "seen" in page.content.decode()
    alert.refresh_from_db()
    assert alert.seen_by == anna
    assert AuditEntry.objects.filter(body__contains="alert.read").exists()


def test_reading_the_answers_is_seeing_it_too(alert, anna, as_anna):
    as_anna.get(reverse("clients:answers", args=[alert.screening.client_id, alert.screening_id]))
    alert.refresh_from_db()
    assert alert.seen_by == anna


def test_the_clients_page_says_who_has_heard_and_looking_there_is_not_seeing(alert, mrs_lee, as_anna):
    where = reverse("clients:show", args=[mrs_lee.pk])
    assert "nobody has seen it yet" in as_anna.get(where).content.decode()
    alert.refresh_from_db()
    assert alert.seen_at is None
    as_anna.post(team_page(alert), {"words": "Rang at 14:20."})
    page = as_anna.get(where).content.decode()
    assert "acted" in page and "Anna" in page


def test_i_have_acted_with_a_line(alert, anna, as_anna):
    assert as_anna.post(team_page(alert), {"words": "Rang; we meet tomorrow."}).status_code == 302
    alert.refresh_from_db()
    assert (alert.acted, alert.acted_by) == ("Rang; we meet tomorrow.", anna)
    assert "Rang; we meet tomorrow." in as_anna.get(team_page(alert)).content.decode()


@pytest.mark.parametrize("said", ["", " ", "x" * 60_000])
def test_a_line_is_needed_and_what_was_typed_is_kept(alert, as_anna, said):
    page = as_anna.post(team_page(alert), {"words": said})
    assert page.status_code == 422
    assert said.strip() in page.content.decode()
    alert.refresh_from_db()
    assert alert.acted_at is None


def test_a_colleague_the_desk_and_nobody_do_not_find_it(alert, as_ben, as_olga, as_rosa, as_mallory, as_mrs_lee):
    for one in (as_ben, as_olga, as_rosa, as_mrs_lee):
        assert one.get(team_page(alert)).status_code == 404
    assert as_mallory.get(team_page(alert)).status_code == 302


# --- whoever covers ---


def test_who_covers_is_told_whom_to_ring_and_nothing_more(alert, mrs_lee, ben, as_ben):
    page = as_ben.get(cover_page(alert)).content.decode()
    assert "Please ring Anna Reiter" in page and "I have reached Anna" in page
    for word in ("Mary", "Lee", str(mrs_lee.pk), CANARY, "hurt"):
        assert word not in page
    assert as_ben.post(cover_page(alert)).status_code == 302
    alert.refresh_from_db()
    assert (alert.reached_by, alert.seen_by) == (ben, None)
    assert "Nobody else is written to" in as_ben.get(cover_page(alert)).content.decode()


def test_whom_else_to_ring_when_the_first_cannot_be_reached(alert, mrs_lee, as_ben):
    jo = factories.user("Jo Field", "therapist")
    mrs_lee.care_team.create(user=jo, is_lead=False)
    page = as_ben.get(cover_page(alert)).content.decode()
    assert "Jo Field" in page


def test_who_is_not_on_the_list_does_not_find_it(alert, as_olga, as_rosa, as_anna, as_mrs_lee, as_mallory):
    for one in (as_olga, as_rosa, as_anna, as_mrs_lee):
        assert one.get(cover_page(alert)).status_code == 404
        assert one.post(cover_page(alert)).status_code == 404
    assert as_mallory.get(cover_page(alert)).status_code == 302
    alert.refresh_from_db()
    assert alert.reached_at is None


def test_once_it_is_seen_there_is_nothing_more_to_do(alert, anna, as_ben):
    intake.see(alert.screening, by=anna)
    page = as_ben.get(cover_page(alert)).content.decode()
    assert "nothing more for you to do" in page and "I have reached" not in page
    as_ben.post(cover_page(alert))
    alert.refresh_from_db()
    assert alert.reached_at is None


# --- today ---


def test_today_says_first_what_nobody_has_opened(alert, anna, ben, mira, olga, rosa):
    assert lines(anna)[0].startswith("stop: Mary Lee’s answers should not wait.")
    assert lines(ben) == ["stop: Anna Reiter has answers that should not wait, and nobody has seen them yet."]
    assert lines(mira) == lines(olga) == lines(rosa) == []


def test_today_goes_on_down_the_list_and_then_tells_everybody(alert, anna, ben, mira, olga):
    Alert.objects.update(told_at=datetime(2026, 11, 25, 12, tzinfo=UTC))
    alerts.escalate(now=datetime(2026, 11, 25, 12, 30, tzinfo=UTC))
    assert len(lines(mira)) == 1
    later = factories.user("Jo Field", "therapist")
    alerts.escalate(now=datetime(2026, 11, 25, 13, 0, tzinfo=UTC))
    CoverPerson.objects.create(user=later, position=3)
    CoverPerson.objects.create(user=olga, position=4)
    said = "Anna Reiter has answers that should not wait. All of the cover list were written to; nobody has seen them."
    assert lines(ben) == lines(mira) == lines(later) == [f"stop: {said}"]
    assert lines(olga) == [], "who does not read charts is not told"


def test_today_lets_go_when_it_was_reached_seen_and_acted_on(alert, anna, ben, mira):
    alerts.reached(alert, by=ben)
    assert lines(ben) == [] and lines(anna)[0].startswith("stop")
    intake.see(alert.screening, by=anna)
    assert lines(anna)[0].startswith("look: Mary Lee’s answers should not wait. Seen")
    alerts.act(alert, words="rang", by=anna)
    assert lines(anna) == []


def test_what_nobody_has_seen_stands_before_what_waits_for_a_line(alert, anna):
    intake.see(alert.screening, by=anna)
    for number in range(9):
        seen = handed_in(factories.client(f"Ines Marlow {number}", anna), anna)
        intake.see(seen.screening, by=anna)
    handed_in(factories.client("Ruth Abara", anna), anna)
    assert lines(anna)[0].startswith("stop: Ruth Abara’s answers")
    assert len(lines(anna)) == 11


def test_a_supervisor_is_told_as_the_care_team_is(alert, anna, sam):
    assert lines(sam)[0].startswith("stop: Mary Lee’s answers")


def test_a_letter_that_failed_is_gone_once_somebody_has_heard(alert, anna, ben, mira):
    Letter.objects.filter(kind="please_make_sure").update(state="dead")
    assert any("did not go out" in line for line in lines(anna))
    alerts.reached(alert, by=ben)
    assert not any("did not go out" in line for line in lines(anna))


def test_today_and_the_clients_page_cost_the_same_with_one_and_with_three(alert, mrs_lee, anna, ben, as_anna, as_ben):
    def cost(one, where):
        one.get(where)
        with CaptureQueriesContext(connection) as seen:
            one.get(where)
        return len(seen)

    pages = [(as_anna, "/sessions/today"), (as_ben, "/sessions/today")]
    pages += [(as_anna, reverse("clients:show", args=[mrs_lee.pk]))]
    first = [cost(*page) for page in pages]
    for name in ("Ines Marlow", "Ruth Abara"):
        handed_in(factories.client(name, anna), anna)
    Alert.objects.create(screening=alert.screening, moment="handed_in")
    assert [cost(*page) for page in pages] == first


def test_a_supervisor_of_nobody_here_sees_nothing(alert, ben):
    other = factories.user("Una Nord", "supervisor")
    Supervision.objects.create(supervisor=other, supervisee=ben)
    assert lines(other) == []


# --- the cover list ---


def test_the_owner_adds_moves_and_takes_off(as_rosa, anna, ben, mira):
    where = reverse("practice:cover")
    for person in (anna, ben):
        assert as_rosa.post(where, {"who": person.pk}).status_code == 302
    assert order() == ["Mira Solberg", "Anna Reiter", "Ben Castle"]
    as_rosa.post(where, {"who": ben.pk, "way": "earlier"})
    as_rosa.post(where, {"who": ben.pk, "way": "earlier"})
    as_rosa.post(where, {"who": ben.pk, "way": "earlier"})
    assert order() == ["Ben Castle", "Mira Solberg", "Anna Reiter"]
    as_rosa.post(where, {"who": mira.pk, "way": "remove"})
    as_rosa.post(where, {"who": mira.pk, "way": "remove"})
    assert order() == ["Ben Castle", "Anna Reiter"]
    assert AuditEntry.objects.filter(body__contains="cover.").count() == 5
    assert as_rosa.get(where).content.decode().index("Ben Castle") < as_rosa.get(where).content.decode().index("Anna")


def order():
    return list(CoverPerson.objects.order_by("position").values_list("user__name", flat=True))


def test_with_nobody_named_the_page_says_what_does_not_happen(as_rosa, mrs_lee, as_anna, anna):
    assert "are not sent" in as_rosa.get(reverse("practice:cover")).content.decode()
    assert "Nobody is named" in as_anna.get(reverse("clients:send_intake", args=[mrs_lee.pk])).content.decode()
    anna.is_active = False
    CoverPerson.objects.create(user=anna, position=1)
    anna.save(update_fields=["is_active"])
    assert "are not sent" in as_rosa.get(reverse("practice:cover")).content.decode(), "who left covers nobody"
    assert "Nobody is named" in intake.may_go_by_link(mrs_lee)


@pytest.mark.parametrize("who", ["", "nonsense", "olga", "client"])
def test_only_clinicians_can_be_put_on_the_list(as_rosa, olga, mrs_lee, who):
    given = {"olga": olga.pk, "client": mrs_lee.user_id}.get(who, who)
    assert as_rosa.post(reverse("practice:cover"), {"who": given}).status_code == 422
    assert not CoverPerson.objects.exists()


def test_the_list_costs_the_same_with_one_and_with_three(as_rosa, anna, ben, mira):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            as_rosa.get(reverse("practice:cover"))
        return len(seen)

    factories.user("Jo Field", "therapist")
    one = cost()
    for position, person in enumerate((anna, ben), start=3):
        CoverPerson.objects.create(user=person, position=position)
    assert cost() == one


def test_an_alert_of_weeks_ago_is_still_there(alert, anna):
    Alert.objects.update(created_at=timezone.now() - timedelta(days=40))
    assert lines(anna)[0].startswith("stop")
