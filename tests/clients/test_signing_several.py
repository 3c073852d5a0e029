"""Several agreements, several people, initials, and the talk: what each page shows, to whom, and what it refuses."""

import subprocess
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.domain import consent, consent_papers, consent_texts, signing, steps
from clients.domain.agreement import are_initials, disclosure_print
from clients.models import Consent, ConsentStep, ConsentText, Signatory
from practice.domain import papers
from practice.domain.audit import canonical
from practice.models import AuditEntry, Practice
from tests import factories
from tests.clients.signing import CANARY, address, disclosed, given, handed_over, sign_together, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_two(mrs_lee, anna, texts):
    signer = consent.signers(mrs_lee, on=timezone.localdate())[0]
    return consent.ask_all(mrs_lee, [texts["outdoors"], texts["running"]], [signer], by=anna)[0]


@pytest.fixture
def two(request_of_two):
    return list(request_of_two.consents.order_by("text__key"))


def plan_of(asked):
    return {f"plan_{one['key']}": one["choices"][0]["value"] for one in asked.shown["plan"]["questions"]}


def status(asked):
    return Consent.objects.get(pk=asked.pk).status


def kinds(asked):
    return [step.kind for step in steps.of(asked)]


def words(signed, tmp_path) -> str:
    """What the signed paper says."""
    path = tmp_path / "signed.pdf"
    path.write_bytes(papers.read(consent_papers.paper_of(signed)))
    ran = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    return " ".join(ran.stdout.split())


# --- several at once -------------------------------------------------------------------------------------------------


def test_several_stand_on_one_page_each_with_its_state_and_one_leads_on(as_mrs_lee, two):
    first, second = two
    token = token_of(first)
    overview = reverse("sign_consent", args=[token])
    page = as_mrs_lee.get(overview).content.decode()
    assert "Two things to read and sign" in page and first.text.title in page and second.text.title in page
    assert kinds(first) == kinds(second) == ["asked", "sent"], "the list opens nothing"
    as_mrs_lee.get(address(token, first))
    as_mrs_lee.get(address(token, first))
    assert kinds(first) == ["asked", "sent", "opened"] and kinds(second) == ["asked", "sent"]
    screen = {"disclosure": disclosure_print(first)}
    answer = as_mrs_lee.post(address(token, first, "disclose_consent"), screen)
    assert answer.url == address(token, first) + "#sign"
    as_mrs_lee.post(address(token, first, "disclose_consent"), screen)
    assert kinds(first)[-1] == kinds(second)[-1] == "disclosed" and kinds(first).count("disclosed") == 1
    assert as_mrs_lee.post(address(token, first), given(first)).url == address(token, first)
    page = as_mrs_lee.get(address(token, first)).content.decode()
    assert f"Next: {second.text.title}" in page and address(token, second) in page
    page = as_mrs_lee.get(overview).content.decode()
    assert "One thing to read and sign" in page and "Signed on" in page
    assert as_mrs_lee.post(address(token, second, "decline_consent"), {"words": CANARY}).status_code == 302
    page = as_mrs_lee.get(overview).content.decode()
    assert "Everything here is answered" in page and "You said rather not" in page and CANARY not in page
    assert (status(first), status(second)) == ("signed", "declined")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "name",
    ["consent_page", "disclose_consent", "talk_consent", "decline_consent", "take_back_consent", "consent_copy"],
)
def test_what_is_not_of_this_request_is_never_shown(as_mrs_lee, two, mr_ode, ben, text, name, method):
    his = disclosed(consent.ask(mr_ode, text, by=ben))
    token = token_of(two[0])
    for wrong in (his.pk, uuid4()):
        answer = getattr(as_mrs_lee, method)(reverse(name, args=[token, wrong]), {"what": "all"})
        assert answer.status_code in (410, 405) and "Ode" not in answer.content.decode()
    assert status(his) == "asked" and kinds(his) == ["asked", "sent", "disclosed"]


def test_one_that_was_asked_again_since_is_gone_and_the_other_stays(as_mrs_lee, two, anna, mrs_lee):
    first, second = two
    token = token_of(first)
    consent.ask(mrs_lee, first.text, by=anna)
    assert as_mrs_lee.get(address(token, first)).status_code == 410
    assert as_mrs_lee.get(address(token, second)).status_code == 200


