"""The plan for harder days: versions that stand, one page on paper, and a link that ends when it should."""

import re
import subprocess
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.domain import contacts, enquiry, plan_giving, plan_page, safety, story
from clients.domain.contacts import Way
from clients.models import PlanGiven, SafetyPlan
from practice.domain import post
from practice.models import AuditEntry, Letter, Link, Paper, Practice
from tests import factories
from tests.clients.safety import CALM, assess

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
SECRET = "canary-wren"
WORDS = {"staying": "The dog.", "people": f"Jo {SECRET}, sister: 07700 900 123\nPavel"}
FULL = {part: "\n".join(["walk on and breathe " * 4] * 5).replace(" \n", "\n").strip() for part in safety.PARTS}


def address(name, client, *more):
    return reverse(f"clients:{name}", args=[client.pk, *more])


def write(client, by, words=WORDS, days=28, **more):
    return safety.plan(
        client, words, look_again_on=TODAY() + timedelta(days=days), manner="room", by=by, **more
    )  # fmt: skip


def form(**changes):
    again = (TODAY() + timedelta(days=28)).isoformat()
    return {"manner": "room", "look_again_on": again, "staying": "The dog.", "read": "0"} | changes


def sent(plan, by):
    """The letter of a plan, and the token in it."""
    letter = plan_giving.to_telephone(plan, by=by)
    said = post.kinds[letter.kind].render(letter)
    return letter, said, re.search(r"/p/([^/\s]+)/", said.text)[1]


def read(data, folder):
    """The words and the number of pages of a PDF."""
    (folder / "paper.pdf").write_bytes(data)
    text = subprocess.run(["pdftotext", folder / "paper.pdf", "-"], capture_output=True, text=True, check=True).stdout
    about = subprocess.run(["pdfinfo", folder / "paper.pdf"], capture_output=True, text=True, check=True).stdout
    return text, int(re.search(r"Pages:\s+(\d+)", about)[1])


class TestVersions:
    def test_each_save_is_a_version_and_the_older_ones_stay(self, mrs_lee, anna, as_anna, as_sam):
        write(mrs_lee, anna)
        as_anna.post(address("write_plan", mrs_lee), form(staying="The dog, and spring.", read="1"))
        assert [one.version for one in mrs_lee.safety_plans.all()] == [2, 1]
        for browser in (as_anna, as_sam):
            assert "The dog, and spring." in browser.get(address("plan", mrs_lee)).content.decode()
            old = browser.get(address("plan_version", mrs_lee, 1)).content.decode()
            assert SECRET in old and "A newer version counts" in old
        assert as_anna.get(address("plan_version", mrs_lee, 3)).status_code == 404
        titles = [one.title for one in story.entries(mrs_lee, story.chart(mrs_lee))]
        assert titles[:2] == ["Safety plan, version 2", "Safety plan, version 1"]

    def test_the_next_begins_with_the_words_of_the_last(self, mrs_lee, anna, as_anna):
        write(mrs_lee, anna)
        assert SECRET in as_anna.get(address("write_plan", mrs_lee)).content.decode()
        assert AuditEntry.objects.filter(body__contains="safety.plan_read").count() == 1

    def test_pressed_twice_it_is_one(self, mrs_lee, anna):
        assert write(mrs_lee, anna) == write(mrs_lee, anna)
        assert write(mrs_lee, anna, {"staying": "Spring."}).version == 2

    def test_what_is_written_stands_and_lies_sealed(self, mrs_lee, anna):
        made = write(mrs_lee, anna)
        given = PlanGiven.objects.create(plan=made, way="paper", by=anna)
        assert SECRET.encode() not in bytes(made.words_sealed)
        assert not AuditEntry.objects.filter(body__contains=SECRET).exists()
        for row, change in (
            (made, {"look_again_on": TODAY()}),
            (made, {"words_sealed": b"x"}),
            (given, {"way": "phone"}),
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                type(row).objects.filter(pk=row.pk).update(**change)
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                type(row).objects.filter(pk=row.pk)._raw_delete("default")
        with pytest.raises(IntegrityError, match="safety_plan_version_once"), transaction.atomic():
            SafetyPlan.objects.create(
                client=mrs_lee, version=1, by=anna, manner="room", look_again_on=TODAY(), words_sealed=b"x"
            )


class TestForm:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"staying": "", "alone": ""}, "__all__"),
            ({"look_again_on": ""}, "look_again_on"),
            ({"look_again_on": TODAY().isoformat()}, "look_again_on"),
            ({"look_again_on": (TODAY() + timedelta(days=400)).isoformat()}, "look_again_on"),
            ({"manner": ""}, "manner"),
            ({"signs": "one\n" * 6}, "signs"),
            ({"signs": "x" * 60_000}, "signs"),
        ],
    )
    def test_what_is_not_right_is_said_and_nothing_is_lost(self, mrs_lee, as_anna, changes, field):
        answer = as_anna.post(
            address("write_plan", mrs_lee), form(alone=SECRET) | changes | ({"alone": ""} if field == "__all__" else {})
        )
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        assert SECRET in answer.content.decode() or field == "__all__"
        assert not SafetyPlan.objects.exists()

    def test_what_a_colleague_wrote_meanwhile_is_read_first(self, mrs_lee, anna, as_anna):
        write(mrs_lee, anna)
        answer = as_anna.post(address("write_plan", mrs_lee), form(alone=SECRET))
        assert answer.status_code == 422 and "A newer version was written" in answer.content.decode()
        assert SECRET in answer.content.decode()
        again = re.search(r'name="read" value="(\d+)"', answer.content.decode())[1]
        assert as_anna.post(address("write_plan", mrs_lee), form(alone=SECRET, read=again)).status_code == 302
        assert [one.version for one in mrs_lee.safety_plans.all()] == [2, 1]

    def test_pressed_twice_nothing_is_in_the_way(self, mrs_lee, as_anna):
        for _ in range(2):
            assert as_anna.post(address("write_plan", mrs_lee), form()).status_code == 302
        assert SafetyPlan.objects.count() == 1

    def test_an_overdue_review_is_amber_on_the_clients_page(self, mrs_lee, anna, as_anna):
        write(mrs_lee, anna, days=1)
        assert "to look at again by" in as_anna.get(address("show", mrs_lee)).content.decode()
        write(mrs_lee, anna, {"staying": "Spring."}, days=-1)
        page = as_anna.get(address("show", mrs_lee)).content.decode()
        assert "chip look" in page and "Look at the plan again" in page
        assert "You wanted to look at it again" in as_anna.get(address("plan", mrs_lee)).content.decode()


