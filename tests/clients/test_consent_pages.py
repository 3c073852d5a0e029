"""The page behind the link and the pages for staff: what each shows, to whom, and what it refuses."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, consent_demo, signing
from clients.domain.agreement import disclosure_print
from clients.models import Client, Consent
from practice.domain import links
from practice.models import AuditEntry, Letter, Link, Practice
from tests import factories
from tests.clients.signing import disclosed
from tests.clients.test_signature import DRAWN

pytestmark = pytest.mark.django_db
CANARY = "canary-wren"
ANSWERS = {"plan_what": "step_aside", "plan_who": "friend", "sign": CANARY, "name": "Mary Lee"}


@pytest.fixture
def phone(as_mrs_lee):
    """Her own browser, in which she is signed in; how a code is mailed instead stands in test_signing_codes."""
    return as_mrs_lee


@pytest.fixture
def unsigned(mrs_lee, anna, text):
    """Asked, and nothing answered."""
    return consent.ask(mrs_lee, text, by=anna)


@pytest.fixture
def asked(unsigned):
    """Asked, and agreed to sign on a screen."""
    return disclosed(unsigned)


@pytest.fixture
def token(asked, anna):
    return links.make("consent", subject=asked.pk, lasts=timedelta(days=30), by=anna)


@pytest.fixture
def given(asked):
    return {**ANSWERS, "shown": asked.shown_sha256}


def url(token, name="sign_consent"):
    """The address behind a link; for what is done to an agreement, of the first that was asked for."""
    if name == "sign_consent":
        return reverse(name, args=[token])
    return reverse(name, args=[token, Consent.objects.order_by("asked_at").first().pk])


def status(asked):
    return Consent.objects.get(pk=asked.pk).status


# --- by link ---------------------------------------------------------------------------------------------------------


def test_it_shows_every_sentence_the_whole_text_the_plan_and_both_answers(phone, token, asked):
    page = phone.get(url(token)).content.decode()
    for sentence in asked.shown["sentences"]:
        assert sentence in page
    for clause in asked.shown["clauses"]:
        assert clause["words"] in page.replace("&#x27;", "'")
    assert asked.shown_sha256 in page
    assert page.count("<h1") == 1 and "checked" not in page
    for words in ("Talk it through with me first", "I am ready to sign"):
        assert re.search(rf'class="btn"[^>]*>(?:(?!class="btn).)*{words}', page, re.S), "both weigh the same"
    assert len(page) < 250_000 and not re.search(r"\sstyle=|\son\w+=|<script(?! src| type=\"module\" src)", page)


def test_looking_changes_and_consumes_nothing_and_is_kept_in_the_audit(phone, token, asked):
    for _ in range(3):
        assert phone.get(url(token)).status_code == 200
        assert phone.head(url(token)).status_code == 200
    assert status(asked) == "asked" and Link.objects.get().used_at is None
    assert sum('"consent.shown"' in entry.body for entry in AuditEntry.objects.all()) == 6


def test_typed_and_signed_then_shown_with_a_copy_of_her_own(phone, token, asked, given):
    answer = phone.post(url(token), given, headers={"user-agent": "A telephone"})
    assert answer.status_code == 302
    row = Consent.objects.get(pk=asked.pk)
    assert (row.status, row.signer, row.manner) == ("signed", "Mary Lee", "typed")
    assert (row.evidence["agent"], row.evidence["address"], row.evidence["how"]) == (
        "A telephone",
        "127.0.0.1",
        "login",
    )
    assert Link.objects.get().used_at
    page = phone.get(url(token)).content.decode()
    assert "Signed on" in page and CANARY in page and "Mary Lee" in page and "Change my mind" in page
    copy = phone.get(url(token, "consent_copy"))
    assert copy["Content-Type"] == "application/pdf" and copy.content.startswith(b"%PDF-")
    assert copy["Content-Disposition"].startswith("attachment") and copy["X-Content-Type-Options"] == "nosniff"
    assert copy.content == phone.get(url(token, "consent_copy")).content
    assert any('"consent.paper_read"' in entry.body for entry in AuditEntry.objects.all())


def test_drawn_and_signed_without_a_typed_name(phone, token, asked, given):
    assert phone.post(url(token), given | {"name": "", "drawing": DRAWN}).status_code == 302
    page = phone.get(url(token)).content.decode()
    assert status(asked) == "signed" and 'd="M30.0 90.0C32.0 93.7 32.0 93.7 84.0 97.4"' in page
    assert "<circle" not in page.split("Your signature")[1]


@pytest.mark.parametrize("left_out", ["plan_what", "plan_who", "name", "shown"])
def test_what_is_missing_is_named_and_what_was_typed_is_kept(phone, token, asked, given, left_out):
    del given[left_out]
    answer = phone.post(url(token), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and status(asked) == "asked"
    assert "Please look at this again" in page and CANARY in page
    if left_out != "name":
        assert 'value="Mary Lee"' in page
    if left_out != "plan_who":
        assert re.search(r'value="friend"[^>]*checked', page)


@pytest.mark.parametrize(
    "drawing", ["<svg onload=alert(1)>", DRAWN.replace("<svg ", "<svg onload='x' "), "x" * 10_000_000, "\x00"]
)
def test_a_hostile_drawing_is_refused_in_words_and_never_shown_again(phone, token, asked, given, drawing):
    answer = phone.post(url(token), given | {"name": "", "drawing": drawing})
    page = answer.content.decode()
    assert answer.status_code == 422 and status(asked) == "asked"
    assert "onload" not in page and len(page) < 250_000


def test_scripts_and_far_alphabets_in_a_name_stay_words(phone, token, asked, given):
    name = "מרים <script>alert(1)</script> 🙂"
    assert phone.post(url(token), given | {"name": name}).status_code == 302
    page = phone.get(url(token)).content.decode()
    assert "<script>alert" not in page and "מרים" in page
    assert phone.get(url(token, "consent_copy")).content.startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["\u3164\u3164", "\u115f\u1160", "\uffa0\uffa0"])
def test_a_name_that_shows_nothing_is_asked_for_again(phone, token, asked, given, name):
    answer = phone.post(url(token), given | {"name": name})
    assert answer.status_code == 422 and "type your full name" in answer.content.decode()
    assert status(asked) == "asked"


def test_more_fields_than_were_asked_change_nothing(phone, token, asked, given, mr_ode):
    extra = {"status": "withdrawn", "client": str(mr_ode.pk), "covers_until": "2099-01-01", "plan_extra": CANARY}
    phone.post(url(token), given | extra)
    row = Consent.objects.get(pk=asked.pk)
    assert row.status == "signed" and row.client_id == asked.client_id and row.covers_until.year < 2099
    assert set(row.answers["plan"]) == {"what", "who", "sign"}


def test_talk_first_is_one_press_and_the_page_stays_open(phone, token, asked, given, as_anna):
    assert phone.post(url(token, "talk_consent")).status_code == 302
    page = phone.get(url(token)).content.decode()
    assert "<bdi>Anna</bdi> knows that you want to talk first" in page and "I agree, and sign" in page
    staff = as_anna.get(reverse("clients:consents", args=[asked.client_id])).content.decode()
    assert "Wants to talk it through first" in staff
    assert phone.post(url(token), given).status_code == 302 and status(asked) == "signed"


@pytest.mark.parametrize("name", ["talk_consent", "decline_consent"])
def test_what_was_written_by_a_link_that_has_ended_is_handed_back(phone, token, asked, name):
    links.end("consent", subject=asked.pk)
    answer = phone.post(url(token, name), {"words": CANARY}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 410 and CANARY in answer.content.decode() and status(asked) == "asked"
    assert CANARY not in phone.post(url(token, name), {"words": CANARY}).content.decode()


def test_rather_indoors_is_answered_kindly_and_needs_no_reason(phone, token, asked, given):
    assert phone.post(url(token, "decline_consent")).status_code == 302
    page = phone.get(url(token)).content.decode()
    assert status(asked) == "declined" and "We stay indoors" in page and "Thank you for saying so" in page
    assert phone.post(url(token, "decline_consent")).status_code == 302
    answer = phone.post(url(token), given)
    assert answer.status_code == 409 and status(asked) == "declined"
    assert "nothing was changed just now" in answer.content.decode()


def test_change_my_mind_counts_at_once(phone, token, asked, given):
    phone.post(url(token), given)
    for act in ("decline_consent", "talk_consent"):
        answer = phone.post(url(token, act))
        assert answer.status_code == 409 and status(asked) == "signed"
        assert "nothing was changed just now" in answer.content.decode() and "Signed on" in answer.content.decode()
    assert phone.post(url(token, "take_back_consent"), {"what": "all"}).status_code == 302
    assert status(asked) == "withdrawn"
    page = phone.get(url(token)).content.decode()
    assert "Taken back" in page and CANARY not in page
    assert phone.post(url(token, "take_back_consent"), {"what": "all"}).status_code == 302
    assert phone.post(url(token), given).status_code == 409 and status(asked) == "withdrawn"


def test_one_way_is_taken_back_and_the_rest_stands(phone, token, asked, given, as_anna):
    phone.post(url(token), given)
    page = phone.get(url(token)).content.decode()
    assert 'value="sit"' in page and 'value="walk"' in page and 'value="all"' in page and "checked" not in page
    for nothing in ({}, {"what": "run"}, {"what": ["walk", "fly"]}):
        answer = phone.post(url(token, "take_back_consent"), nothing)
        assert answer.status_code == 422 and status(asked) == "signed"
        said = answer.content.decode()
        assert said.count("data-errors") == 1 and said.index("data-errors") < said.index("<h1>")
        assert 'href="#id_what"' in said and 'id="id_what"' in said
    told = reverse("clients:withdraw_consent", args=[asked.client_id, asked.pk])
    said = as_anna.post(told).content.decode()
    assert said.count("data-errors") == 1 and said.index("data-errors") < said.index('href="#id_what"')
    assert said.index('href="#id_what"') < said.index("What happened")
    assert phone.post(url(token, "take_back_consent"), {"what": "walk"}).status_code == 302
    row = Consent.objects.get(pk=asked.pk)
    assert (row.status, row.withdrawn_modes) == ("signed", ["walk"])
    page = phone.get(url(token)).content.decode()
    assert "walking. The rest stands" in page and 'value="walk"' not in page
    staff = as_anna.get(reverse("clients:consent", args=[asked.client_id, asked.pk])).content.decode()
    assert "Taken back: walking" in staff and "Walking was taken back on" in staff
    for look in (phone.post(url(token, "take_back_consent")), as_anna.post(told)):
        assert look.status_code == 200 and status(asked) == "signed"
        said = look.content.decode()
        assert "agrees to nothing any more: sitting outside." in said and 'name="sure"' in said
    sure = phone.post(url(token, "take_back_consent"), {"sure": "yes"})
    assert sure.status_code == 302 and status(asked) == "withdrawn"


def test_larger_type_and_print_are_links(phone, token):
    assert 'class="agreement larger"' in phone.get(url(token) + "?type=large").content.decode()
    page = phone.get(url(token) + "?as=print").content.decode()
    assert "The full text" in page and "I agree, and sign" not in page


def test_a_60_letter_name_and_a_long_sign_are_kept(phone, mrs_lee, anna, text, given):
    mrs_lee.name = "Maximiliane " * 5
    mrs_lee.save(update_fields=["name"])
    asked = disclosed(consent.ask(mrs_lee, text, by=anna))
    token = links.make("consent", subject=asked.pk, lasts=timedelta(days=30), by=anna)
    given = given | {"shown": asked.shown_sha256, "sign": "x" * 120, "name": "Maximiliane " * 5}
    assert phone.post(url(token), given).status_code == 302
    assert phone.post(url(token), given | {"sign": "x" * 121}).status_code == 302  # it is signed, once


@pytest.mark.parametrize(
    ("said", "read"),
    [("\u202ewave  left", "wave left"), ("\u05d9\u05d3", "\u2068\u05d9\u05d3\u2069"), ("\U0001f44b", "\U0001f44b")],
    ids=["turned around", "from right to left", "a picture"],
)
def test_the_sign_is_kept_without_what_nobody_can_see(phone, token, asked, given, said, read):
    assert phone.post(url(token), given | {"sign": said}).status_code == 302
    page = phone.get(url(token)).content.decode()
    assert read in page and "\u202e" not in page
    assert "\u202e" not in Consent.objects.get(pk=asked.pk).answers["plan"]["sign"]


def test_a_day_is_the_day_of_the_practice_and_not_of_utc(as_anna, mrs_lee, anna, text, monkeypatch):
    Practice.objects.update(time_zone="America/Los_Angeles")
    signed = consent_demo.sign_for_demo(mrs_lee, text, on=datetime(2025, 10, 8, 19, tzinfo=UTC), by=anna)
    factories.decision(mrs_lee, anna)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 10, 9, 1, tzinfo=UTC))  # 8 Oct, 18:00 there
    assert (
        "Walking: Consent to 8 Oct 2026" in as_anna.get(reverse("clients:consents", args=[mrs_lee.pk])).content.decode()
    )
    as_anna.post(reverse("clients:consent_due_again", args=[mrs_lee.pk, signed.pk]), {"because": "a fall"})
    signed.refresh_from_db()
    assert signed.due_again_on == date(2026, 10, 8)


@pytest.mark.parametrize("name", ["sign_consent", "consent_copy"])
def test_a_strangers_token_leads_nowhere(phone, token, asked, anna, mr_ode, name):
    other = links.make("intake", subject=asked.pk, lasts=timedelta(days=30), by=anna)
    late = links.make("consent", subject=asked.pk, lasts=timedelta(seconds=-1), by=anna)
    for wrong in ("guessed", token[:-1], token + "x", other, late):
        answer = phone.get(url(wrong, name))
        assert answer.status_code == 410 and "no longer works" in answer.content.decode()
        assert "Lee" not in answer.content.decode()
    assert phone.get(url(token, "consent_copy")).status_code == 404  # nothing was signed yet


@pytest.mark.parametrize("name", ["sign_consent", "talk_consent", "decline_consent", "take_back_consent"])
def test_an_ended_link_changes_nothing(phone, token, asked, given, name):
    links.end("consent", subject=asked.pk)
    assert phone.post(url(token, name), given).status_code == 410 and status(asked) == "asked"


def test_a_browser_without_a_csrf_token_is_refused(practice, token, asked, given):
    assert Browser(enforce_csrf_checks=True).post(url(token), given).status_code == 403
    assert status(asked) == "asked"


# --- staff -----------------------------------------------------------------------------------------------------------


def test_anna_sends_a_text_and_may_send_it_again(as_anna, mrs_lee, text):
    ask = reverse("clients:ask_consent", args=[mrs_lee.pk])
    page = as_anna.get(ask).content.decode()
    assert text.title in page and "Have a lawyer read this" in page and "mary.lee@example.org" in page
    assert as_anna.post(ask, {"text": text.pk, "who": "own", "how": "send"}).status_code == 302
    asked = Consent.objects.get()
    again = reverse("clients:consent_again", args=[mrs_lee.pk, asked.pk])
    Letter.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert as_anna.post(again, {"how": "send"}).status_code == 302
    assert Letter.objects.filter(about=asked.request_id).count() == 2 and Consent.objects.count() == 1


def test_signing_together_opens_the_page_here_and_says_who_was_there(as_anna, mrs_lee, text, anna):
    mrs_lee.contact_points.all().delete()
    Letter.objects.all().delete()
    ask = reverse("clients:ask_consent", args=[mrs_lee.pk])
    assert as_anna.post(ask, {"text": text.pk, "who": "own", "how": "send"}).status_code == 422
    answer = as_anna.post(ask, {"text": text.pk, "who": "own", "how": "here"})
    row = Consent.objects.get(status="asked")
    assert "You sign together with <bdi>Anna</bdi>" in as_anna.get(answer.url).content.decode()
    screen = reverse("disclose_consent", args=[answer.url.split("/")[2], row.pk])
    assert as_anna.post(screen, {"disclosure": disclosure_print(row)}).status_code == 302
    assert as_anna.post(answer.url, ANSWERS | {"shown": row.shown_sha256}).status_code == 302
    row.refresh_from_db()
    assert (row.evidence["how"], row.evidence["witness"]) == ("together", anna.name)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("data", [{}, {"text": "x", "how": "send"}, {"how": "here"}])
def test_asking_for_nothing_is_answered_in_words(as_anna, mrs_lee, text, data):
    assert as_anna.post(reverse("clients:ask_consent", args=[mrs_lee.pk]), data).status_code == 422
    assert not Consent.objects.exists()


def test_anna_reads_what_was_said_and_it_is_kept_in_the_audit(as_anna, phone, token, asked, given, mrs_lee):
    phone.post(url(token), given)
    page = as_anna.get(reverse("clients:consent", args=[mrs_lee.pk, asked.pk])).content.decode()
    assert CANARY in page and "What happened" in page and "button “I agree, and sign” pressed" in page
    paper = as_anna.get(reverse("clients:consent_paper", args=[mrs_lee.pk, asked.pk]))
    assert paper.content.startswith(b"%PDF-")
    bodies = " ".join(entry.body for entry in AuditEntry.objects.all())
    assert '"consent.read"' in bodies and '"consent.paper_read"' in bodies and CANARY not in bodies


def test_anna_takes_back_what_she_was_told(as_anna, phone, token, asked, given, mrs_lee, anna):
    phone.post(url(token), given)
    address = reverse("clients:withdraw_consent", args=[mrs_lee.pk, asked.pk])
    assert as_anna.post(address).status_code == 422 and status(asked) == "signed"
    assert as_anna.post(address, {"what": "all"}).status_code == 302
    row = Consent.objects.get(pk=asked.pk)
    assert (row.status, row.withdrawn_by) == ("withdrawn", anna)
    assert consent.covers(mrs_lee, "walk", timezone.localdate()).state == "withdrawn"


@pytest.mark.parametrize("who", ["as_olga", "as_rosa"])
def test_the_desk_learns_whom_to_ask_and_nothing_else(request, who, mrs_lee, asked, token, phone):
    signing.decline(asked, words=CANARY)
    browser = request.getfixturevalue(who)
    page = browser.get(reverse("clients:consents", args=[mrs_lee.pk])).content.decode()
    assert "not yet, ask Anna" in page
    for hidden in (CANARY, "Rather not", "declined", "taken back", asked.text.title):
        assert hidden not in page
    for name in ("consent", "consent_paper"):
        assert browser.get(reverse(f"clients:{name}", args=[mrs_lee.pk, asked.pk])).status_code == 404
    assert browser.get(reverse("clients:ask_consent", args=[mrs_lee.pk])).status_code == 404
    assert browser.post(reverse("clients:withdraw_consent", args=[mrs_lee.pk, asked.pk])).status_code == 404


def test_a_colleague_and_nobody_see_nothing(as_ben, as_mallory, mrs_lee, asked):
    for name, args in [
        ("consents", [mrs_lee.pk]),
        ("ask_consent", [mrs_lee.pk]),
        ("consent", [mrs_lee.pk, asked.pk]),
        ("consent_paper", [mrs_lee.pk, asked.pk]),
    ]:
        address = reverse(f"clients:{name}", args=args)
        assert as_ben.get(address).status_code == 404
        assert as_mallory.get(address).status_code == 302


def test_one_clients_consent_is_not_found_under_another(as_anna, asked, anna):
    other = factories.client("Nora Field", anna)
    assert as_anna.get(reverse("clients:consent", args=[other.pk, asked.pk])).status_code == 404


def test_the_fragment_is_without_a_frame(as_anna, mrs_lee, asked):
    address = reverse("clients:consents", args=[mrs_lee.pk])
    part = as_anna.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<h2>Consent</h2>" in part and "<html" not in part
    assert "<html" in as_anna.get(address).content.decode()


def test_as_many_queries_for_one_consent_as_for_three(as_anna, mrs_lee, anna, texts):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert as_anna.get(reverse("clients:consents", args=[mrs_lee.pk])).status_code == 200
        return len(found)

    queries()
    consent_demo.sign_for_demo(mrs_lee, texts["outdoors"], on=timezone.now(), by=anna)
    one = queries()
    consent_demo.sign_for_demo(mrs_lee, texts["running"], on=timezone.now(), by=anna)
    consent_demo.sign_for_demo(mrs_lee, texts["outdoors"], on=timezone.now(), by=anna)
    assert queries() == one and Client.objects.count() == 1
