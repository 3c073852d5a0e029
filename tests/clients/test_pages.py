"""Every page of this app: happy, stranger, nobody, bad input, and as many queries for one row as for three."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, contacts, decision, enquiry, intake, second_reading
from clients.domain.contacts import Way
from clients.models import Client, ContactPoint, Screening
from practice.models import CoverPerson, Role, Supervision
from tests import factories
from tests.sessions.people import ready

pytestmark = pytest.mark.django_db

CANARY = "canary-finch"


def page(browser, name, /, *args, **data):
    return browser.get(reverse(f"clients:{name}", args=args), data)


def post(browser, name, /, *args, **data):
    return browser.post(reverse(f"clients:{name}", args=args), data)


ENQUIRY = {
    "name": "Ines Marlow",
    "wish": CANARY,
    "kind": "email",
    "value": "ines@example.org",
    "whose": "own",
    "is_safe": "on",
    "may_say": "everything",
}
NEGATIVE = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}


@pytest.fixture
def cover(anna, ben):
    CoverPerson.objects.create(user=ben, position=1)


@pytest.fixture
def asked(mrs_lee, anna):
    """A recorded negative screen, for pages that need one."""
    return asq.record(mrs_lee, NEGATIVE, manner="room", by=anna)


@pytest.fixture
def decided(mrs_lee, anna):
    return decision.decide(
        mrs_lee, modes=["indoor", "walk"], limits=["heat_mild"], reasoning=f"We considered {CANARY}.",
        look_again_on=timezone.localdate() + timedelta(days=90), by=anna,
    )  # fmt: skip


@pytest.fixture
def filled(mrs_lee, anna):
    """An intake that was filled in together, with something to say."""
    made = intake.together(mrs_lee, manner="room", by=anna)
    last = intake.steps()[-1]
    intake.save(made, last, {"hurt": "yes", "line": CANARY})
    return intake.hand_in(made, by=anna)


def every_page(client, asked, decided, filled):
    """Name and arguments of every page about one client that answers a GET."""
    return [
        ("show", client.pk),
        ("admit", client.pk),
        ("close", client.pk),
        ("contact", client.pk),
        ("edit_contact", client.pk, client.contact_points.get().pk),
        ("emergency_contact", client.pk),
        ("send_intake", client.pk),
        ("together", client.pk, filled.pk),
        ("answers", client.pk, filled.pk),
        ("answers", client.pk, asked.pk),
        ("asq", client.pk),
        ("asq_now", client.pk, asked.pk),
        ("decide", client.pk),
        ("decision", client.pk, decided.pk),
        ("decision_log", client.pk, decided.pk),
        ("medical", client.pk),
        ("ask_doctor", client.pk),
        ("parq", client.pk),
    ]


def test_every_page_opens_for_the_therapist_and_for_no_stranger(
    mrs_lee, asked, decided, filled, as_anna, as_ben, as_mallory, as_mrs_lee
):
    for name, *args in every_page(mrs_lee, asked, decided, filled):
        assert page(as_anna, name, *args).status_code == 200, name
        assert page(as_ben, name, *args).status_code == 404, name
        assert page(as_mrs_lee, name, *args).status_code == 404, name
        assert page(as_mallory, name, *args).status_code == 302, name


def test_the_desk_opens_what_it_keeps_and_never_a_finding(mrs_lee, asked, decided, filled, as_olga):
    kept = {"show", "admit", "close", "contact", "edit_contact", "emergency_contact"}
    for name, *args in every_page(mrs_lee, asked, decided, filled):
        answer = page(as_olga, name, *args)
        assert answer.status_code == (200 if name in kept else 404), name
        for secret in (CANARY, "Suicide", "considered", "Self-harm", "hurt", "Sensitive to heat"):
            assert secret not in answer.content.decode(), (name, secret)


def test_the_desk_reads_where_they_can_meet_and_whom_to_ask(mrs_lee, decided, as_olga):
    text = page(as_olga, "show", mrs_lee.pk).content.decode()
    assert "Walking agreed, Anna" in text
    assert "Not yet, ask Anna: sitting outside, running." in text and text.count("Not yet") == 1


def test_an_enquiry_is_not_asked_whom_to_ring_in_an_emergency(as_olga, mrs_lee):
    mrs_lee.status = "enquiry"
    mrs_lee.save(update_fields=["status"])
    assert "In an emergency" not in page(as_olga, "show", mrs_lee.pk).content.decode()
    factories.emergency_contact(mrs_lee)
    assert "In an emergency" in page(as_olga, "show", mrs_lee.pk).content.decode()


def test_the_owner_and_the_supervisor(mrs_lee, asked, decided, filled, as_rosa, as_sam):
    for name, *args in every_page(mrs_lee, asked, decided, filled):
        owner, supervisor = page(as_rosa, name, *args), page(as_sam, name, *args)
        assert owner.status_code == (200 if name == "show" else 404), name
        assert CANARY not in owner.content.decode()
        reads = name in {"show", "answers", "decision", "decision_log", "medical"}
        assert supervisor.status_code == (200 if reads else 404), name


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_the_list_with_no_one_and_many(rows, anna, as_anna):
    for number in range(rows):
        factories.client(f"Ada {number}", anna)
    text = page(as_anna, "list").content.decode()
    assert ("Nobody here yet" in text) is (rows == 0)
    assert text.count("Ada ") == rows


def queries(browser, *args):
    with CaptureQueriesContext(connection) as captured:
        assert page(browser, *args).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_for_one_and_for_three(anna, as_anna):
    factories.client("Ada One", anna)
    one = queries(as_anna, "list")
    for name in ("Bea Two", "Cy Three"):
        factories.client(name, anna)
    assert queries(as_anna, "list") == one


def test_a_client_costs_the_same_with_one_and_with_three_of_everything(mrs_lee, anna, as_anna, filled, decided):
    asq.record(mrs_lee, NEGATIVE, manner="room", by=anna)
    contacts.put_emergency(mrs_lee, name="Dan", relation="brother", phone="07700 900123", may_say="", by=anna)
    one = queries(as_anna, "show", mrs_lee.pk)
    for number, manner in enumerate(("phone", "video")):
        asq.record(mrs_lee, NEGATIVE, manner=manner, by=anna)
        contacts.put(mrs_lee, Way("phone", f"07700 90012{number}"), by=anna)
    assert queries(as_anna, "show", mrs_lee.pk) == one
    assert one == 16  # with answers that came after the decision, and an alert about them


def test_a_client_of_whom_nothing_waits_takes_few_statements(mrs_lee, anna, as_anna, as_olga):
    """With the session of the browser, who asks, the practice, and what is written down about the reading."""
    ready(mrs_lee, anna)
    assert queries(as_anna, "show", mrs_lee.pk) == 11
    assert queries(as_olga, "show", mrs_lee.pk) == 10
    asq.record(mrs_lee, NEGATIVE, manner="room", by=anna)
    decision.decide(
        mrs_lee, modes=["walk"], limits=[], reasoning="All is well.", by=anna,
        look_again_on=timezone.localdate() + timedelta(days=90),
    )  # fmt: skip
    assert queries(as_anna, "show", mrs_lee.pk) == 14, "the answers, and the key to them"


def test_the_list_finds_by_the_beginning_of_any_name_and_by_status(anna, as_anna):
    factories.client("Zoë Ünlü", anna)
    factories.client("Peter Zorn", anna, status=Client.Status.ENQUIRY)
    factories.client("Old Friend", anna, status=Client.Status.CLOSED)
    names = lambda **data: [client.name for client in page(as_anna, "list", **data).context["page"]]  # noqa: E731
    assert names(q="zo") == ["Peter Zorn", "Zoë Ünlü"]
    assert names(q="unl") == ["Zoë Ünlü"]
    assert names(status="enquiry") == ["Peter Zorn"]
    assert "Old Friend" not in names()
    assert names(status="closed") == ["Old Friend"]
    assert "Nobody found" in page(as_anna, "list", q="xyz").content.decode()


def test_a_therapist_sees_only_her_own_in_the_list(mrs_lee, mr_ode, as_anna, as_olga):
    assert "Peter Ode" not in page(as_anna, "list").content.decode()
    assert "Peter Ode" in page(as_olga, "list").content.decode()


def test_an_enquiry_becomes_a_client(as_olga, as_anna, anna):
    answer = post(as_olga, "new_enquiry", **ENQUIRY, therapist=str(anna.pk))
    client = Client.objects.get(name="Ines Marlow")
    assert answer.url == reverse("clients:show", args=[client.pk])
    assert client.status == Client.Status.ENQUIRY
    assert client.contact_points.get().value == "ines@example.org"
    assert CANARY in page(as_olga, "show", client.pk).content.decode()  # while it is an enquiry, the desk answers it
    assert post(as_olga, "admit", client.pk, therapist=str(anna.pk)).status_code == 302
    client.refresh_from_db()
    assert client.status == Client.Status.ACTIVE
    assert CANARY not in page(as_olga, "show", client.pk).content.decode()
    assert CANARY in page(as_anna, "show", client.pk).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("name", "", "required"), ("value", "not an address", "such as ines@example.org"), ("kind", "pigeon", "valid")],
)
def test_an_enquiry_with_a_gap_comes_back_with_what_was_written(as_olga, field, value, words):
    answer = post(as_olga, "new_enquiry", **ENQUIRY | {field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert CANARY in answer.content.decode()
    assert not Client.objects.exists()


def test_closing_withdraws_what_is_open_and_keeps_the_reason(mrs_lee, anna, as_anna, cover):
    asked = intake.send(mrs_lee, by=anna, reader=anna)
    assert post(as_anna, "close", mrs_lee.pk, reason="").status_code == 422
    assert post(as_anna, "close", mrs_lee.pk, reason="Moved to another town.").status_code == 302
    mrs_lee.refresh_from_db()
    asked.refresh_from_db()
    assert mrs_lee.status == Client.Status.CLOSED
    assert mrs_lee.closing_reason == "Moved to another town."
    assert asked.status == Screening.Status.WITHDRAWN
    assert post(as_anna, "close", mrs_lee.pk, reason="again").status_code == 302
    assert Client.objects.get(pk=mrs_lee.pk).closing_reason == "Moved to another town."
    assert enquiry.admit(mrs_lee, therapist=anna, by=anna).status == Client.Status.ACTIVE


def test_contact_points_are_kept_changed_and_removed(mrs_lee, as_anna, as_ben):
    way = {"kind": "phone", "value": "07700 900111", "whose": "shared", "may_say": "nothing", "is_preferred": "on"}
    assert post(as_anna, "contact", mrs_lee.pk, **way).status_code == 302
    point = mrs_lee.contact_points.get(kind="phone")
    assert not point.is_safe and point.is_preferred
    assert "Not safe" in page(as_anna, "show", mrs_lee.pk).content.decode()
    assert post(as_anna, "edit_contact", mrs_lee.pk, point.pk, **way | {"value": ""}).status_code == 422
    assert post(as_ben, "remove_contact", mrs_lee.pk, point.pk).status_code == 404
    assert post(as_anna, "remove_contact", mrs_lee.pk, point.pk).status_code == 302
    assert not ContactPoint.objects.filter(pk=point.pk).exists()


def test_a_point_of_another_client_is_not_hers_to_change(mrs_lee, mr_ode, as_anna):
    assert page(as_anna, "edit_contact", mrs_lee.pk, mr_ode.contact_points.get().pk).status_code == 404


def test_an_emergency_contact(mrs_lee, as_olga, as_anna):
    assert post(as_olga, "emergency_contact", mrs_lee.pk, name="Dan", relation="brother", phone="x").status_code == 422
    said = {"name": "Dan Lee", "relation": "brother", "phone": "07700 900123", "may_say": "that we were walking"}
    assert post(as_olga, "emergency_contact", mrs_lee.pk, **said).status_code == 302
    text = page(as_olga, "show", mrs_lee.pk).content.decode()
    assert "Dan Lee" in text and "that we were walking" not in text
    assert post(as_anna, "emergency_contact", mrs_lee.pk, **said).status_code == 302
    assert "that we were walking" in page(as_anna, "show", mrs_lee.pk).content.decode()


def test_the_intake_is_not_sent_while_nobody_covers(mrs_lee, as_anna):
    assert "Nobody is named on the cover list" in page(as_anna, "send_intake", mrs_lee.pk).content.decode()
    answer = post(as_anna, "send_intake", mrs_lee.pk, how="link")
    assert answer.status_code == 422
    assert not Screening.objects.exists()


def test_the_intake_is_not_sent_to_an_unsafe_address(mrs_lee, as_anna, cover):
    mrs_lee.contact_points.update(is_safe=False)
    assert post(as_anna, "send_intake", mrs_lee.pk, how="link").status_code == 422
    mrs_lee.contact_points.update(is_safe=True, may_say="nothing")
    assert post(as_anna, "send_intake", mrs_lee.pk, how="link").status_code == 422


def test_a_trainee_writes_and_is_told_that_her_supervisor_reads(practice, sam):
    tess = factories.user("Tess Young", Role.TRAINEE)
    client = factories.client("Amy Pond", tess)
    as_tess = Browser()
    as_tess.force_login(tess)
    assert "your supervisor reads this decision" in page(as_tess, "decide", client.pk).content.decode()
    Supervision.objects.create(supervisor=sam, supervisee=tess)
    made = decision.decide(
        client, modes=["indoor"], limits=[], reasoning="We considered it.", look_again_on=timezone.localdate(), by=tess
    )
    assert "Written in training." in page(as_tess, "decision", client.pk, made.pk).content.decode()
    second_reading.ask(made, reader=second_reading.supervisor_of(tess), by=tess)
    assert "Waiting to be read with Sam" in page(as_tess, "decision", client.pk, made.pk).content.decode()
