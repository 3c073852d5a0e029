"""The practice's texts on their pages: written, refused, looked at, compared, published."""

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.domain import consent, consent_drafts, consent_files, consent_texts
from clients.models import ConsentDraft, ConsentText
from practice.models import AuditEntry, Role
from tests import factories
from tests.clients.texts import address, opened, row_of

pytestmark = pytest.mark.django_db
PAGES = ("text", "preview_text", "publish_text")
RTL = "نمشي معًا 🌿👣"


def publish(browser, key="outdoors", language="en", **answer):
    where = address("publish_text", key, language)
    return browser.post(where, {"stamp": browser.get(where).context["sheet"].stamp, **answer})


def test_the_list_says_where_each_text_stands(as_rosa, rosa):
    page = as_rosa.get(reverse("clients:texts")).content.decode()
    assert page.count("draft, not published") == len(consent_files.shipped()) and "español" in page
    assert publish(as_rosa).status_code == 302
    page = as_rosa.get(reverse("clients:texts")).content.decode()
    assert "version 1, since" in page and "no lawyer is known to have read it" in page
    data = opened(as_rosa) | {"title": "Out and about", "read": "on"}
    assert as_rosa.post(address(), data).status_code == 302
    page = as_rosa.get(reverse("clients:texts")).content.decode()
    assert "changes not published" in page and "Out and about" in page and rosa.name in page


@pytest.mark.parametrize("name", [*PAGES, "texts"])
@pytest.mark.parametrize("role", [Role.THERAPIST, Role.SUPERVISOR, Role.FRONT_DESK, Role.BILLER, Role.CLIENT])
def test_only_who_keeps_the_practice_keeps_its_texts(practice, name, role):
    browser = Browser()
    browser.force_login(factories.user("Somebody", role))
    where = reverse("clients:texts") if name == "texts" else address(name)
    assert browser.get(where).status_code == 404 and browser.post(where, {}).status_code in (404, 405)


@pytest.mark.parametrize("name", PAGES)
def test_a_text_that_is_none_is_not_there_and_nobody_signs_in(as_rosa, practice, name):
    for key, language in (("nothing", "en"), ("outdoors", "xx")):
        assert as_rosa.get(address(name, key, language)).status_code == 404
    assert Browser().get(address(name)).status_code == 302
    assert as_rosa.get(reverse("clients:text_version", args=["outdoors", "en", 9])).status_code == 404
    csrf = Browser(enforce_csrf_checks=True)
    csrf.force_login(factories.user("Manager", Role.MANAGER))
    assert csrf.post(address(name), {}).status_code in (403, 405)


@pytest.mark.parametrize(("key", "language"), [(one.key, one.language) for one in consent_files.shipped()])
def test_what_is_kept_unchanged_stays_what_it_was(as_rosa, key, language):
    """Every text goes through the form and comes out as it went in; then it is nobody's own yet."""
    assert as_rosa.post(address(key=key, language=language), opened(as_rosa, key, language)).status_code == 302
    assert not ConsentDraft.objects.exists()
    data = opened(as_rosa, key, language) | {"title": "Another"}
    assert as_rosa.post(address(key=key, language=language), data).status_code == 302
    file = next(one for one in consent_files.shipped() if (one.key, one.language) == (key, language))
    row = ConsentDraft.objects.get()
    assert (row.body, row.modes, row.title) == (file.body, list(file.modes), "Another")


def test_words_of_any_script_survive_and_mark_up_is_only_words(as_rosa):
    assert publish(as_rosa).status_code == 302
    data = opened(as_rosa)
    row = row_of(data, "weather")
    data |= {f"{row}-words": f"{RTL}\r\n\r\n<b onclick=x>bold</b>", "sentences": f"{RTL}\r\nTwo <i>more</i>."}
    assert as_rosa.post(address(), data).status_code == 302
    body = ConsentDraft.objects.get().body
    assert body["sentences"] == [RTL, "Two <i>more</i>."]
    for name in PAGES:
        page = as_rosa.get(address(name)).content.decode()
        assert "<b onclick" not in page and "<i>more" not in page
    assert "&lt;b onclick=x&gt;bold" in as_rosa.get(address("publish_text")).content.decode()
    page = as_rosa.get(address("preview_text")).content.decode()
    assert f'<p dir="auto">{RTL}</p>' in page and "&lt;b onclick=x&gt;bold" in page


