"""A text that the practice begins itself, and one more language of a text."""

import pytest
from django.urls import reverse

from clients.domain import consent, consent_beginnings, consent_checklist, consent_drafts, consent_files, consent_texts
from clients.models import ConsentDraft, ConsentText
from tests.clients.test_text_pages import RTL, publish
from tests.clients.texts import address, opened, row_of

pytestmark = pytest.mark.django_db
NEW = reverse("clients:begin_text")


def language_of(key):
    return reverse("clients:begin_language", args=[key])


def begun(browser, **said):
    return browser.post(NEW, {"title": "Sitting by the water", "about": ["sit"], "language": "en"} | said)


def filled(data, words):
    """Every clause that stands is given words, and what else a text cannot do without."""
    rows = [name.removesuffix("-key") for name in data if name.startswith("clause-") and name.endswith("-key")]
    stand = [row for row in rows if data[f"{row}-heading"] or data[f"{row}-words"]]
    said = {f"{row}-{part}": f"{words} {data[f'{row}-key']}" for row in stand for part in ("heading", "words")}
    for row in stand:
        if data[f"{row}-key"] == "training":
            said[f"{row}-words"] += " {supervisor}"
    return data | said | {"covers": words, "sentences": words}


def test_a_text_of_its_own_begins_with_what_the_checklist_needs(as_rosa, rosa):
    assert begun(as_rosa, about=["sit", "group"]).url == address(key="sitting-by-the-water")
    row = ConsentDraft.objects.get()
    needed = consent_checklist.needed(["sit", "group"])
    assert [one["key"] for one in row.body["clauses"]] == [point.key for point in needed]
    assert row.body["clauses"][0] == {"key": "nature", "heading": "What it is", "words": "", "only": ""}
    assert row.edited_by == rosa and row.body["draft"] and row.modes == ["sit", "group"]
    page = as_rosa.get(address(key=row.key)).content.decode()
    assert "A draft in our own words" not in page
    assert "A draft in our own words" in as_rosa.get(address()).content.decode()
    assert f"{len(needed)} clauses are needed and have no words yet" in page and "Still to be translated" not in page
    assert "Sitting by the water" in as_rosa.get(reverse("clients:texts")).content.decode()
    answer = publish(as_rosa, row.key)
    assert answer.status_code == 422 and "“What it is” is needed" in answer.content.decode()
    assert as_rosa.get(address("preview_text", row.key)).status_code == 200


def test_a_text_of_its_own_is_written_published_and_asked_for(as_rosa, mrs_lee, anna):
    begun(as_rosa)
    key = "sitting-by-the-water"
    assert as_rosa.post(address(key=key), filled(opened(as_rosa, key), "Our words")).status_code == 302
    assert publish(as_rosa, key).status_code == 302
    text = ConsentText.objects.get()
    assert (text.key, text.version, text.modes) == (key, 1, ["sit"])
    assert text in consent_texts.current()
    assert consent.ask(mrs_lee, text, by=anna, send=False).shown["clauses"][0]["words"] == "Our words nature"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"title": ""}, "Please give it a title."),
        ({"title": "\u200b"}, "Please give it a title."),
        ({"title": "x" * 161}, "at most 160"),
        ({"title": "a\x00b"}, "Null characters"),
        ({"about": []}, "Please choose at least one"),
        ({"about": ["flying"]}, "flying is not one"),
        ({"language": "xx"}, "xx is not one"),
        ({"title": "Outdoors"}, "There is a text of that name already"),
    ],
)
def test_what_cannot_be_begun_is_said_and_stays_on_the_page(as_rosa, said, words):
    answer = begun(as_rosa, **said)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not ConsentDraft.objects.exists()


def test_pressed_twice_begins_one(as_rosa):
    assert begun(as_rosa).status_code == 302 and begun(as_rosa).status_code == 422
    assert begun(as_rosa, title="Sitting by the water!", language="fr").status_code == 422
    assert begun(as_rosa, title=RTL).status_code == 302 and begun(as_rosa, title=RTL).status_code == 422
    titles = ConsentDraft.objects.order_by("title").values_list("title", flat=True)
    assert list(titles) == ["Sitting by the water", RTL]


