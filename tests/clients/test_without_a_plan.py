"""Texts about a group, video, data and papers by e-mail: asked, signed, declined, printed, with a plan or without."""

import json
import subprocess

import pytest
from django.test import Client as Browser

from clients.domain import consent, consent_papers, consent_texts, coverage, signing
from clients.models import Consent, ConsentText
from practice.domain import papers
from tests import factories
from tests.clients.signing import address, disclosed, handed_over, token_of

pytestmark = pytest.mark.django_db
PLAIN = ("online", "data", "delivery")


def begun(person, text, by):
    """Asked, and agreed to sign on a screen; the addresses of the page and of what can be done there."""
    asked = disclosed(consent.ask(person, text, by=by))
    token = token_of(asked)
    return asked, address(token, asked), lambda name: address(token, asked, name)


def given(asked, **more):
    return {"shown": asked.shown_sha256, "name": "Mary Lee", **more}


@pytest.fixture
def together(as_anna):
    """The device on which the therapist is signed in."""
    return as_anna


@pytest.mark.parametrize("key", PLAIN)
def test_it_is_read_printed_and_signed_without_a_plan(mrs_lee, anna, together, texts, key):
    asked, where, _at = begun(mrs_lee, texts[key], anna)
    page = Browser().get(where).content.decode()
    assert 'name="sign"' not in page and "plan_" not in page and "carries this plan" not in page
    assert "I would rather not" in page and "indoors</button>" not in page
    assert Browser().get(f"{where}?as=print").status_code == 200
    assert (
        together.post(handed_over(together, asked), given(asked, plan_what="stop", sign="a scarf")).status_code == 302
    )
    row = Consent.objects.get()
    assert row.status == "signed" and row.modes == texts[key].modes
    assert row.answers == {"plan": {}, "initials": {}, "screen": True}
    page = Browser().get(where).content.decode()
    assert "Signed on" in page and "therapy goes on indoors" not in page
    assert coverage.covers(mrs_lee, "walk", row.covers_until).state == coverage.State.NEVER


def test_a_plan_that_nobody_asked_for_is_not_kept(mrs_lee, anna, texts):
    asked = consent.ask(mrs_lee, texts["online"], by=anna, send=False)
    words = {"plan": {"sign": "a scarf", "what": "stop"}, "name": "Mary Lee"}
    agreement = signing.Agreement(shown_sha256=asked.shown_sha256, **words)
    signed = signing.sign(disclosed(asked), agreement, circumstances=signing.Circumstances(witness=anna))
    assert signed.answers["plan"] == {}


def test_its_paper_has_no_empty_plan(mrs_lee, anna, together, texts, tmp_path):
    asked, _where, _at = begun(mrs_lee, texts["data"], anna)
    together.post(handed_over(together, asked), given(asked))
    path = tmp_path / "signed.pdf"
    path.write_bytes(papers.read(consent_papers.paper_of(Consent.objects.get())))
    said = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    assert "What we keep about you" in said and "Mary Lee" in said and "If we meet someone" not in said


def test_a_group_has_a_plan_and_its_answers_are_asked_for(mrs_lee, anna, together, texts):
    asked, _where, _at = begun(mrs_lee, texts["group"], anna)
    assert together.post(handed_over(together, asked), given(asked)).status_code == 422
    assert (
        together.post(handed_over(together, asked), given(asked, plan_what="apart", plan_who="friends")).status_code
        == 302
    )
    row = Consent.objects.get()
    assert "These are friends." in consent_texts.plan_said(row.shown, row.answers["plan"])


@pytest.mark.parametrize(("key", "words"), [("data", "You would rather not"), ("outdoors", "We stay indoors")])
def test_rather_not_says_what_it_means(mrs_lee, anna, texts, key, words):
    _asked, where, at = begun(mrs_lee, texts[key], anna)
    Browser().post(at("decline_consent"), {})
    page = Browser().get(where).content.decode()
    assert words in page.replace("&#x27;", "'") and ("in the room, by video" in page) == (key == "outdoors")


def test_taken_back_says_what_it_means(mrs_lee, anna, together, texts):
    asked, where, at = begun(mrs_lee, texts["delivery"], anna)
    together.post(handed_over(together, asked), given(asked))
    Browser().post(at("take_back_consent"), {"sure": "yes"})
    page = Browser().get(where).content.decode()
    assert "nothing is agreed by this paper any more" in page and "outdoors" not in page


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_text_that_came_along_leaves_a_brace_or_a_name_open(mrs_lee, anna, texts, language):
    factories.emergency_contact(mrs_lee)
    for text in ConsentText.objects.filter(language=language):
        shown = consent.ask(mrs_lee, text, by=anna).shown
        assert "Anna" in json.dumps(shown["clauses"])
        parts = [*shown["sentences"], *(one["words"] for one in shown["clauses"]), *shown["disclosure"]["points"]]
        assert not [part for part in parts if "{" in part or "}" in part]


def test_a_client_who_speaks_spanish_is_asked_in_spanish(mrs_lee, anna, together, texts):
    found = {text.key: text.language for text in consent_texts.current("es")}
    assert found == {key: "es" if key in ("outdoors", "running", "data") else "en" for key in texts}
    spanish = next(text for text in consent_texts.current("es") if text.key == "outdoors")
    asked, where, _at = begun(mrs_lee, spanish, anna)
    assert "Caminar juntos" in Browser().get(where).content.decode()
    plan = {"plan_what": "stop", "plan_who": "mine", "sign": "la bufanda"}
    assert together.post(handed_over(together, asked), given(asked, **plan)).status_code == 302
    row = Consent.objects.get()
    assert consent_texts.plan_said(row.shown, row.answers["plan"])[-1].endswith("la bufanda.")
    agreement = signing.Agreement(plan={}, shown_sha256=row.shown_sha256, name="Mary Lee")
    with pytest.raises(signing.NotWhole):
        signing.check(row, agreement)