def test_clauses_are_put_in_their_places_added_and_left_out(as_rosa):
    data = opened(as_rosa)
    own = row_of(data, "")
    data |= {f"{row_of(data, 'weather')}-place": "1", f"{row_of(data, 'transport')}-words": ""}
    data |= {f"{own}-heading": "Dogs", f"{own}-words": "We like dogs.", f"{own}-place": ""}
    assert as_rosa.post(address(), data).status_code == 302
    keys = [clause["key"] for clause in ConsentDraft.objects.get().body["clauses"]]
    assert keys[0] == "weather" and keys[-1] == "own_1" and "transport" not in keys
    training = next(one for one in ConsentDraft.objects.get().body["clauses"] if one["key"] == "training")
    assert training["only"] == "trainee"
    changes = {one.name: one.kind for one in as_rosa.get(address("publish_text")).context["changes"]}
    assert changes == {}  # nothing was published before
    data = opened(as_rosa)
    data |= {f"{row_of(data, '')}-words": "And cats."}
    assert as_rosa.post(address(), data).status_code == 302
    assert [one["key"] for one in ConsentDraft.objects.get().body["clauses"]][-2:] == ["own_1", "own_2"]


def test_a_clause_can_ask_for_initials_and_the_change_is_shown(as_rosa):
    publish(as_rosa)
    data = opened(as_rosa)
    as_rosa.post(address(), data | {f"{row_of(data, 'physical_risk')}-initials": "on"})
    kept = {one["key"]: one.get("initials", False) for one in ConsentDraft.objects.get().body["clauses"]}
    assert [key for key, asks in kept.items() if asks] == ["physical_risk"]
    page = as_rosa.get(address("publish_text")).content.decode()
    assert "<h4>Initials</h4>" in page and "<h4>Words</h4>" not in page
    again = opened(as_rosa)
    assert again[f"{row_of(again, 'physical_risk')}-initials"] is True
    as_rosa.post(address(), again | {f"{row_of(again, 'physical_risk')}-initials": ""})
    assert not any("initials" in one for one in ConsentDraft.objects.get().body["clauses"])


def test_what_is_too_long_is_refused_and_everything_stays_on_the_page(as_rosa):
    data = opened(as_rosa) | {"title": "x" * 161, "covers": "my words"}
    data[f"{row_of(data, 'nature')}-words"] = "Long. " * 2000
    answer = as_rosa.post(address(), data)
    assert answer.status_code == 422 and not ConsentDraft.objects.exists()
    page = answer.content.decode()
    assert "x" * 161 in page and "my words" in page and "Long. Long." in page and data["stamp"] in page
    for broken in ({}, {"clause-TOTAL_FORMS": "x"}, {"title": "a\x00b"}, {"about": ["flying"]}):
        assert as_rosa.post(address(), opened(as_rosa) | broken if broken else {}).status_code == 422
    assert not ConsentDraft.objects.exists()