class TestOnPaper:
    @pytest.mark.parametrize("country", ["GB", "US"])
    @pytest.mark.parametrize("words", [WORDS, FULL], ids=["few", "full"])
    def test_it_is_one_page_with_every_word_and_the_numbers(self, mrs_lee, anna, as_anna, tmp_path, country, words):
        Practice.objects.update(country=country)
        write(mrs_lee, anna, words)
        answer = as_anna.post(address("print_plan", mrs_lee))
        got = as_anna.get(answer.url)
        text, pages = read(got.content, tmp_path)
        assert pages == 1
        together = " ".join(text.split())
        for heading in (plan_page.headings()[part] for part in words):
            assert heading in together
        for said in words.values():
            assert " ".join(said.split()) in together
        assert {"GB": "116 123", "US": "988"}[country] in text and "020 7946 0142" in text
        assert "suicid" not in text.lower()
        assert PlanGiven.objects.get().paper == Paper.objects.get(kind="safety_plan")

    def test_few_words_are_set_large(self, mrs_lee, anna, as_anna, tmp_path):
        write(mrs_lee, anna)
        got = as_anna.get(as_anna.post(address("print_plan", mrs_lee)).url)
        read(got.content, tmp_path)
        boxes = subprocess.run(
            ["pdftotext", "-bbox", tmp_path / "paper.pdf", "-"], capture_output=True, text=True, check=True
        ).stdout
        top, bottom = (float(edge) for edge in re.search(r'yMin="([\d.]+)"[^>]*yMax="([\d.]+)">dog', boxes).groups())
        assert bottom - top >= 14

    def test_pressed_twice_it_is_printed_once(self, mrs_lee, anna, as_anna):
        write(mrs_lee, anna)
        assert as_anna.post(address("print_plan", mrs_lee)).url == as_anna.post(address("print_plan", mrs_lee)).url
        assert PlanGiven.objects.count() == 1

    def test_the_paper_is_for_those_who_read_the_chart(
        self, mrs_lee, anna, as_anna, as_sam, as_olga, as_ben, as_mrs_lee
    ):
        write(mrs_lee, anna)
        where = as_anna.post(address("print_plan", mrs_lee)).url
        assert as_sam.get(where).status_code == 200
        for browser in (as_olga, as_ben, as_mrs_lee):
            assert browser.get(where).status_code == 404
        paper = Paper.objects.get(kind="safety_plan")
        assert as_anna.get(reverse("sessions:paper", args=[paper.pk])).status_code == 404


