"""Words of a licensed copy: checked, attested, shown in place of numbers, taken away again."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from clients.domain import packs
from clients.domain.instruments import said
from clients.domain.packs import BrokenPack
from clients.models import TextPack

pytestmark = pytest.mark.django_db
GOOD = 'key = "scoff"\nversion = "1999"\nlanguage = "en"\n[items]\n' + "".join(
    f'q{number} = "Invented words for question {number}"\n' for number in range(1, 6)
)


def upload(text):
    return SimpleUploadedFile("pack.toml", text if isinstance(text, bytes) else text.encode())


def test_without_a_pack_there_are_numbers_and_the_licensed_copy(as_anna, mrs_lee):
    page = as_anna.get(reverse("clients:ask_here", args=[mrs_lee.pk, "eai"])).content.decode()
    assert "Use your licensed copy" in page


def test_a_loaded_pack_stands_where_the_questions_are_asked(as_rosa, as_anna, mrs_lee, rosa):
    answer = as_rosa.post(reverse("clients:instruments"), {"file": upload(GOOD), "entitled": "on"})
    assert answer.status_code == 302
    page = as_anna.get(reverse("clients:ask_here", args=[mrs_lee.pk, "scoff"])).content.decode()
    assert "Invented words for question 3" in page and "Use your licensed copy" not in page
    kept = TextPack.objects.get()
    assert kept.by == rosa and "entitled" in kept.attestation and len(kept.checksum) == 64


def test_words_are_loaded_only_with_the_sentence(as_rosa):
    answer = as_rosa.post(reverse("clients:instruments"), {"file": upload(GOOD)})
    assert answer.status_code == 422 and not TextPack.objects.exists()
    assert "agreed to" in answer.content.decode()


def test_taken_away_there_are_numbers_again(as_rosa, rosa):
    packs.load(packs.read(GOOD.encode()), by=rosa)
    packs.load(packs.read(GOOD.encode()), by=rosa)
    assert TextPack.objects.count() == 1
    assert as_rosa.post(reverse("clients:take_away_pack", args=["scoff", "en"])).status_code == 302
    assert packs.loaded("scoff") == {}
    assert said(packs.worded("scoff").items[0].text) == "1"


def test_another_language_is_another_pack(rosa):
    packs.load(packs.read(GOOD.replace('"en"', '"es"').replace("Invented", "Palabras").encode()), by=rosa)
    made = packs.worded("scoff")
    assert said(made.items[0].text, "es").startswith("Palabras")
    assert said(made.items[0].text, "en") == "1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "not an instrument"), (b"\xff\xfe", "UTF-8"), ("[", "TOML"), (GOOD.replace("scoff", "phq9"), "phq9"),
        (GOOD.replace("scoff", "ors"), "ors"), (GOOD.replace("1999", "2001"), "another version"),
        (GOOD.replace('language = "en"\n', ""), "language"), (GOOD.replace("q5", "q6"), "q6"),
        (GOOD.replace('q5 = "Invented words for question 5"\n', ""), "q5"),
        (GOOD.replace("Invented words for question 2", ""), "q2"), (GOOD + "q7 = 7\n", "q7"),
        (GOOD + '[answers]\nmaybe = "x"\n', "maybe"), (GOOD + "#" * 110_000, "100 kB"),
        (GOOD.replace("question 1", "x" * 2000), "q1"), (GOOD.replace("[items]", "items = 3\n[x]"), "words"),
        (GOOD.replace('key = "scoff"', "key = [1]"), "not an instrument"),
    ],
)  # fmt: skip
def test_a_pack_that_does_not_fit_is_refused_in_words(as_rosa, text, says):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BrokenPack, match=says):
        packs.read(data)
    answer = as_rosa.post(reverse("clients:instruments"), {"file": upload(data), "entitled": "on"})
    assert answer.status_code == 422 and not TextPack.objects.exists()


def test_a_pack_is_never_rewritten(rosa):
    made = packs.load(packs.read(GOOD.encode()), by=rosa)
    for broken in (lambda: TextPack.objects.update(words={}), made.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            broken()


@pytest.mark.parametrize("key", ["scoff", "edeqs", "eai", "cet", "cssrs", "who5", "dass21"])
def test_the_file_to_begin_with_loads_once_its_words_are_written(as_rosa, key):
    text = as_rosa.get(reverse("clients:pack_template", args=[key])).content.decode()
    with pytest.raises(BrokenPack, match="q1"):
        packs.read(text.encode())
    assert packs.read(text.replace('""', '"Words"').encode()).instrument.key == key


def test_there_is_none_for_what_comes_with_its_words(as_rosa):
    assert as_rosa.get(reverse("clients:pack_template", args=["phq9"])).status_code == 404


@pytest.mark.parametrize("language", ["e/n", "<b>x</b>", "  ", "EN", "en\u0000", "english language"])
def test_a_language_is_a_tag(language):
    with pytest.raises(BrokenPack, match="language"):
        packs.read(GOOD.replace('language = "en"', "language = " + json.dumps(language)).encode())


@pytest.mark.parametrize("bad", ["\\u0000", "\\u0007"])
def test_no_control_characters_in_words(bad):
    with pytest.raises(BrokenPack, match="no letters"):
        packs.read(GOOD.replace("Invented words for question 2", f"x{bad}").encode())


def test_a_number_of_five_thousand_digits_is_no_file(as_rosa):
    with pytest.raises(BrokenPack, match="TOML"):
        packs.read((GOOD + "n = " + "9" * 5000).encode())