def test_a_text_of_its_own_in_another_language_marks_what_is_english(as_rosa):
    begun(as_rosa, title="Junto al agua", language="es")
    key = "junto-al-agua"
    data = opened(as_rosa, key, "es")
    assert data["act"] == next(one for one in consent_files.shipped() if one.language == "es").body["signing"]["act"]
    foreign = dict(consent_files.untranslated(consent_drafts.find(key, "es").draft))
    assert foreign["nature"] == "What it is" and "" not in foreign
    assert as_rosa.post(address(key=key, language="es"), filled(data, "Nuestras palabras")).status_code == 302
    assert publish(as_rosa, key, "es").status_code == 302
    assert "to_translate" not in ConsentText.objects.get().body


def test_a_language_that_came_with_the_text_is_there_and_another_begins_in_english(as_rosa):
    offered = dict(as_rosa.get(language_of("outdoors")).context["form"].fields["language"].choices)
    assert "es" not in offered and "en" not in offered and offered["de"] == "Deutsch" and offered["ar"] == "العربيّة"
    assert as_rosa.post(language_of("outdoors"), {"language": "es"}).status_code == 422
    assert as_rosa.post(language_of("outdoors"), {"language": "de"}).url == address(language="de")
    assert as_rosa.post(language_of("outdoors"), {"language": "de"}).status_code == 422
    english, german = (consent_drafts.find("outdoors", code).draft for code in ("en", "de"))
    assert "In braces" not in as_rosa.get(address(language="de")).content.decode()
    assert as_rosa.post(language_of("group"), {"language": ""}).status_code == 422
    assert german.as_version.body == english.body and german.modes == english.modes
    assert as_rosa.get(language_of("nothing")).status_code == 404
    assert "Deutsch" in as_rosa.get(reverse("clients:texts")).content.decode()


def test_untranslated_words_keep_a_language_from_being_published(as_rosa):
    as_rosa.post(language_of("data"), {"language": "de"})
    data = opened(as_rosa, "data", "de")
    page = as_rosa.get(address(key="data", language="de")).content.decode()
    assert "Still to be translated" in page and "to be translated</span>" in page
    answer = publish(as_rosa, "data", "de")
    assert answer.status_code == 422 and "“Title” is still to be translated." in answer.content.decode()
    typed = filled(data, "Unsere Worte") | {"title": "Daten", "not_covered": "", "meaning": "Damit ist unterschrieben."}
    typed |= {"disclosure_title": "Am Bildschirm", "accept": "Ich stimme zu.", "act": "Ich unterschreibe"}
    typed |= {"disclosure_points": "Auch auf Papier.\r\nOhne Kosten."}
    one_left = row_of(data, "rights")
    english = data[f"{one_left}-words"]
    first, rest = english[:20], english[20:]
    typed |= {f"{one_left}-words": f"Sie dürfen es sehen.\r\n\r\n{english}"}
    assert as_rosa.post(address(key="data", language="de"), typed).status_code == 302
    answer = publish(as_rosa, "data", "de")
    reasons = answer.context["reasons"]
    assert (answer.status_code, reasons) == (422, ["“Your rights” is still to be translated."])
    typed = opened(as_rosa, "data", "de") | {
        f"{row_of(opened(as_rosa, 'data', 'de'), 'rights')}-words": f"{first} – {rest}"
    }
    assert as_rosa.post(address(key="data", language="de"), typed).status_code == 302
    assert publish(as_rosa, "data", "de").status_code == 302
    assert "to_translate" not in ConsentText.objects.get().body
    assert "changes not published" not in as_rosa.get(reverse("clients:texts")).content.decode()


def test_a_single_word_may_be_the_same_in_both_languages():
    draft = consent_files.Draft("t", "de", "Online", ("online",), {
        "covers": "Online {therapist}", "not_covered": "", "sentences": [], "clauses": [],
        "disclosure": {}, "signing": {},
        consent_files.TO_TRANSLATE: consent_files.lines(["Online", "Online {therapist}", "Two words"]),
    })  # fmt: skip
    assert consent_files.untranslated(draft) == []
    assert consent_files.lines(["Two words\n carry_on", "Two  words", "{client} 12"]) == ["Two words"]


def test_every_language_offered_can_be_named_on_the_pages(as_rosa, rosa):
    for code in ("he", "zh", "nb"):
        if code in dict(as_rosa.get(NEW).context["form"].fields["language"].choices):
            consent_beginnings.begin_language("delivery", language=code, by=rosa)
            assert as_rosa.get(address(key="delivery", language=code)).status_code == 200
    assert as_rosa.get(reverse("clients:texts")).status_code == 200