def test_the_later_of_two_is_told_and_sees_both(as_rosa, rosa):
    other = Browser()
    other.force_login(factories.user("Max Pine", Role.MANAGER))
    hers, his = opened(as_rosa), opened(other)
    assert as_rosa.post(address(), hers | {"title": "Rosa's title"}).status_code == 302
    answer = other.post(address(), his | {"covers": "Max's words"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Rosa Venn changed this draft while you were writing" in page
    assert "Rosa&#x27;s" in page and "Max&#x27;s words" in page
    assert ConsentDraft.objects.get().title == "Rosa's title"
    # an invalid try does not make him the latest: he still has to look at the difference
    assert other.post(address(), his | {"title": "x" * 161}).context["stamp"] == his["stamp"]
    his |= {"stamp": answer.context["stamp"], "covers": "Max's words", "title": "Rosa's title"}
    assert other.post(address(), his).status_code == 302
    row = ConsentDraft.objects.get()
    assert (row.title, row.body["covers"], row.edited_by.name) == ("Rosa's title", "Max's words", "Max Pine")


def test_a_needed_clause_without_words_is_shown_and_refused(as_rosa):
    data = opened(as_rosa)
    data[f"{row_of(data, 'physical_risk')}-words"] = "   "
    assert as_rosa.post(address(), data).status_code == 302
    page = as_rosa.get(address()).content.decode()
    assert "One clause is needed and has no words yet" in page and 'href="#clause-physical_risk"' in page
    answer = publish(as_rosa)
    assert answer.status_code == 422 and "“Ordinary risks” is needed" in answer.content.decode()
    assert not ConsentText.objects.exists()
    data = opened(as_rosa)
    data[f"{row_of(data, 'physical_risk')}-words"] = "Paths are wet."
    assert as_rosa.post(address(), data).status_code == 302
    keys = [clause["key"] for clause in ConsentDraft.objects.get().body["clauses"]]
    assert keys[keys.index("physical_risk") - 1] == "evidence"  # back in its place


def test_a_clause_without_words_keeps_its_heading_and_its_place(as_rosa):
    publish(as_rosa)
    data = opened(as_rosa)
    first, own = row_of(data, "not_workout"), row_of(data, "")
    data |= {f"{first}-words": "", f"{own}-heading": "Dogs", f"{own}-words": "", f"{own}-place": "15"}
    assert as_rosa.post(address(), data).status_code == 302
    kept = ConsentDraft.objects.get().body["clauses"]
    assert [(one["key"], one["heading"]) for one in kept if not one["words"]] == [
        ("own_1", "Dogs"),
        ("not_workout", "Not a workout"),
    ]
    again = opened(as_rosa)
    assert again[f"{row_of(again, 'not_workout')}-heading"] == "Not a workout"
    page = as_rosa.get(address()).content.decode()
    assert "needed, still empty" in page and "no words yet: left out" in page and kept[1]["key"] == "own_1"
    answer = publish(as_rosa, renews="no")
    assert answer.status_code == 422 and "“Not a workout” is needed" in answer.content.decode()


def test_a_heading_alone_is_left_out_of_the_version_with_a_word(as_rosa):
    publish(as_rosa)
    data = opened(as_rosa)
    own = row_of(data, "")
    as_rosa.post(address(), data | {f"{own}-heading": "Dogs", f"{own}-words": ""})
    page = as_rosa.get(address("publish_text")).content.decode()
    assert "Nothing has changed since version 1." in page  # a heading without words changes nothing
    as_rosa.post(address(), opened(as_rosa) | {"title": "Walking"})
    page = as_rosa.get(address("publish_text")).content.decode()
    assert "Left out, because it has no words" in page and "Dogs" in page
    assert "Dogs" not in as_rosa.get(address("preview_text")).content.decode()
    assert publish(as_rosa, renews="no").status_code == 302
    assert "Dogs" not in str(ConsentText.objects.get(version=2).body)
    assert opened(as_rosa)[f"{row_of(opened(as_rosa), 'own_1')}-heading"] == "Dogs"
    assert publish(as_rosa, renews="no").status_code == 422  # nothing changed since


@pytest.mark.parametrize("blank", ["\u200b", "\u3164", "\u2800", "\xad", "."])
@pytest.mark.parametrize("what", ["title", "covers", "sentences", "act", "disclosure_points", "weather", "transport"])
def test_what_is_blank_to_the_eye_is_refused(as_rosa, what, blank):
    data = opened(as_rosa)
    name = what if what in data else f"{row_of(data, what)}-words"
    assert name in data and as_rosa.post(address(), data | {name: blank}).status_code == 302
    assert publish(as_rosa).status_code == 422
    assert not ConsentText.objects.exists()


def test_what_a_text_is_about_says_what_it_needs(as_rosa):
    data = opened(as_rosa)
    data |= {"about": ["walk", "group"], "minors": "on", f"{row_of(data, 'minors')}-words": ""}
    assert as_rosa.post(address(), data).status_code == 302
    lacking = {key for key, _name in as_rosa.get(address()).context["lacking"]}
    assert lacking == {"group", "minors"}


@pytest.mark.parametrize("words", ["{{therapist}}", "Ask {doctor}.", "{", "a } b", "{thera{client}pist}", "{answer}"])
def test_a_name_that_cannot_be_filled_in_is_refused(as_rosa, words):
    data = opened(as_rosa)
    data[f"{row_of(data, 'weather')}-words"] = words
    assert as_rosa.post(address(), data).status_code == 302
    assert as_rosa.get(address("preview_text")).status_code == 200
    assert "not a name that can be filled in" in as_rosa.get(address()).content.decode()
    answer = publish(as_rosa)
    assert answer.status_code == 422 and "is not a name that can be filled in" in answer.content.decode()
    assert not ConsentText.objects.exists()


def test_what_the_clients_of_a_trainee_read_has_to_name_the_supervisor(as_rosa):
    data = opened(as_rosa)
    row = row_of(data, "training")
    as_rosa.post(address(), data | {f"{row}-words": "Hello."})
    words = "“In training” has to say who it is: {supervisor}."
    assert words in as_rosa.get(address("publish_text")).content.decode()
    data = opened(as_rosa)
    as_rosa.post(address(), data | {f"{row}-words": "I am in training with {supervisor}."})
    assert words not in as_rosa.get(address("publish_text")).content.decode()


def test_publishing_asks_whether_it_renews_and_presets_nothing(as_rosa, rosa):
    assert publish(as_rosa).status_code == 302
    assert ConsentText.objects.get().renews and ConsentText.objects.get().published_by == rosa
    assert publish(as_rosa, renews="yes").status_code == 422  # nothing changed
    assert as_rosa.post(address(), opened(as_rosa) | {"not_covered": "Not flying."}).status_code == 302
    page = as_rosa.get(address("publish_text")).content.decode()
    assert "Does this change need new signatures?" in page and "checked" not in page
    assert "<ins>" in page and "flying." in page and "<del>" in page and "running." in page
    for answer in ({}, {"renews": "perhaps"}):
        assert publish(as_rosa, **answer).status_code == 422
    assert publish(as_rosa, renews="no").status_code == 302
    newest = ConsentText.objects.get(version=2)
    assert (newest.renews, newest.body["not_covered"]) == (False, "Not flying.")
    assert ConsentDraft.objects.get().based_on == newest
    entries = [entry.body for entry in AuditEntry.objects.filter(body__contains="consent_text.published")]
    assert len(entries) == 2 and str(newest.pk) in entries[-1] and str(rosa.pk) in entries[-1]
    assert consent_texts.current()[0].version == 2


def test_publishing_says_which_languages_still_have_the_older_words(as_rosa):
    for language in ("en", "es"):
        assert publish(as_rosa, language=language).status_code == 302
    older = "Spanish still has the older words (version 1)."
    assert older not in as_rosa.get(reverse("clients:texts")).content.decode()
    said = []
    for language in ("en", "es"):
        as_rosa.post(address(language=language), opened(as_rosa, language=language) | {"not_covered": "Not flying."})
        assert publish(as_rosa, language=language, renews="no").status_code == 302
        said.append(as_rosa.get(reverse("clients:texts")).content.decode())
    assert older in said[0] and "still has the older words" not in said[1]


def test_what_changed_meanwhile_is_not_published_unseen(as_rosa):
    stamp = as_rosa.get(address("publish_text")).context["sheet"].stamp
    assert as_rosa.post(address(), opened(as_rosa) | {"title": "Unseen"}).status_code == 302
    answer = as_rosa.post(address("publish_text"), {"stamp": stamp})
    assert answer.status_code == 422 and "changed the draft meanwhile" in answer.content.decode()
    assert not ConsentText.objects.exists()


def test_the_preview_names_invented_people_and_an_old_version_stays_readable(as_rosa, practice):
    page = as_rosa.get(address("preview_text")).content.decode()
    assert "Robin checks the route" in page and practice.name in page and "The people are invented" in page
    assert publish(as_rosa).status_code == 302
    as_rosa.post(address(), opened(as_rosa) | {"title": "Another title"})
    old = as_rosa.get(reverse("clients:text_version", args=["outdoors", "en", 1])).content.decode()
    assert "Walking together" in old and "Another title" not in old


def test_a_text_of_the_practice_is_left_alone_by_the_files(as_rosa):
    as_rosa.post(address(), opened(as_rosa) | {"title": "Ours"})
    assert publish(as_rosa).status_code == 302
    assert ("outdoors", "en") not in {(one.key, one.language) for one in consent_texts.publish_shipped()}
    assert next(text for text in consent_texts.current() if text.key == "outdoors").title == "Ours"


def test_what_is_published_here_is_what_a_client_is_asked(as_rosa, mrs_lee, anna):
    data = opened(as_rosa, "data")
    data[f"{row_of(data, 'retention')}-words"] = "Ten years, says {practice}."
    as_rosa.post(address(key="data"), data)
    assert publish(as_rosa, "data").status_code == 302
    shown = consent.ask(mrs_lee, consent_texts.current()[0], by=anna).shown
    assert "Ten years, says Larch Street." in [clause["words"] for clause in shown["clauses"]]


@pytest.mark.parametrize("name", ["texts", *PAGES])
def test_a_page_costs_the_same_with_any_number_of_versions(as_rosa, rosa, name):
    where = reverse("clients:texts") if name == "texts" else address(name)

    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert as_rosa.get(where).status_code == 200
        return len(seen)

    def change(key, title):
        sheet = consent_drafts.find(key, "en")
        draft = consent_files.Draft(key, "en", title, sheet.draft.modes, sheet.draft.body)
        sheet = consent_drafts.save(draft, stamp=sheet.stamp, by=rosa)
        consent_drafts.publish(sheet, stamp=sheet.stamp, renews=True, by=rosa)

    change("outdoors", "One")
    one = cost()
    for number, key in enumerate(("outdoors", "running", "group", "outdoors")):
        change(key, f"More {number}")
    assert cost() == one
