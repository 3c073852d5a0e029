"""What does not fit is answered in clear words and the right status; nothing is lost and nothing breaks."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import instruments, intake
from clients.domain.answering import mark
from clients.models import Screening
from practice.models import CoverPerson, Link

pytestmark = pytest.mark.django_db
STEPS = intake.steps()
LAST = len(STEPS)
KEPT = {"everyday_health": {"collapse": "yes"}, "harder_days": {"line": "a robin"}}


@pytest.fixture
def asked(mrs_lee, anna, ben):
    """Begun: two answers are there, and must be there at the end."""
    CoverPerson.objects.create(user=ben, position=1)
    made = intake.send(mrs_lee, by=anna, reader=anna)
    intake.save(made, STEPS[1], KEPT["everyday_health"])
    intake.save(made, STEPS[-1], KEPT["harder_days"])
    return made


@pytest.fixture
def token(asked, anna):
    return intake.link_for(asked, by=anna)


@pytest.fixture
def phone(practice):
    """Her browser; an exception in a view is an answer with 500, as it is for her."""
    return Browser(raise_request_exception=False)


def page(token, number=2):
    return reverse("intake_part", args=[token, number])


def keep(token, number=2):
    return reverse("intake_keep", args=[token, number])


def nothing_lost(asked):
    asked.refresh_from_db()
    return all(asked.answers[key].items() >= answers.items() for key, answers in KEPT.items())


def words(answer):
    """What a person reads; an answer that shows machinery has failed."""
    text = answer.content.decode()
    assert "Traceback" not in text and "Exception" not in text and "<class" not in text
    return text


LONG = "a" * 60_000
BAD = [
    (2, "chest_pain", "perhaps", "perhaps"),
    (2, "chest_pain", "99", "99"),
    (2, "chest_pain", "-1", "-1"),
    (2, "chest_pain", "yes\x00", "choose"),
    (2, "chest_pain", "a" * 60_000, "Select a valid choice"),
    (2, "chest_pain", '{"yes": true}', "choose"),
    (4, "disease", ["none", "heart"], "does not go with another answer"),
    (4, "disease", ["heart", "left_out"], "does not go with an answer"),
    (4, "disease", ["heart", "flying"], "flying"),
    (LAST, "line", LONG, "at most 2000"),
    (LAST, "line", "a\x00b", "Null characters"),
    (LAST, "hurt", "5", "choice"),
]


@pytest.mark.parametrize(("number", "item", "given", "says"), BAD)
def test_an_answer_that_is_not_offered(phone, token, asked, number, item, given, says):
    whole = phone.post(page(token, number), {item: given, "way": "on"})
    assert whole.status_code == 422 and "Still open on this page" in words(whole)
    alone = phone.post(keep(token, number), {"item": item, item: given, f"was.{item}": ""})
    assert alone.status_code == 422 and len(alone.json()["said"]) > 20
    assert says.lower() in (words(whole) + alone.json()["said"]).lower() or "choose" in says.lower()
    assert nothing_lost(asked)
    assert item not in asked.answers.get(STEPS[number - 1].instrument.key, {}) or item in ("line",)


@pytest.mark.parametrize("way", ["on", "back", "stop"])
def test_words_too_long_stay_on_the_page_whichever_button_is_pressed(phone, token, asked, way):
    answer = phone.post(page(token, LAST), {"line": LONG, "hurt": "no", "way": way})
    assert answer.status_code == 422
    assert LONG in words(answer)
    assert nothing_lost(asked) and asked.answers["harder_days"]["hurt"] == "no"


@pytest.mark.parametrize("item", ["", "shoe_size", "collapse.shoe_size", "\x00", "a" * 300, "csrfmiddlewaretoken"])
def test_a_question_that_is_not_asked(phone, token, asked, item):
    answer = phone.post(keep(token), {"item": item, item or "x": "yes"})
    assert answer.status_code == 422 and "Load the page again" in answer.json()["said"]
    assert nothing_lost(asked)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"item": "chest_pain", "chest_pain": "yes"}', "application/json"),
        (b"item=chest_pain&chest_pain=yes", "text/plain"),
        (b"<answers/>", "application/xml"),
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/octet-stream"),
        (b"item=chest_pain&chest_pain=%FF%FE", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form(phone, token, asked, body, kind):
    for address in (page(token), keep(token)):
        answer = phone.generic("POST", address, body, content_type=kind)
        assert answer.status_code == 422, words(answer)
        assert len(words(answer)) > 30
        assert nothing_lost(asked)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nnot a part", "multipart/form-data"),
        (b"chest_pain=yes", "application/x-www-form-urlencoded; charset=latin-1"),
    ],
)
def test_a_form_that_cannot_be_read_at_all(phone, token, asked, body, kind):
    for address in (page(token), keep(token)):
        answer = phone.generic("POST", address, body, content_type=kind)
        assert answer.status_code == 400 and words(answer)
    assert nothing_lost(asked)


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods(phone, token, asked, method):
    assert getattr(phone, method)(keep(token)).status_code == 405
    assert nothing_lost(asked)


@pytest.mark.parametrize("number", [0, 99, 2**70])
def test_a_page_that_is_not_there(phone, token, asked, number):
    for address in (page(token), keep(token)):
        address = re.sub(r"/2(/keep)?$", rf"/{number}\1", address)
        assert phone.post(address, {"item": "collapse", "collapse": "no"}).status_code == 404
    assert nothing_lost(asked)


@pytest.mark.parametrize("which", ["expired", "ended", "forged", "other purpose", "nul"])
def test_a_link_that_no_longer_works(phone, token, asked, which):
    if which == "expired":
        Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif which == "ended":
        Link.objects.update(ended_at=timezone.now())
    elif which == "other purpose":
        Link.objects.update(purpose="consent")
    used = {"forged": token[:-1] + "~", "nul": "a%00b"}.get(which, token)
    for address in (page(token), keep(token)):
        answer = phone.post(address.replace(token, used), {"item": "collapse", "collapse": "no"})
        assert answer.status_code == 410
        assert "This link no longer works" in words(answer) and "116" in words(answer)
    assert nothing_lost(asked)


def test_a_form_that_was_withdrawn(phone, token, asked):
    Screening.objects.update(status=Screening.Status.WITHDRAWN)
    assert phone.post(keep(token), {"item": "collapse", "collapse": "no"}).status_code == 410
    answer = phone.post(page(token), {"collapse": "no", "way": "on"}, follow=True)
    assert answer.status_code == 410 and "This link no longer works" in words(answer)
    assert nothing_lost(asked)


# --- the questions were written anew while she answered ---


@pytest.fixture
def rewritten(asked, tmp_path, monkeypatch):
    """A newer file: one question is gone, another is new, an answer has another name."""
    for path in instruments.FOLDER.glob("*.toml"):
        text = path.read_text()
        if path.stem == "harder_days":
            text = text.replace('version = "2026-11"', 'version = "2027-01"').replace('key = "line"', 'key = "wish"')
        (tmp_path / path.name).write_text(text)
    monkeypatch.setattr(instruments, "FOLDER", tmp_path)
    instruments.shipped.cache_clear()
    yield
    monkeypatch.undo()
    instruments.shipped.cache_clear()


def test_a_page_of_an_older_version_keeps_what_fits_and_says_so(phone, token, asked, rewritten):
    data = {"version": "2026-11", "hurt": "talk", "was.hurt": "", "line": "a wren", "was.line": mark("a robin")}
    answer = phone.post(page(token, LAST), data | {"way": "on"})
    assert answer.status_code == 422 and "These questions were written anew" in words(answer)
    assert nothing_lost(asked) and asked.answers["harder_days"]["hurt"] == "talk"
    assert asked.versions["harder_days"] == "2027-01"
    one = phone.post(keep(token, LAST), {"version": "2026-11", "item": "line", "line": "a wren"})
    assert one.status_code == 422 and "These questions have changed" in one.json()["said"]
    assert nothing_lost(asked)


def test_opened_after_a_new_version_it_says_so_once(phone, token, asked, rewritten):
    assert "These questions were written anew" in words(phone.get(page(token, LAST)))
    assert "These questions were written anew" not in words(phone.get(page(token, 2)))
    phone.post(keep(token, LAST), {"version": "2027-01", "item": "hurt", "hurt": "no"})
    assert "These questions were written anew" not in words(phone.get(page(token, LAST)))
    assert nothing_lost(asked)


# --- a page that stood open for a day ---


def test_without_a_token_what_she_wrote_is_handed_back_to_her(token, asked):
    strict = Browser(enforce_csrf_checks=True)
    typed = {"line": "a wren & <b>two</b> robins", "hurt": "no", "was.line": mark("a robin"), "way": "stop"}
    answer = strict.post(page(token, LAST), typed, headers={"Origin": "http://testserver"})
    assert answer.status_code == 403 and "This page stood open for a while" in words(answer)
    assert "a wren &amp; &lt;b&gt;two&lt;/b&gt; robins" in words(answer)
    assert nothing_lost(asked)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', words(answer)))
    assert fields["way"] == "stop"
    again = strict.post(page(token, LAST), typed | {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]})
    assert again.status_code == 302
    asked.refresh_from_db()
    assert asked.answers["harder_days"] == {"hurt": "no", "line": "a wren & <b>two</b> robins"}


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_what_comes_from_elsewhere_is_not_offered_again(token, asked, headers):
    strict = Browser(enforce_csrf_checks=True)
    answer = strict.post(page(token, LAST), {"line": "canary-wren"}, headers=headers)
    assert answer.status_code == 403 and "canary-wren" not in words(answer)
    assert nothing_lost(asked)


# --- a link that ended while the page stood open ---

HERE = {"Origin": "http://testserver"}


@pytest.mark.parametrize("ends", [{"ended_at": timezone.now()}, {"expires_at": timezone.now() - timedelta(minutes=1)}])
def test_sent_by_a_link_that_has_ended_her_words_are_handed_back(phone, token, asked, ends):
    Link.objects.filter(subject=asked.pk).update(**ends)
    typed = {"hurt": "yes", "line": "a wren & <b>two</b> robins", "was.line": "", "way": "on"}
    answer = phone.post(page(token, LAST), typed, headers=HERE)
    text = words(answer)
    assert answer.status_code == 410 and "did not reach us" in text
    assert "please ring one of the numbers below" in text and "116 123" in text.split("</main>")[1].replace("\xa0", " ")
    assert "a wren &amp; &lt;b&gt;two&lt;/b&gt; robins" in text and ">yes<" not in text
    assert nothing_lost(asked) and "hurt" not in asked.answers["harder_days"]
    assert "did not reach us" not in words(phone.get(page(token, LAST)))


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_what_was_sent_from_elsewhere_is_not_shown(phone, token, asked, headers):
    Link.objects.filter(subject=asked.pk).update(ended_at=timezone.now())
    answer = phone.post(page(token, LAST), {"line": "canary-wren"}, headers=headers)
    assert answer.status_code == 410 and "canary-wren" not in words(answer)


def test_with_a_guessed_link_only_what_is_her_own_words_comes_back(phone, token):
    answer = phone.post(page("x" * 43, LAST), {"line": " ", "hurt": "canary", "way": "canary"}, headers=HERE)
    assert answer.status_code == 410 and "canary" not in words(answer) and "<textarea" not in words(answer)


def test_one_answer_without_a_token_is_refused_and_nothing_is_lost(token, asked):
    answer = Browser(enforce_csrf_checks=True).post(keep(token), {"item": "collapse", "collapse": "no"})
    assert answer.status_code == 403
    assert nothing_lost(asked)