def test_a_look_by_staff_is_not_her_opening(as_anna, as_mrs_lee, mrs_lee, anna, text):
    asked = consent.ask(mrs_lee, text, by=anna)
    here = address(token_of(asked), asked)
    as_anna.get(here)
    assert "opened" not in kinds(asked)
    as_mrs_lee.get(here)
    assert asked.steps.get(kind="opened").by is None
    beside = consent.ask(mrs_lee, text, by=anna)
    as_anna.get(handed_over(as_anna, beside))
    assert beside.steps.get(kind="opened").by == anna, "on a device that was handed over she opens it herself"


def test_steps_of_one_moment_stand_in_the_order_in_which_one_leads_to_the_next(mrs_lee, anna, texts):
    now = timezone.now()
    for n in range(6):
        asked = consent.ask(factories.client(f"Cora Nine {n}", anna), texts["outdoors"], by=anna, at=now)
        row = sign_together(asked, at=now)
        told = [step["kind"] for step in row.evidence["steps"]]
        assert told == ["asked", "sent", "identified", "disclosed"]


# --- the screen ------------------------------------------------------------------------------------------------------


def test_without_the_yes_to_a_screen_nothing_is_signed_by_page_or_post(as_mrs_lee, mrs_lee, anna, text):
    asked = consent.ask(mrs_lee, text, by=anna)
    here = address(token_of(asked), asked)
    page = as_mrs_lee.get(here).content.decode()
    assert asked.shown["disclosure"]["accept"] in page and asked.shown["signing"]["act"] not in page
    answer = as_mrs_lee.post(here, given(asked))
    assert answer.status_code == 422 and status(asked) == "asked"
    assert "agree to sign on a screen" in answer.content.decode()
    answer = as_mrs_lee.post(here + "screen", {"disclosure": "0" * 64})
    assert answer.status_code == 422 and "disclosed" not in kinds(asked)
    as_mrs_lee.post(here + "screen", {"disclosure": disclosure_print(asked)})
    step = asked.steps.get(kind="disclosed")
    assert step.detail == {"sha256": disclosure_print(asked), "how": "login", "to": ""}
    assert asked.shown["signing"]["act"] in as_mrs_lee.get(here).content.decode()


@pytest.mark.parametrize("who", ["as_anna", "as_olga", "as_mallory"])
def test_nobody_but_the_signer_says_yes_to_a_screen_in_her_place(request, as_mrs_lee, mrs_lee, anna, text, who):
    asked, browser = consent.ask(mrs_lee, text, by=anna), request.getfixturevalue(who)
    here, said = address(token_of(asked), asked), {"disclosure": disclosure_print(asked)}
    page = browser.get(here).content.decode()
    assert asked.shown["disclosure"]["accept"] not in page and "Send me the code" in page
    answer = browser.post(here + "screen", said)
    assert answer.status_code == 422 and "We do not know yet that it is you" in answer.content.decode()
    ConsentStep.objects.create(consent=asked, kind="disclosed", detail_text=canonical({"sha256": said["disclosure"]}))
    assert as_mrs_lee.post(here, given(asked)).status_code == 422 and status(asked) == "asked"
    assert as_mrs_lee.post(here + "screen", said).status_code == 302
    assert as_mrs_lee.post(here, given(asked)).status_code == 302 and status(asked) == "signed"


BOTH = {"initials_not_workout": "ML", "initials_confidentiality": "ML"}


# --- initials --------------------------------------------------------------------------------------------------------


@pytest.fixture
def initialled(mrs_lee, anna, text):
    """A text of which two clauses ask for initials."""
    body = dict(text.body)
    body["clauses"] = [
        clause | ({"initials": True} if clause["key"] in ("not_workout", "confidentiality") else {})
        for clause in body["clauses"]
    ]
    made = ConsentText.objects.create(
        key=text.key, version=2, language="en", title=text.title, modes=text.modes, body=body, sha256="1" * 64
    )
    return disclosed(consent.ask(mrs_lee, made, by=anna))


