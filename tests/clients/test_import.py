"""Taking in a list of clients: what would happen, what happens, and how it is undone."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.domain import (
    asq,
    carrying_over,
    consent,
    contacts,
    decision,
    enquiry,
    imports,
    intake,
    inviting,
    replies,
    story,
)
from clients.domain.contacts import Way
from clients.domain.rows import Why
from clients.models import Client, ClientImport, ContactPoint, Screening
from practice.models import AuditEntry, CoverPerson, DataKey, Letter
from tests import factories

pytestmark = pytest.mark.django_db
HEAD = "Name,Date of birth,E-mail,Telephone,Emergency contact,Emergency contact phone,Notes\n"
THREE = (
    HEAD
    + "Ines Marlow,1984-03-09,ines@example.org,07700 900111,Jo Field,07700 900222,canary-note\n"
    + '"van den Broek, Wilhelmina",12/11/1950,mina@example.org,,,,\n'
    + "Yusuf Demir,,,+44 7700 900333,,,\n"
)
TODAY = timezone.localdate()


def taken_in(text, by, therapist=None):
    one = imports.upload(text.encode() if isinstance(text, str) else text, therapist=therapist or by, by=by)
    return imports.go(one, by=by, today=TODAY)


def whys(text, by):
    one = imports.upload(text.encode(), therapist=by, by=by)
    return [each.why for each in imports.plan(one, today=TODAY)]


# --- made ---


def test_everybody_is_made_as_they_stand_in_the_list(anna):
    one = taken_in(THREE, anna)
    assert (one.state, one.made, one.report) == ("done", 3, [])
    ines = Client.objects.get(name="Ines Marlow")
    assert (str(ines.birth_date), ines.status, ines.carried_over_on) == ("1984-03-09", "active", TODAY)
    assert consent.lead_of(ines) == anna and ines.came_with == one and ines.admitted_at
    assert {(p.kind, p.value, p.may_say, p.is_safe) for p in ines.contact_points.all()} == {
        ("email", "ines@example.org", "name_only", True),
        ("phone", "07700 900111", "name_only", True),
    }
    assert (ines.emergency_contact.name, ines.emergency_contact.phone) == ("Jo Field", "07700 900222")
    assert Client.objects.named("wilhel").get().birth_date.isoformat() == "1950-11-12"
    assert AuditEntry.objects.filter(body__contains='"client.imported"').count() == 3


def test_nothing_is_sent_by_itself(anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    taken_in(THREE, anna)
    assert not Letter.objects.exists() and not Screening.objects.exists()


def test_looking_makes_nothing(anna):
    one = imports.upload(THREE.encode(), therapist=anna, by=anna)
    assert all(each.person for each in imports.plan(one, today=TODAY))
    assert not Client.objects.exists()


def test_the_rows_lie_sealed_and_go_when_they_are_imported(anna):
    one = imports.upload(THREE.encode(), therapist=anna, by=anna)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM clients_clientimport t")
        [(raw,)] = cursor.fetchall()
    assert "Ines" not in raw and "canary-note" not in raw and len(bytes(one.kept_sealed)) > 100
    done = imports.go(one, by=anna, today=TODAY)
    assert "canary" not in done.kept_text and "Ines" not in done.kept_text
    assert not DataKey.objects.filter(subject__in=Client.objects.values("pk")).exists()


def test_pressed_twice_imports_once(anna):
    one = imports.upload(THREE.encode(), therapist=anna, by=anna)
    imports.go(one, by=anna, today=TODAY)
    with pytest.raises(imports.NotNow):
        imports.go(one, by=anna, today=TODAY)
    assert Client.objects.count() == 3


# --- here already ---


def test_the_same_file_twice_makes_nobody_twice(anna):
    taken_in(THREE, anna)
    again = taken_in(THREE.upper().replace("NAME,", "Name,"), anna)
    assert again.made == 0 and Client.objects.count() == 3
    assert {why for _line, why in again.report} == {Why.HERE}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Ines Marlow,1984-03-09,,,", Why.HERE),
        ("Inés  MARLOW,,INES@example.org,,", Why.HERE),
        ("Ines Marlow,1990-01-01,,,", None),
        ("Ines Marlow,,other@example.org,,", Why.NAMESAKE),
        ("Ines Marlow,,,,", Why.NAMESAKE),
        ("Tomas Marlow,,ines@example.org,,", None),
    ],
)
def test_who_is_here_already(anna, row, why):
    taken_in(THREE, anna)
    assert whys(HEAD + row, anna) == [why]


def test_people_who_share_an_address_are_two_and_it_is_not_safe(anna):
    taken_in(HEAD + "Ruth Abara,,home@example.org,,,,\nDaniel Abara,,Home@example.org,,,,\n", anna)
    points = ContactPoint.objects.filter(kind="email")
    assert [(point.whose, point.is_safe) for point in points] == [("shared", False)] * 2
    assert all(contacts.safe_email(client) is None for client in Client.objects.all())


def test_a_namesake_of_another_age_is_made_and_pointed_out(anna):
    taken_in(THREE, anna)
    one = imports.upload(
        (HEAD + "Ines Marlow,1990-01-01,other@example.org,,,,\nMia Roth,,,,,,").encode(), therapist=anna, by=anna
    )
    assert [(each.why, each.namesake) for each in imports.plan(one, today=TODAY)] == [(None, True), (None, False)]


def test_twice_in_one_file_is_once(anna):
    rows = "Ines Marlow,1984-03-09,,,,,\nInes Marlow,9.3.1984,,,,,\nYusuf Demir,,,,,,\nYusuf Demir,,,,,,\n"
    assert whys(HEAD + rows, anna) == [None, Why.TWICE, None, Why.TWICE]


def test_a_therapist_does_not_learn_whom_a_colleague_sees(anna, ben, olga):
    taken_in(THREE, ben)
    assert whys(THREE, anna) == [None] * 3
    assert whys(THREE, olga) == [Why.HERE] * 3


# --- undone ---


def test_undo_takes_away_exactly_those_whom_nobody_touched(anna, ben, texts):
    CoverPerson.objects.create(user=ben, position=1)
    names = ["Asked", "Decided", "Renamed", "Reached", "Closed", "Handed", "Booked", "Seen", "Alone"]
    one = taken_in("Name,Email\n" + "\n".join(f"{name} One,{name}@example.org" for name in names), anna)
    who = {client.name.split()[0]: client for client in Client.objects.all()}
    intake.send(who["Asked"], by=anna, reader=anna)
    decision.decide(
        who["Decided"], modes=["walk"], limits=[], reasoning="We considered it.", look_again_on=TODAY, by=anna
    )
    Client.objects.filter(pk=who["Renamed"].pk).update(called="Ren")
    contacts.put(who["Reached"], Way("phone", "07700 900999"), by=anna)
    enquiry.close(who["Closed"], reason="Left.", by=anna)
    enquiry._put_lead(who["Handed"], ben)
    factories.session(anna, who["Booked"])
    from practice.domain import audit

    audit.record("client.opened", by=anna, subject=who["Seen"].pk)
    before = Client.objects.create(name="Was here before")
    assert imports.undo(one, by=anna, now=timezone.now()) == 2
    left = {client.name.split()[0]: client for client in Client.objects.exclude(pk=before.pk)}
    assert set(left) == set(names[:-2])
    one.refresh_from_db()
    why = {name: one.left[str(client.pk)] for name, client in left.items()}
    more = {"Asked": "screenings", "Decided": "decisions", "Booked": "seats"}
    assert why == dict.fromkeys(names[:-2], "changed") | more
    assert not ContactPoint.objects.filter(value__startswith="Alone").exists()
    one.refresh_from_db()
    assert one.state == "undone" and bytes(one.kept_sealed) == b""
    assert not DataKey.objects.filter(subject=one.pk).exists()
    with pytest.raises(imports.NotNow):
        imports.undo(one, by=anna, now=timezone.now())


def test_two_weeks_later_it_stays_and_nothing_sealed_is_left(anna):
    one = taken_in(THREE, anna)
    later = timezone.now() + timedelta(days=14, minutes=1)
    with pytest.raises(imports.NotNow):
        imports.undo(one, by=anna, now=later)
    for _ in range(2):
        imports.drop_old(now=later)
    one.refresh_from_db()
    assert bytes(one.kept_sealed) == b"" and not DataKey.objects.filter(subject=one.pk).exists()
    assert Client.objects.count() == 3


def test_what_was_never_imported_goes_overnight(anna):
    one = imports.upload(THREE.encode(), therapist=anna, by=anna)
    imports.drop_old(now=timezone.now() + timedelta(hours=23))
    assert ClientImport.objects.exists()
    imports.drop_old(now=timezone.now() + timedelta(hours=25))
    assert not ClientImport.objects.exists() and not DataKey.objects.filter(subject=one.pk).exists()


# --- many ---


def test_a_thousand_rows_take_seconds_and_few_queries(anna):
    def rows(count, word):
        return HEAD + "".join(
            f"Person {n} {word},19{n % 90 + 10}-01-02,p{n}{word}@example.org,07700 9{n:05},Jo,07700 900222,x\n"
            for n in range(count)
        )

    factories.client("Somebody Else", anna)
    few = taken_in_with_queries(rows(3, "few"), anna)
    begun = time.monotonic()
    many = taken_in_with_queries(rows(1000, "many"), anna)
    assert time.monotonic() - begun < 15
    assert many == few
    one = ClientImport.objects.get(made=1000)
    with CaptureQueriesContext(connection) as queries:
        assert imports.undo(one, by=anna, now=timezone.now()) == 1000
    assert len(queries) < 150 and Client.objects.count() == 4


def taken_in_with_queries(text, by):
    with CaptureQueriesContext(connection) as queries:
        taken_in(text, by)
    return len(queries)


# --- carried over ---


def outdoors(client):
    return decision.permits(client, "walk", TODAY)


def test_what_the_desk_brings_in_opens_no_way_outdoors(anna, olga):
    taken_in(THREE, olga, therapist=anna)
    ines = Client.objects.get(name="Ines Marlow")
    assert ines.carried_over_on is None and ines.status == "active"
    assert not outdoors(ines).open
    carrying_over.confirm(ines, by=anna, today=TODAY)
    ines.refresh_from_db()
    assert ines.carried_over_on == TODAY and outdoors(ines).open and outdoors(ines).needs_a_look


def test_a_list_of_her_own_that_the_desk_presses_through_opens_none_either(anna, olga):
    one = imports.upload(THREE.encode(), therapist=anna, by=anna)
    imports.go(one, by=olga, today=TODAY)
    assert not Client.objects.carried_over().exists()


def test_a_clinician_who_sees_everybody_carries_nobody_over_for_a_colleague(anna):
    both = factories.user("Rae Moss", "therapist", "owner")
    taken_in(THREE, both, therapist=anna)
    assert not Client.objects.carried_over().exists()


def test_a_second_client_in_crisis_is_not_made_by_leaving_out_what_tells_them_apart(anna, olga):
    lee = factories.client("Mary Lee", anna)
    asq.record(lee, {"wished_dead": "yes", "better_off": "no", "thoughts": "no", "tried": "no", "now": "yes"},
               manner="room", by=anna)  # fmt: skip
    for row in ("Mary Lee,,other@example.org,,", "MARY LEE,1984-03-09,other@example.org,,"):
        one = taken_in(HEAD + row, olga, therapist=anna)
        assert (one.made, one.report) == (0, [[2, Why.NAMESAKE]])
    assert Client.objects.count() == 1


def test_a_namesake_who_left_or_was_born_on_another_day_is_made(anna):
    factories.client("Mary Lee", anna, birth_date="1984-03-09")
    factories.client("Yusuf Demir", anna, status=Client.Status.CLOSED)
    assert whys(HEAD + "Mary Lee,1990-01-01,,,\nYusuf Demir,,other@example.org,,", anna) == [None, None]


def test_confirming_twice_is_once_and_too_late_says_why(anna, olga, mrs_lee):
    taken_in(THREE, olga, therapist=anna)
    ines, yusuf = (Client.objects.get(name=name) for name in ("Ines Marlow", "Yusuf Demir"))
    for day in (TODAY, TODAY + timedelta(days=30)):
        carrying_over.confirm(ines, by=anna, today=day)
    ines.refresh_from_db()
    assert ines.carried_over_on == TODAY
    assert AuditEntry.objects.filter(body__contains='"client.carried_over"').count() == 1
    factories.decision(yusuf, anna, "indoor")
    for client in (yusuf, mrs_lee):
        with pytest.raises(carrying_over.TooLate, match="came in with a list"):
            carrying_over.confirm(client, by=anna, today=TODAY)
        client.refresh_from_db()
        assert client.carried_over_on is None


def test_undo_leaves_whom_their_therapist_has_confirmed(anna, olga):
    one = taken_in(THREE, olga, therapist=anna)
    carrying_over.confirm(Client.objects.get(name="Ines Marlow"), by=anna, today=TODAY)
    assert imports.undo(one, by=olga, now=timezone.now()) == 2
    assert Client.objects.get().name == "Ines Marlow"


def test_whoever_came_in_with_a_list_never_enquired_and_can_be_invited(anna, olga):
    taken_in(THREE, olga, therapist=anna)
    ines = Client.objects.get(name="Ines Marlow")
    assert [one.title for one in story.entries(ines, story.chart(ines))] == ["Came in with a list"]
    assert inviting.waiting(anna).count() == 3
    Client.objects.update(first_reply_at=timezone.now())
    assert replies.usual(now=timezone.now()) == ""
