"""Already my client: who they are, what they signed on paper, and what was decided, dated then."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import asq, calling, consent, coverage, decision, intake, on_paper, signing, story
from clients.domain.permission import Ground
from clients.domain.story import Next
from clients.models import Alert, Client, Consent, ConsentText, Decision, Screening
from practice.domain import links, papers, uploads
from practice.models import AuditEntry, CoverPerson, Letter, Paper
from tests import factories, pictures

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MONTH_AGO = TODAY - timedelta(days=30)
PDF = b"%PDF-1.7 canary-scan"
WHO = {
    "name": "Ines Marlow",
    "called": "Ines",
    "kind": "email",
    "value": "ines@example.org",
    "whose": "own",
    "may_say": "name_only",
    "is_safe": "on",
}
RING = {"ring_name": "Jo Field", "ring_relation": "friend", "ring_phone": "07700 900222", "ring_may_say": "Where."}


@pytest.fixture
def mrs_lee(mrs_lee):
    """Carried over today."""
    mrs_lee.carried_over_on = TODAY
    mrs_lee.save(update_fields=["carried_over_on"])
    return mrs_lee


def decided(**changed):
    return {
        "decided_on": MONTH_AGO.isoformat(),
        "modes": ["indoor", "walk"],
        "reasoning": "We considered canary-reasoning and began in May.",
        "look_again_on": (TODAY + timedelta(days=180)).isoformat(),
    } | changed


def scan(data=PDF, name="consent.pdf"):
    return SimpleUploadedFile(name, data, content_type="application/octet-stream")


def page(client):
    return reverse("clients:on_paper", args=[client.pk])


def states(client):
    return coverage.covers(client, "walk", TODAY).state


# --- the first step ---


def test_somebody_comes_in_and_is_in_her_care_from_today(as_anna, anna):
    answer = as_anna.post(reverse("clients:already"), WHO | RING)
    client = Client.objects.get()
    assert answer["Location"] == page(client)
    assert (client.status, client.carried_over_on, client.called) == ("active", TODAY, "Ines")
    assert client.care_team.get().user == anna and client.contact_points.get().value == "ines@example.org"
    assert client.emergency_contact.may_say == "Where." and not Letter.objects.exists()
    assert AuditEntry.objects.filter(body__contains="client.carried_over").count() == 1


def test_pressed_twice_is_one(as_anna):
    for _ in range(2):
        assert as_anna.post(reverse("clients:already"), WHO).status_code == 302
    assert Client.objects.count() == 1
    as_anna.post(reverse("clients:already"), WHO | {"value": "other@example.org"})
    assert Client.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"name": "\u200b"}, {"name": ""}, {"value": "no address"}, {"ring_name": "Jo"}, {"ring_phone": "07700 900222"}],
)
def test_what_is_not_whole_is_asked_again_and_kept(as_anna, wrong):
    answer = as_anna.post(reverse("clients:already"), WHO | wrong)
    assert answer.status_code == 422 and 'value="Ines"' in answer.content.decode()
    assert not Client.objects.exists()


@pytest.mark.parametrize("who", ["as_olga", "as_rosa", "as_sam", "as_mrs_lee"])
def test_only_who_sees_clients_brings_them_in(request, who):
    assert request.getfixturevalue(who).get(reverse("clients:already")).status_code == 404


# --- on paper ---


def test_consent_and_decision_from_paper_open_the_path(as_anna, anna, texts, mrs_lee):
    answer = as_anna.post(
        page(mrs_lee), decided() | {"signed_outdoors": MONTH_AGO.isoformat(), "scan_outdoors": scan()}
    )
    assert answer["Location"] == reverse("clients:show", args=[mrs_lee.pk])
    kept = Consent.objects.get()
    assert (kept.status, kept.manner, kept.answered_at.date()) == ("signed", "paper", MONTH_AGO)
    assert kept.covers_until == signing.in_a_year(MONTH_AGO) and not kept.shown_text and not kept.signer
    assert states(mrs_lee) == coverage.State.COVERED
    assert coverage.covers(mrs_lee, "run", TODAY).state == coverage.State.NEVER
    made = Decision.objects.get()
    assert (made.by, made.at.date(), made.modes) == (anna, MONTH_AGO, ["indoor", "walk"])
    may = decision.permits(mrs_lee, "walk", TODAY)
    assert may.open and not decision.permits(mrs_lee, "run", TODAY).open
    assert papers.read(kept.paper) == PDF and kept.paper.media_type == "application/pdf"
    assert not Letter.objects.exists()


def test_the_scan_and_the_reasoning_lie_sealed(as_anna, texts, mrs_lee):
    as_anna.post(page(mrs_lee), decided() | {"signed_outdoors": MONTH_AGO.isoformat(), "scan_outdoors": scan()})
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT string_agg(p::text, '') FROM practice_paper p) || "
                       "(SELECT string_agg(d::text, '') FROM clients_decision d)")  # fmt: skip
        [(raw,)] = cursor.fetchall()
    assert b"canary".hex() not in raw and "canary" not in raw


def test_pressed_twice_is_kept_once(as_anna, texts, mrs_lee):
    for _ in range(2):
        sent = decided() | {"signed_outdoors": MONTH_AGO.isoformat(), "scan_outdoors": scan()}
        as_anna.post(page(mrs_lee), sent)
    assert (Consent.objects.count(), Decision.objects.count(), Paper.objects.count()) == (1, 1, 1)


def test_a_scan_can_follow(anna, texts, mrs_lee):
    first = on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=MONTH_AGO, by=anna)
    again = on_paper.keep_consent(
        mrs_lee, texts["outdoors"], signed_on=MONTH_AGO, by=anna, scan=uploads.Upload(PDF, "application/pdf")
    )
    assert again == first and papers.read(again.paper) == PDF


def test_the_same_day_can_have_a_second_paper(anna, texts, mrs_lee):
    first = on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=TODAY, by=anna)
    newer = ConsentText.objects.create(
        **{name: getattr(first.text, name) for name in ("key", "language", "title", "modes", "body", "sha256")},
        version=9,
    )
    assert states(mrs_lee) == coverage.State.RAN_OUT
    second = on_paper.keep_consent(mrs_lee, newer, signed_on=TODAY, by=anna)
    assert second != first and states(mrs_lee) == coverage.State.COVERED
    consent.due_again(second, because="A fall.", by=anna, on=TODAY)
    assert states(mrs_lee) == coverage.State.RAN_OUT
    third = on_paper.keep_consent(mrs_lee, newer, signed_on=TODAY, by=anna)
    assert third != second and states(mrs_lee) == coverage.State.COVERED
    assert on_paper.keep_consent(mrs_lee, newer, signed_on=TODAY, by=anna) == third


def test_a_paper_from_before_something_happened_is_no_new_one_when_it_comes_again(anna, texts, mrs_lee):
    first = on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=MONTH_AGO, by=anna)
    consent.due_again(first, because="A fall.", by=anna, on=TODAY)
    assert on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=MONTH_AGO, by=anna) == first
    assert states(mrs_lee) == coverage.State.RAN_OUT


@pytest.mark.parametrize("since", [None, MONTH_AGO])
def test_a_date_alone_is_taken_only_of_what_was_signed_before_the_client_came_in(as_anna, texts, mrs_lee, since):
    Client.objects.filter(pk=mrs_lee.pk).update(carried_over_on=since)
    assert ("goes with each date" in as_anna.get(page(mrs_lee)).content.decode()) == (since is None)
    after = (MONTH_AGO + timedelta(days=1)).isoformat()
    answer = as_anna.post(page(mrs_lee), decided() | {"signed_outdoors": after})
    text = answer.content.decode()
    assert answer.status_code == 422 and "add a scan or a photograph" in text and "canary-reasoning" in text
    assert not Consent.objects.exists() and not Decision.objects.exists()
    answer = as_anna.post(page(mrs_lee), {"signed_outdoors": MONTH_AGO.isoformat()})
    assert answer.status_code == (302 if since else 422)
    assert as_anna.post(page(mrs_lee), {"signed_outdoors": after, "scan_outdoors": scan()}).status_code == 302
    assert papers.read(Consent.objects.latest("answered_at").paper) == PDF


def test_it_says_on_paper_and_never_that_it_was_signed_here(as_anna, anna, texts, mrs_lee):
    kept = on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=MONTH_AGO, by=anna)
    text = as_anna.get(reverse("clients:consent", args=[mrs_lee.pk, kept.pk])).content.decode()
    assert (
        "Signed on paper on" in text and "Put in here by <bdi>Anna Reiter</bdi>" in text and "No scan is kept" in text
    )
    assert "signed on a screen" not in text.lower() and "Download the signed paper" not in text
    assert "Signed on paper" in as_anna.get(reverse("clients:consents", args=[mrs_lee.pk])).content.decode()
    assert "signed on paper" in as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()


@pytest.mark.parametrize(
    ("data", "ending"),
    [(PDF, "pdf"), (pictures.photograph(), "jpg"), (pictures.drawn("PNG"), "png"), (pictures.drawn("WEBP"), "webp")],
)
def test_a_scan_comes_back_as_it_was_kept_and_as_a_download(
    as_anna, as_ben, as_olga, anna, texts, mrs_lee, data, ending
):
    kept = on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=MONTH_AGO, by=anna, scan=uploads.read(data))
    where = reverse("clients:consent_paper", args=[mrs_lee.pk, kept.pk])
    answer = as_anna.get(where)
    assert answer.content == uploads.read(data).data and answer["Content-Disposition"].endswith(f'.{ending}"')
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert as_ben.get(where).status_code == 404 and as_olga.get(where).status_code == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html><script>alert(1)</script>", "not a PDF"),
        (b"GIF89a", "not a PDF"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "more than 10 MB"),
    ],
)
def test_whatever_else_it_is_is_refused_in_words(as_anna, texts, mrs_lee, data, words):
    sent = decided() | {"signed_outdoors": MONTH_AGO.isoformat(), "scan_outdoors": scan(data, "consent.pdf")}
    answer = as_anna.post(page(mrs_lee), sent)
    text = answer.content.decode()
    assert answer.status_code == 422 and words in text and "canary-reasoning" in text
    assert not Consent.objects.exists() and not Decision.objects.exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Nothing is filled in yet"),
        ({"signed_outdoors": (TODAY + timedelta(days=1)).isoformat()}, "has not come yet"),
        ({"signed_outdoors": "1926-03-03"}, "look at the year"),
        ({"signed_outdoors": "yesterday"}, "valid date"),
        ({"scan_outdoors": "scan"}, "day on which this was signed"),
        (decided(decided_on=(TODAY + timedelta(days=1)).isoformat()), "has not come yet"),
        (decided(decided_on=(TODAY - timedelta(days=400)).isoformat()), "lasts a year at most"),
        (decided(decided_on=""), "leave the whole decision out"),
        (decided(modes=[]), "leave the whole decision out"),
        (decided(reasoning=" "), "leave the whole decision out"),
        (decided(reasoning="We considered …"), "finish the sentence"),
        (decided(look_again_on=MONTH_AGO.isoformat()), "still to come"),
        (decided(look_again_on=(TODAY + timedelta(days=350)).isoformat()), "choose an earlier day"),
        (decided(modes=["fly"]), "Select a valid choice"),
    ],
)
def test_dates_and_halves_are_asked_again(as_anna, texts, mrs_lee, sent, words):
    if "scan_outdoors" in sent:
        sent = {"scan_outdoors": scan()}
    answer = as_anna.post(page(mrs_lee), sent)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Consent.objects.exists() and not Decision.objects.exists() and not Paper.objects.exists()


def test_an_old_paper_counts_as_run_out(anna, texts, mrs_lee):
    on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=TODAY - timedelta(days=500), by=anna)
    assert states(mrs_lee) == coverage.State.RAN_OUT


def test_an_older_paper_does_not_undo_what_was_taken_back(anna, texts, mrs_lee):
    newer = on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=MONTH_AGO, by=anna)
    consent.withdraw(newer, by=anna, at=timezone.now() - timedelta(days=10))
    on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=TODAY - timedelta(days=90), by=anna)
    assert states(mrs_lee) == coverage.State.WITHDRAWN
    on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=TODAY, by=anna)
    assert states(mrs_lee) == coverage.State.COVERED


def test_a_paper_answers_what_was_asked_before_it_and_not_after(anna, texts, mrs_lee):
    asked = consent.ask(mrs_lee, texts["outdoors"], by=anna)
    token = links.make(consent.PURPOSE, subject=asked.pk, lasts=timedelta(days=1), by=anna)
    on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=MONTH_AGO, by=anna)
    asked.refresh_from_db()
    assert asked.is_open and links.find(token, consent.PURPOSE)
    on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=TODAY, by=anna)
    asked.refresh_from_db()
    assert asked.status == "replaced" and links.find(token, consent.PURPOSE) is None
    assert Letter.objects.get().state == "cancelled"


def test_after_answers_or_a_decision_the_paper_page_takes_no_decision(as_anna, anna, texts, mrs_lee):
    asq.record(mrs_lee, dict.fromkeys(("wished_dead", "better_off", "thoughts", "tried"), "no"), manner="room", by=anna)
    text = as_anna.get(page(mrs_lee)).content.decode()
    assert 'name="decided_on"' not in text and "written beside them" in text
    as_anna.post(page(mrs_lee), decided() | {"signed_outdoors": MONTH_AGO.isoformat()})
    assert Consent.objects.exists() and not Decision.objects.exists()


def test_a_stated_danger_is_not_lifted_by_a_decision_dated_before_it(anna, mrs_lee):
    acute = {"wished_dead": "yes", "better_off": "no", "thoughts": "yes", "tried": "no", "now": "yes"}
    asq.record(mrs_lee, acute, manner="room", by=anna)
    with pytest.raises(on_paper.NotFromPaper, match="written beside them"):
        on_paper.keep_decision(
            mrs_lee, decided_on=MONTH_AGO, modes=["walk"], limits=[], reasoning="We considered it.",
            look_again_on=TODAY + timedelta(days=30), by=anna,
        )  # fmt: skip
    assert not decision.permits(mrs_lee, "walk", TODAY).open


@pytest.fixture
def begun_this_morning(mrs_lee, anna):
    """Chest pain that is new, in an intake that is begun and not handed in."""
    CoverPerson.objects.create(user=factories.user("Jo Field", "therapist"), position=1)
    made = intake.send(mrs_lee, by=anna, reader=anna)
    step = next(step for step in intake.steps() if "chest_pain" in step.keys)
    intake.save(made, step, {"chest_pain": "yes", "chest_pain.new": "yes"})
    at_night = timezone.localtime().replace(hour=0, minute=0)
    Screening.objects.filter(pk=made.pk).update(saved_at=at_night)


def test_danger_that_is_only_begun_is_not_lifted_from_paper(as_anna, begun_this_morning, texts, mrs_lee):
    text = as_anna.get(page(mrs_lee)).content.decode()
    assert 'name="decided_on"' not in text and "Danger to the body was stated on" in text
    assert reverse("clients:decide", args=[mrs_lee.pk]) in text
    today = decided(decided_on=TODAY.isoformat())
    assert as_anna.post(page(mrs_lee), today).status_code == 422
    answer = as_anna.post(page(mrs_lee), today | {"signed_outdoors": MONTH_AGO.isoformat()}, follow=True)
    assert "The decision was not kept. Danger to the body was stated on" in answer.content.decode()
    assert Consent.objects.exists() and not Decision.objects.exists()
    assert decision.permits(mrs_lee, "walk", TODAY).ground == Ground.PAUSED


def test_nor_is_danger_that_was_taken_back(as_anna, begun_this_morning, texts, mrs_lee, anna):
    made = Screening.objects.get()
    calling.call(made.pk)
    intake.see(made, by=anna)
    step = next(step for step in intake.steps() if "chest_pain" in step.keys)
    intake.save(made, step, {"chest_pain": "no"})
    long_ago = timezone.localtime().replace(hour=0, minute=0)
    Alert.objects.update(created_at=long_ago, told_at=long_ago)
    assert as_anna.post(page(mrs_lee), decided(decided_on=TODAY.isoformat())).status_code == 422
    assert "Danger to the body was stated on" in on_paper.hindrance(mrs_lee) and not Decision.objects.exists()


def test_nor_is_any_answer_passed_over_that_nobody_has_opened(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    made = intake.send(mrs_lee, by=anna, reader=anna)
    intake.save(made, intake.steps()[-1], {"hurt": "yes"})
    assert "nobody has opened them" in on_paper.hindrance(mrs_lee)
    calling.call(made.pk)
    assert "nobody has opened them" in on_paper.hindrance(mrs_lee)
    made.refresh_from_db()
    intake.see(made, by=anna)
    assert on_paper.hindrance(mrs_lee) == ""


def test_nor_is_danger_that_is_stated_while_the_paper_is_put_in(
    as_anna, begun_this_morning, texts, mrs_lee, monkeypatch
):
    seen = iter([""])
    asked = on_paper.hindrance
    monkeypatch.setattr(on_paper, "hindrance", lambda client: next(seen, asked(client)))
    answer = as_anna.post(
        page(mrs_lee), decided(decided_on=TODAY.isoformat()) | {"signed_outdoors": MONTH_AGO.isoformat()}
    )
    text = answer.content.decode()
    assert answer.status_code == 422 and "Danger to the body was stated on" in text and "canary-reasoning" in text
    assert not Consent.objects.exists() and not Decision.objects.exists()


def test_the_next_step_after_the_paper_is_whom_to_ring_and_then_a_time(anna, texts, mrs_lee):
    Client.objects.filter(pk=mrs_lee.pk).update(carried_over_on=TODAY)
    mrs_lee.refresh_from_db()
    assert story.next_step(mrs_lee, story.chart(mrs_lee), on=TODAY) == Next.SEND_INTAKE
    on_paper.keep_decision(
        mrs_lee, decided_on=MONTH_AGO, modes=["walk"], limits=[], reasoning="We considered it.",
        look_again_on=TODAY + timedelta(days=30), by=anna,
    )  # fmt: skip
    on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=MONTH_AGO, by=anna)
    assert story.next_step(mrs_lee, story.chart(mrs_lee), on=TODAY) == Next.EMERGENCY_CONTACT
    factories.emergency_contact(mrs_lee)
    mrs_lee = Client.objects.get(pk=mrs_lee.pk)
    assert story.next_step(mrs_lee, story.chart(mrs_lee), on=TODAY) == Next.BOOK
    assert not Screening.objects.exists()


@pytest.mark.parametrize("who", ["as_ben", "as_olga", "as_rosa", "as_mrs_lee"])
def test_the_paper_of_a_stranger_is_not_there(request, texts, mrs_lee, who):
    browser = request.getfixturevalue(who)
    assert browser.get(page(mrs_lee)).status_code == 404
    assert browser.post(page(mrs_lee), decided()).status_code == 404
    assert not Decision.objects.exists()


def test_nobody_signs_in_first(as_mallory, mrs_lee):
    assert as_mallory.get(page(mrs_lee)).status_code == 302


def test_the_page_costs_the_same_however_long_the_story(as_anna, anna, texts, mrs_lee):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert as_anna.get(page(mrs_lee)).status_code == 200
        return len(found)

    before = queries()
    for days in (10, 20, 30):
        on_paper.keep_consent(mrs_lee, texts["outdoors"], signed_on=TODAY - timedelta(days=days), by=anna)
    assert queries() == before