def test_initials_stand_under_the_clauses_that_ask_and_are_sealed_and_printed(as_mrs_lee, initialled, tmp_path):
    here = address(token_of(initialled), initialled)
    page = as_mrs_lee.get(here).content.decode()
    assert page.count('name="initials_') == 2
    both = {"initials_not_workout": "M. L.", "initials_confidentiality": "מל"}
    for lacking in both:
        partly = given(initialled) | {name: value for name, value in both.items() if name != lacking}
        answer = as_mrs_lee.post(here, partly)
        assert answer.status_code == 422 and "put your initials" in answer.content.decode()
    for wrong in ("MARYLEE", "<b>", "12", "🙂"):
        answer = as_mrs_lee.post(here, given(initialled) | both | {"initials_not_workout": wrong})
        assert answer.status_code == 422 and status(initialled) == "asked"
    assert as_mrs_lee.post(here, given(initialled) | both).status_code == 302
    row = Consent.objects.get(pk=initialled.pk)
    assert row.answers["initials"] == {"not_workout": "M. L.", "confidentiality": "מל"}
    assert "M. L." in as_mrs_lee.get(here).content.decode() and "M. L. (" in words(row, tmp_path)


@pytest.mark.parametrize(
    "missing",
    [
        "plan_what",
        "plan_who",
        "initials_not_workout",
        "initials_confidentiality",
        "name",
        "shown",
        "screen",
        "identity",
    ],
)
def test_by_a_post_of_ones_own_nothing_partial_is_signed(as_mrs_lee, mrs_lee, anna, initialled, missing):
    asked, browser = initialled, as_mrs_lee
    if missing == "screen":
        asked = consent.ask(mrs_lee, initialled.text, by=anna)
    if missing == "identity":
        browser = Browser()
    whole = given(asked, **BOTH)
    whole.pop(missing, None)
    answer = browser.post(address(token_of(asked), asked), whole)
    assert answer.status_code == 422 and status(asked) == "asked"
    assert "Please look at this again" in answer.content.decode()
    row = Consent.objects.get(pk=asked.pk)
    assert not row.signature_sealed and not row.evidence_sealed and "signed" not in kinds(asked)
    if missing not in ("screen", "identity"):
        assert browser.post(address(token_of(asked), asked), given(asked, **BOTH)).status_code == 302


@pytest.mark.parametrize("initials", [{}, {"not_workout": "ML"}, {"not_workout": "ML", "confidentiality": "1"}])
def test_the_domain_asks_for_every_initial(initialled, mrs_lee, initials):
    plan = {"what": "carry_on", "who": "nobody"}
    put = signing.Agreement(plan=plan, shown_sha256=initialled.shown_sha256, name="Mary Lee", initials=initials)
    with pytest.raises(signing.NotWhole, match="initials"):
        signing.sign(initialled, put, circumstances=signing.Circumstances(login=mrs_lee.user))


def test_the_shipped_texts_ask_for_no_initials_and_stay_the_versions_they_were(text):
    assert not any(clause.get("initials") for clause in text.body["clauses"])
    assert consent_texts.publish_shipped() == []


@pytest.mark.parametrize(
    ("text", "are"),
    [("ML", True), ("M. L.", True), ("Ž", True), ("A-B", True), ("कि", True), ("ABCDEF", True), ("ABCDEFG", False),
     ("", False), (".", False), ("M1", False), ("🙂", False), ("M" + "\u0301" * 30, False), ("<b>", False),
     ("\u3164", False), ("\u115f\u1160", False), ("M\uffa0", False)],
)  # fmt: skip
def test_initials_are_one_to_six_letters_of_any_script(text, are):
    assert are_initials(text) is are


# --- who signs -------------------------------------------------------------------------------------------------------


@pytest.fixture
def family(mrs_lee, anna, text):
    """A client under age, asked together with a parent; a practice that has set its ages."""
    Practice.objects.update(majority_age=18)
    mrs_lee.birth_date = timezone.localdate() - timedelta(days=15 * 366)
    mrs_lee.save(update_fields=["birth_date"])
    Signatory.objects.create(client=mrs_lee, name="Dan Lee", relation="parent", email="dan@example.org")
    wanted = consent.signers(mrs_lee, on=timezone.localdate())
    own, his = (one.consents.get() for one in consent.ask_all(mrs_lee, [text], wanted, by=anna))
    return disclosed(own), disclosed(his)