class TestOnThePhone:
    def test_the_letter_says_nothing_about_what_it_is(self, mrs_lee, anna):
        letter, said, _token = sent(write(mrs_lee, anna), anna)
        assert letter.to == "mary.lee@example.org"
        for body in (said.subject, said.text, said.html):
            for word in (SECRET, "safety", "harder", "plan", "crisis", "suicid"):
                assert word not in body.lower(), word

    def test_where_we_may_not_be_named_nobody_is(self, mrs_lee, anna):
        contacts.put(mrs_lee, Way("email", "mary.lee@example.org", may_say="name_only"), by=anna)
        _letter, said, _token = sent(write(mrs_lee, anna), anna)
        for body in (said.subject, said.text, said.html, said.sender):
            assert "Larch" not in body and "Samaritans" not in body

    def test_without_a_safe_address_it_is_not_sent(self, mrs_lee, anna, as_anna):
        mrs_lee.contact_points.update(is_safe=False)
        write(mrs_lee, anna)
        page = as_anna.get(address("plan", mrs_lee)).content.decode()
        assert "no e-mail address that is safe" in page and "Send it by e-mail" not in page
        answer = as_anna.post(address("send_plan", mrs_lee), follow=True)
        assert "no e-mail address that is safe" in answer.content.decode()
        assert not Letter.objects.exists() and not PlanGiven.objects.exists()

    def test_the_link_opens_a_page_with_numbers_to_ring(self, mrs_lee, anna, client):
        _letter, _said, token = sent(write(mrs_lee, anna), anna)
        answer = client.get(reverse("plan_on_phone", args=[token]))
        page = answer.content.decode()
        for words in (SECRET, "The dog.", 'href="tel:07700900123"', 'href="tel:116123"'):
            assert words in page
        assert answer["X-Robots-Tag"] == "noindex" and answer["Cache-Control"].startswith("max-age=0")
        assert AuditEntry.objects.filter(body__contains="safety.plan_read").count() == 1
        assert client.get(reverse("plan_on_phone", args=[token])).status_code == 200, "looking ends nothing"
        got = client.get(reverse("plan_copy", args=[token]))
        assert got["Content-Type"] == "application/pdf" and got.content.startswith(b"%PDF")

    def test_a_newer_version_ends_the_link_and_calls_the_letter_back(self, mrs_lee, anna, client):
        letter, _said, token = sent(write(mrs_lee, anna), anna)
        write(mrs_lee, anna, {"staying": "Spring."})
        letter.refresh_from_db()
        assert letter.state == Letter.State.CANCELLED and not post.kinds[letter.kind].still_wanted(letter)
        for name in ("plan_on_phone", "plan_copy"):
            answer = client.get(reverse(name, args=[token]))
            assert answer.status_code == 410 and SECRET not in answer.content.decode()

    def test_so_does_leaving(self, mrs_lee, anna, client):
        _letter, _said, token = sent(write(mrs_lee, anna), anna)
        enquiry.close(mrs_lee, reason="Moved away.", by=anna)
        assert client.get(reverse("plan_on_phone", args=[token])).status_code == 410
        assert not Link.objects.filter(purpose=safety.PURPOSE, ended_at=None).exists()

    def test_an_address_that_became_unsafe_gets_nothing(self, mrs_lee, anna):
        letter = plan_giving.to_telephone(write(mrs_lee, anna), by=anna)
        assert post.kinds[letter.kind].still_wanted(letter)
        mrs_lee.contact_points.update(is_safe=False)
        assert not post.kinds[letter.kind].still_wanted(letter)

    def test_pressed_twice_it_is_one_letter(self, mrs_lee, anna, as_anna):
        write(mrs_lee, anna)
        for _ in range(2):
            as_anna.post(address("send_plan", mrs_lee))
        assert Letter.objects.count() == PlanGiven.objects.count() == 1


