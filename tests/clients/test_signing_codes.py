"""Who signs afar: a log-in of one's own or a mailed code. Wrong, late, too often is said in words; nothing is lost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, consent_letters, consent_papers, identity, signing
from clients.domain.agreement import disclosure_print
from clients.models import Consent, ConsentText, ContactPoint, SigningCode
from practice.domain import links, post
from practice.models import AuditEntry, Letter
from tests import factories
from tests.clients.signing import CANARY, address, disclosed, given, handed_back, handed_over, token_of

pytestmark = pytest.mark.django_db
HERS = "mary.lee@example.org"


@pytest.fixture
def phone(practice):
    """Her own browser, in which nobody is signed in."""
    return Browser()


@pytest.fixture
def asked(mrs_lee, anna, text):
    return disclosed(consent.ask(mrs_lee, text, by=anna))


@pytest.fixture
def here(asked):
    return address(token_of(asked), asked)


def digits() -> str:
    """The code in the newest letter, as the worker writes it."""
    letter = Letter.objects.filter(kind=identity.KIND).order_by("-created_at").first()
    assert post.kinds[identity.KIND].still_wanted(letter)
    words = post.kinds[identity.KIND].render(letter)
    [code] = re.findall(r"^\d{3}\N{NO-BREAK SPACE}\d{3}$", words.text, re.M)
    assert code in words.html
    return code


def kinds(asked) -> list[str]:
    return [step.kind for step in asked.steps.order_by("at")]


def status(asked) -> str:
    return Consent.objects.get(pk=asked.pk).status


def send(phone, here, asked):
    answer = phone.post(here, given(asked, do="code"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_reading_needs_no_code_and_signing_does(phone, here, asked):
    page = phone.get(here).content.decode()
    assert "Send me the code" in page and "m…@example.org" in page and HERS not in page
    answer = phone.post(here, given(asked))
    page = answer.content.decode()
    assert answer.status_code == 422 and status(asked) == "asked"
    assert "We do not know yet that it is you" in page and CANARY in page and 'value="Mary Lee"' in page


@pytest.mark.parametrize("who", ["as_anna", "as_olga", "as_ben", "as_rosa"])
def test_a_mailed_link_needs_the_code_whoever_of_the_practice_is_signed_in(request, who, asked):
    browser = request.getfixturevalue(who)
    mailed = re.search(r"/s/([\w-]+)/", consent_letters.render(Letter.objects.get(about=asked.request_id)).text)[1]
    page = browser.get(address(mailed, asked)).content.decode()
    assert "You sign together" not in page and "Send me the code" in page
    assert browser.post(address(mailed, asked), given(asked)).status_code == 422 and status(asked) == "asked"


def test_a_device_handed_over_needs_no_code_until_whoever_did_it_leaves_the_care_team(as_anna, anna, as_olga, asked):
    there = handed_over(as_anna, asked)
    assert "You sign together" in as_anna.get(there).content.decode()
    assert as_olga.post(there, given(asked)).status_code == 422, "another device, another person"
    fresh = Browser()
    fresh.force_login(anna)
    assert fresh.post(there, given(asked)).status_code == 422, "another log-in"
    asked.client.care_team.update(until=timezone.now())
    assert as_anna.post(there, given(asked)).status_code == 422 and status(asked) == "asked"
    asked.client.care_team.update(until=None)
    assert as_anna.post(there, given(asked)).status_code == 302
    asked.refresh_from_db()
    assert (asked.evidence["how"], asked.evidence["witness"]) == ("together", anna.name)


def test_a_version_that_was_overtaken_is_signed_no_more_and_the_page_says_so(as_anna, asked, text):
    same = {name: getattr(text, name) for name in ("key", "language", "title", "modes", "body", "sha256")}
    ConsentText.objects.create(**same, version=text.version + 1, renews=False)
    there = handed_over(as_anna, asked)
    assert "newer version" not in as_anna.get(there).content.decode()
    ConsentText.objects.create(**same, version=text.version + 2)
    assert "newer version" in as_anna.get(there).content.decode()
    answer = as_anna.post(there, given(asked))
    page = answer.content.decode()
    assert answer.status_code == 422 and "newer version" in page and CANARY in page and status(asked) == "asked"
    handed_back(as_anna)
    again = reverse("clients:consent_again", args=[asked.client_id, asked.pk])
    answer = as_anna.post(again, {"how": "send"}, follow=True)
    assert "newer version" in answer.content.decode() and Letter.objects.filter(about=asked.request_id).count() == 1
    assert as_anna.post(there + "talk").status_code == 302 and status(asked) == "talk"


def test_talking_first_and_declining_need_no_code(phone, here, asked):
    assert phone.post(here + "talk").status_code == 302 and status(asked) == "talk"
    assert phone.post(here + "indoors").status_code == 302 and status(asked) == "declined"


def test_the_code_is_mailed_where_the_request_went_and_what_was_typed_stays(phone, here, asked):
    page = send(phone, here, asked)
    assert CANARY in page and 'value="Mary Lee"' in page and re.search(r'value="friend"[^>]*checked', page)
    assert "The six digits" in page and "Please look at this again" not in page
    letter = Letter.objects.get(kind=identity.KIND)
    assert (letter.to, letter.about, letter.client) == (HERS, asked.request_id, asked.client_id)
    answer = phone.post(here, given(asked, code=digits()))
    assert answer.status_code == 302
    row = Consent.objects.get(pk=asked.pk)
    assert (row.status, row.evidence["how"], row.evidence["known_to"]) == ("signed", "code", HERS)
    assert consent_papers.identified(row) == f"By a six-digit code in a letter to {HERS}"
    assert kinds(asked)[-4:] == ["code", "identified", "signed", "copied"]
    bodies = " ".join(entry.body for entry in AuditEntry.objects.all())
    assert '"consent.code_sent"' in bodies and '"consent.identified"' in bodies and HERS not in bodies


def test_the_code_lies_nowhere_in_clear(phone, here, asked):
    send(phone, here, asked)
    code = "".join(re.findall(r"\d", digits()))
    with connection.cursor() as cursor:
        for table in ("clients_signingcode", "clients_consentstep", "practice_letter"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            assert all(code not in re.sub(r"[0-9a-f-]{36}|[\d:.T+-]{15,}", "", raw) for (raw,) in cursor.fetchall())
    assert len(SigningCode.objects.get().hashed) == 64


def test_checked_alone_it_holds_for_an_hour_in_this_browser_only(phone, here, asked):
    send(phone, here, asked)
    answer = phone.post(here, given(asked, do="check", code=digits()))
    page = answer.content.decode()
    assert answer.status_code == 200 and "It holds for an hour" in page and CANARY in page
    cookie = answer.cookies["known"]
    assert cookie["httponly"] and cookie["path"] == "/s/" and cookie["max-age"] == 3600
    assert "It holds for an hour" in phone.get(here).content.decode()
    other = Browser()
    assert "It holds for an hour" not in other.get(here).content.decode()
    assert other.post(here, given(asked)).status_code == 422
    SigningCode.objects.update(used_at=timezone.now() - timedelta(minutes=61))
    assert phone.post(here, given(asked)).status_code == 422 and status(asked) == "asked"
    SigningCode.objects.update(used_at=timezone.now() - timedelta(minutes=59))
    assert phone.post(here, given(asked)).status_code == 302 and status(asked) == "signed"


def test_a_cookie_that_was_not_signed_here_is_worth_nothing(phone, here, asked):
    send(phone, here, asked)
    phone.post(here, given(asked, do="check", code=digits()))
    other = Browser()
    other.cookies["known"] = str(SigningCode.objects.get().pk)
    assert other.post(here, given(asked)).status_code == 422


def test_it_is_for_one_request_alone(phone, here, asked, mr_ode, ben, text):
    send(phone, here, asked)
    code = digits()
    phone.post(here, given(asked, do="check", code=code))
    his = disclosed(consent.ask(mr_ode, text, by=ben))
    there = address(token_of(his), his)
    hers = signing.Circumstances(code=SigningCode.objects.get())
    assert identity.who(asked, hers) and identity.who(his, hers) is None
    for typed in ({}, {"code": code}):
        assert phone.post(there, given(his, **typed)).status_code == 422 and status(his) == "asked"


def test_wrong_digits_are_counted_and_the_sixth_try_is_refused_even_when_right(phone, here, asked):
    send(phone, here, asked)
    code = digits()
    wrong = "000 000" if "0" not in code[:1] else "999 999"
    for _ in range(5):
        answer = phone.post(here, given(asked, code=wrong))
        page = answer.content.decode()
        assert answer.status_code == 422 and "not the six digits" in page and CANARY in page
    answer = phone.post(here, given(asked, code=code))
    assert answer.status_code == 422 and "tried too often" in answer.content.decode() and status(asked) == "asked"


def test_it_runs_out_after_fifteen_minutes(phone, here, asked):
    send(phone, here, asked)
    code = digits()
    assert timedelta(minutes=14) < SigningCode.objects.get().expires_at - timezone.now() <= timedelta(minutes=15)
    SigningCode.objects.update(expires_at=timezone.now())
    answer = phone.post(here, given(asked, code=code))
    assert answer.status_code == 422 and "has run out" in answer.content.decode() and status(asked) == "asked"


def test_only_the_newest_code_works_and_five_go_out_in_an_hour(phone, here, asked):
    codes = []
    for _ in range(5):
        send(phone, here, asked)
        codes.append(digits())
        Letter.objects.filter(kind=identity.KIND).update(created_at=timezone.now() - timedelta(minutes=2))
    answer = phone.post(here, given(asked, do="code"))
    assert answer.status_code == 422 and "Five codes went out" in answer.content.decode()
    assert CANARY in answer.content.decode()
    assert kinds(asked).count("code") == 5
    if codes[0] != codes[-1]:
        assert phone.post(here, given(asked, code=codes[0])).status_code == 422
    assert phone.post(here, given(asked, code=codes[-1])).status_code == 302


def test_pressed_twice_one_letter_goes(phone, here, asked):
    send(phone, here, asked)
    send(phone, here, asked)
    assert Letter.objects.filter(kind=identity.KIND).count() == 1 and kinds(asked).count("code") == 1


@pytest.mark.parametrize("typed", ["{0}{1}", " {0} {1} ", "{0}-{1}", "{0}\N{NO-BREAK SPACE}{1}"])
def test_digits_are_read_however_they_are_typed(phone, here, asked, typed):
    send(phone, here, asked)
    first, second = digits().split("\N{NO-BREAK SPACE}")
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    answer = phone.post(here, given(asked, code=typed.format(first, second.translate(arabic))))
    assert answer.status_code == 302 and status(asked) == "signed"


def test_where_nothing_may_be_said_the_letter_with_the_code_says_nothing(phone, here, asked, mrs_lee):
    mrs_lee.contact_points.update(may_say=ContactPoint.MaySay.NAME_ONLY, sender="M. Castle")
    send(phone, here, asked)
    words = consent_letters.render_code(Letter.objects.get(kind=identity.KIND))
    assert words.sender == "M. Castle" and words.subject == "A code for you"
    for said in (words.text, words.html):
        assert not re.search(r"Larch|Anna|Samaritans|outdoors|session|sign|therap", said)


@pytest.mark.parametrize("change", [{"is_safe": False}, {"value": "another@example.org"}])
def test_no_code_goes_to_an_address_that_is_no_longer_hers_or_safe(phone, here, asked, mrs_lee, change):
    send(phone, here, asked)
    mrs_lee.contact_points.update(**change)
    assert not post.kinds[identity.KIND].still_wanted(Letter.objects.get(kind=identity.KIND))
    answer = phone.post(here, given(asked, do="code"))
    assert answer.status_code == 422 and "no address to which a code may go" in answer.content.decode()
    assert "sign together with us" in phone.get(here).content.decode()


def test_the_log_in_is_her_own_or_it_is_none(mrs_lee, mr_ode, anna, text, asked, here, as_mrs_lee):
    mr_ode.user = factories.user("Peter Ode", "client")
    mr_ode.save(update_fields=["user"])
    stranger = Browser()
    stranger.force_login(mr_ode.user)
    assert stranger.post(here, given(asked)).status_code == 422 and status(asked) == "asked"
    assert "signed in with your own account" in as_mrs_lee.get(here).content.decode()
    assert as_mrs_lee.post(here, given(asked)).status_code == 302
    row = Consent.objects.get(pk=asked.pk)
    assert row.evidence["how"] == "login" and kinds(row)[-3:] == ["identified", "signed", "copied"]
    assert consent_papers.identified(row) == "Signed in with an account of their own"


def test_the_domain_refuses_whoever_is_not_known(asked, mrs_lee):
    from clients.domain.signing import Agreement, Circumstances, NotWhole

    plan = {"what": "carry_on", "who": "nobody"}
    whole = Agreement(plan=plan, shown_sha256=asked.shown_sha256, name="Mary Lee")
    with pytest.raises(NotWhole, match="that it is you"):
        signing.sign(asked, whole, circumstances=Circumstances())
    assert status(asked) == "asked"


def test_an_asking_that_ran_out_is_a_page_that_says_so_and_hands_back_her_words(phone, asked):
    token = links.make("consent", subject=asked.pk, lasts=timedelta(days=30), by=asked.asked_by)
    request = asked.request
    request.expires_at = timezone.now() - timedelta(minutes=1)
    request.save(update_fields=["expires_at"])
    there = address(token, asked)
    answer = phone.post(there, given(asked), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 410 and CANARY in answer.content.decode() and status(asked) == "asked"
    for act in ("screen", "talk", "indoors", "change-my-mind"):
        assert phone.post(there + act, {"disclosure": disclosure_print(asked)}).status_code == 410
    assert phone.get(there).status_code == 410


def test_the_code_is_not_asked_for_again_by_a_second_paper_of_the_request(phone, mrs_lee, anna, texts):
    signer = consent.signers(mrs_lee, on=timezone.localdate())[0]
    [request] = consent.ask_all(mrs_lee, [texts["outdoors"], texts["running"]], [signer], by=anna)
    first, second = request.consents.order_by("text__key")
    token = token_of(first)
    disclosed(first)
    send(phone, address(token, first), first)
    code = digits()
    assert phone.post(address(token, first), given(first, code=code)).status_code == 302
    page = phone.get(address(token, second)).content.decode()
    assert "You agreed to this on" in page and "It holds for an hour" in page
    other = Browser().get(address(token, second)).content.decode()
    assert "is on its way" not in other and "Send me the code" in other, "that letter has come, and was typed"
    plan = {f"plan_{one['key']}": one["choices"][0]["value"] for one in second.shown["plan"]["questions"]}
    assert phone.post(address(token, second), given(second) | plan).status_code == 302
    assert kinds(second)[-3:] == ["identified", "signed", "copied"]