def test_each_is_told_as_whom_they_sign_and_who_reads_it(as_mrs_lee, family):
    own, his = family
    page = as_mrs_lee.get(address(token_of(own), own)).content.decode()
    assert "You say that you want this too; Dan Lee signs as well." in page
    assert "Read by Anna and those who care for you here." in page
    page = Browser().get(address(token_of(his), his)).content.decode()
    assert "You sign as parent of Mary: you allow it." in page
    assert "You do not see what Mary answers or talks about." in page
    assert "d…@example.org" in page


def test_a_guardian_is_asked_for_no_plan_and_sees_nothing_of_hers(as_mrs_lee, family, anna, as_anna, tmp_path):
    own, his = family
    as_mrs_lee.post(address(token_of(own), own), given(own))
    there = address(token_of(his), his)
    page = Browser().get(there).content.decode()
    assert CANARY not in page and 'name="plan_' not in page
    whole = {"shown": his.shown_sha256, "name": "Dan Lee"}
    assert as_mrs_lee.post(there, whole).status_code == 422, "her log-in is not his"
    assert as_anna.post(handed_over(as_anna, his), whole).status_code == 302
    row = Consent.objects.get(pk=his.pk)
    assert (row.status, row.signer, row.answers["plan"]) == ("signed", "Dan Lee", {})
    assert (row.evidence["meaning"], row.evidence["relation"]) == ("permission", "parent")
    page = Browser().get(there).content.decode()
    assert "Dan Lee" in page and CANARY not in page
    said = words(row, tmp_path)
    assert "Signed as parent of Mary Lee." in said and CANARY not in said and f"with {anna.name}" not in said
    assert "Dan Lee, as parent of Mary Lee" in said and "As parent of Mary Lee" in said
    plan, hers = own.shown["plan"]["title"], words(Consent.objects.get(pk=own.pk), tmp_path)
    assert said.count(plan) == hers.count(plan) - 1, "the plan of hers has a heading, his paper none over nothing"


def test_a_signatorys_own_log_in_is_theirs(family, mr_ode):

    _own, his = family
    user = factories.user("Dan Lee", "client")
    Signatory.objects.update(user=user)
    browser = Browser()
    browser.force_login(user)
    whole = {"shown": his.shown_sha256, "name": "Dan Lee"}
    assert browser.post(address(token_of(his), his), whole).status_code == 302 and status(his) == "signed"


# --- names of every kind ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("מרים לוי", "מרים"),
        ("Mary <script>alert(1)</script> Lee", "<script>alert(1)</script>"),
        ("Mary 🌲 Lee", "Mary"),
    ],
)
def test_a_name_comes_out_as_it_was_put_on_page_and_paper(as_mrs_lee, mrs_lee, anna, text, name, read, tmp_path):
    asked = disclosed(consent.ask(mrs_lee, text, by=anna))
    here = address(token_of(asked), asked)
    assert as_mrs_lee.post(here, given(asked, name=name)).status_code == 302
    page = as_mrs_lee.get(here).content.decode()
    assert "<script>alert" not in page and 'dir="auto"' in page
    row = Consent.objects.get(pk=asked.pk)
    said = words(row, tmp_path)
    assert row.signer == name and (read in said or read[::-1] in said)


def test_a_drawing_of_ten_megabytes_is_refused_and_signs_nothing(as_mrs_lee, mrs_lee, anna, text):
    asked = disclosed(consent.ask(mrs_lee, text, by=anna))
    here = address(token_of(asked), asked)
    for do in ("sign", "code", "check"):
        answer = as_mrs_lee.post(here, given(asked, name="", drawing="<svg" + "x" * 10_000_000, do=do))
        assert answer.status_code in (200, 422) and len(answer.content) < 250_000 and status(asked) == "asked"


# --- it was talked through -------------------------------------------------------------------------------------------


def talk(**more):
    today = timezone.localdate().isoformat()
    said = {"day": today, "who": "Mary Lee and her sister", "asked": f"Will the school see us? {CANARY}"}
    return said | {"interpreter": "Ana Novak", "language": "Slovene"} | more