class TestTheirOwn:
    def test_it_is_theirs_once_it_was_given(self, mrs_lee, anna, as_mrs_lee):
        made = write(mrs_lee, anna)
        own, home = reverse("clients:own_plan"), reverse("sessions:mine")
        assert as_mrs_lee.get(own).status_code == 404
        assert own not in as_mrs_lee.get(home).content.decode()
        plan_giving.on_paper(made, by=anna)
        assert SECRET in as_mrs_lee.get(own).content.decode()
        page = as_mrs_lee.get(home).content.decode()
        assert own in page and SECRET not in page

    def test_nobody_elses(self, mrs_lee, anna, as_anna, as_olga):
        plan_giving.on_paper(write(mrs_lee, anna), by=anna)
        other = factories.client("Ada One", anna, user=factories.user("Ada One", "client"))
        from django.test import Client as Browser

        ada = Browser()
        ada.force_login(other.user)
        for browser in (ada, as_anna, as_olga):
            assert browser.get(reverse("clients:own_plan")).status_code == 404

    def test_who_left_has_it_no_more(self, mrs_lee, anna, as_mrs_lee):
        plan_giving.on_paper(write(mrs_lee, anna), by=anna)
        enquiry.close(mrs_lee, reason="Moved away.", by=anna)
        assert as_mrs_lee.get(reverse("clients:own_plan")).status_code == 404


class TestWhoMay:
    def test_neither_desk_nor_owner_nor_stranger_nor_client(
        self, mrs_lee, anna, as_olga, as_rosa, as_ben, as_mrs_lee, as_mallory
    ):
        write(mrs_lee, anna)
        for place in (address("plan", mrs_lee), address("plan_version", mrs_lee, 1), address("write_plan", mrs_lee)):
            for browser in (as_olga, as_rosa, as_ben, as_mrs_lee):
                answer = browser.get(place)
                assert answer.status_code == 404 and SECRET not in answer.content.decode()
            assert as_mallory.get(place)["Location"].startswith(reverse("account_login"))

    def test_a_supervisor_reads_and_does_not_write(self, mrs_lee, anna, as_sam):
        write(mrs_lee, anna)
        page = as_sam.get(address("plan", mrs_lee)).content.decode()
        assert SECRET in page and "Change it together" not in page and "Print the page" not in page
        assert as_sam.get(address("write_plan", mrs_lee)).status_code == 404
        for name in ("print_plan", "send_plan"):
            assert as_sam.post(address(name, mrs_lee)).status_code == 404

    def test_the_desk_sees_neither_plan_nor_review(self, mrs_lee, anna, as_olga):
        write(mrs_lee, anna, days=-1)
        assess(mrs_lee, anna, "open")
        page = as_olga.get(address("show", mrs_lee)).content.decode()
        for words in (SECRET, "plan", "Harder", "afety"):
            assert words not in page.split('id="main"')[1].split("</main>")[0], words

    def test_pages_cost_the_same_with_one_and_with_three(self, mrs_lee, anna, as_anna, as_mrs_lee):
        def cost(browser, place):
            with CaptureQueriesContext(connection) as caught:
                assert browser.get(place).status_code == 200
            return len(caught)

        plan_giving.on_paper(write(mrs_lee, anna), by=anna)
        mine = [address("plan", mrs_lee), address("plan_version", mrs_lee, 1), address("write_plan", mrs_lee)]
        hers = [reverse("clients:own_plan"), reverse("sessions:mine")]
        one = [cost(as_anna, place) for place in mine] + [cost(as_mrs_lee, place) for place in hers]
        for words in ("Spring.", "Summer."):
            plan_giving.on_paper(write(mrs_lee, anna, {"staying": words}), by=anna)
        assert [cost(as_anna, place) for place in mine] + [cost(as_mrs_lee, place) for place in hers] == one


@pytest.mark.parametrize(
    ("outcome", "tone"), [("open", "stop"), ("evaluation", "look"), ("with_plan", "look"), ("contact", "ok")]
)
def test_how_an_assessment_ended_is_red_only_while_it_needs_somebody_now(mrs_lee, anna, as_anna, outcome, tone):
    made = safety.assess(mrs_lee, CALM, outcome=outcome, manner="room", by=anna)
    said = re.escape(made.get_outcome_display())
    page = as_anna.get(address("assessment", mrs_lee, made.pk)).content.decode()
    assert re.search(rf'<span class="chip (\w+)">(?:(?!<span class="chip).)*{said}', page, re.S)[1] == tone
    assess(mrs_lee, anna)
    if outcome == "open":
        earlier = as_anna.get(address("assessment", mrs_lee, made.pk)).content.decode()
        assert 'class="chip plain"' in earlier and 'class="chip stop"' not in earlier