def test_the_conversation_is_kept_sealed_told_to_staff_and_printed_without_the_questions(
    as_anna, as_mrs_lee, mrs_lee, anna, text, tmp_path
):
    asked = disclosed(consent.ask(mrs_lee, text, by=anna))
    address_ = reverse("clients:consent_talked", args=[mrs_lee.pk, asked.pk])
    assert as_anna.post(address_, talk()).status_code == 302
    page = as_anna.get(reverse("clients:consent", args=[mrs_lee.pk, asked.pk])).content.decode()
    said = "with Mary Lee and her sister, in Slovene, interpreted by Ana Novak"
    assert said in page and CANARY in page
    here = address(token_of(asked), asked)
    assert CANARY not in as_mrs_lee.get(here).content.decode()
    as_mrs_lee.post(here, given(asked, sign="a scarf"))
    row = Consent.objects.get(pk=asked.pk)
    printed = words(row, tmp_path)
    assert "Talked through on" in printed and "interpreted by Ana Novak" in printed.replace(" ", " ")
    assert CANARY not in printed and CANARY not in row.evidence_text
    assert all(CANARY not in entry.body for entry in AuditEntry.objects.all())


@pytest.mark.parametrize(
    "wrong", [{"day": ""}, {"day": "2099-01-01"}, {"who": ""}, {"day": "yesterday"}, {"asked": "x" * 2001}]
)
def test_a_conversation_without_day_or_people_is_answered_in_words(as_anna, mrs_lee, anna, text, wrong):
    asked = consent.ask(mrs_lee, text, by=anna)
    answer = as_anna.post(reverse("clients:consent_talked", args=[mrs_lee.pk, asked.pk]), talk(**wrong))
    assert answer.status_code == 422 and "conversation" not in kinds(asked)
    assert "Please look at this again" in answer.content.decode()


def test_only_who_may_ask_records_a_conversation(as_ben, as_olga, as_sam, mrs_lee, anna, text):
    asked = consent.ask(mrs_lee, text, by=anna)
    for browser in (as_ben, as_olga, as_sam):
        answer = browser.post(reverse("clients:consent_talked", args=[mrs_lee.pk, asked.pk]), talk())
        assert answer.status_code == 404 and "conversation" not in kinds(asked)


def test_every_step_is_told_to_staff_in_words(as_anna, mrs_lee, anna, text):
    asked = disclosed(consent.ask(mrs_lee, text, by=anna))
    for kind in consent.Kind.values:
        if kind not in kinds(asked):
            steps.add(asked, kind, by=anna)
    page = as_anna.get(reverse("clients:consent", args=[mrs_lee.pk, asked.pk])).content.decode()
    assert page.count("<tr>") == len(consent.Kind.values) + 1
    for said in ("Letter written", "Opened", "Agreed to read and sign on a screen", "six-digit code", "Taken back"):
        assert said in page


def test_what_came_after_the_signature_is_told_too(as_anna, as_mrs_lee, mrs_lee, anna, text):
    asked = disclosed(consent.ask(mrs_lee, text, by=anna))
    here = address(token_of(asked), asked)
    as_mrs_lee.get(here)
    as_mrs_lee.post(here, given(asked))
    as_mrs_lee.post(here + "change-my-mind", {"what": ["walk"]})
    page = as_anna.get(reverse("clients:consent", args=[mrs_lee.pk, asked.pk])).content.decode()
    assert page.count("Taken back: walking") == 1 and page.count("Opened") == 1
    assert page.index("button “I agree, and sign” pressed") < page.index("Taken back: walking")


def test_a_year_is_a_year():
    assert signing.in_a_year(date(2026, 11, 26)) == date(2027, 11, 26)


def test_every_shipped_text_is_read_printed_and_signed(as_mrs_lee, mrs_lee, anna, texts):
    for text in texts.values():
        asked = disclosed(consent.ask(mrs_lee, text, by=anna, send=False))
        here = address(token_of(asked), asked)
        for page in (here, here + "?as=print"):
            assert as_mrs_lee.get(page).status_code == 200
        plan = plan_of(asked) if asked.shown.get("plan") else {}
        put = {"shown": asked.shown_sha256, "name": "Mary Lee"} | plan
        assert as_mrs_lee.post(here, put).status_code == 302 and status(asked) == "signed"
        assert "Your signature" in as_mrs_lee.get(here).content.decode()
        sure = {"what": "all", "sure": "yes"}
        assert as_mrs_lee.post(here + "change-my-mind", sure).status_code == 302
        assert status(asked) == "withdrawn"
