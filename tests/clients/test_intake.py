"""The client's side: pages saved as she goes, handed in once, and never a score, a rule or a gate."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from clients.domain import intake
from clients.domain.considerations import rule_set
from clients.domain.facts import Level
from clients.domain.instruments import LEFT_OUT
from clients.models import CareTeamMember, Screening
from practice.domain import post
from practice.models import AuditEntry, CoverPerson, Letter, Link

pytestmark = pytest.mark.django_db
STEPS = intake.steps()


@pytest.fixture
def asked(mrs_lee, anna, ben):
    CoverPerson.objects.create(user=ben, position=1)
    return intake.send(mrs_lee, by=anna, reader=anna)


@pytest.fixture
def token(asked, anna):
    return intake.link_for(asked, by=anna)


@pytest.fixture
def phone(practice):
    """Her own browser: nobody is logged in."""
    return Browser()


def url(token, number=0):
    return reverse("intake_part", args=[token, number]) if number else reverse("intake", args=[token])


def calm(step):
    """No to everything on a page, or left out where there is no no."""
    return {
        item.key: "no" if "no" in item.scale.values else "none" if "none" in item.scale.values else LEFT_OUT
        for item in step.part.items
        if item.needed
    }


def walk_through(phone, token, **answers):
    for step in STEPS:
        data = calm(step) | {key: value for key, value in answers.items() if key.split(".")[0] in calm(step)}
        answer = phone.post(url(token, step.number), data | {"way": "on"})
        assert answer.status_code == 302, answer.content.decode()
    return answer


def without_csrf(answer):
    return re.sub(r'name="csrf[^>]*>', "", answer.content.decode())


def test_a_calm_intake_from_the_first_page_to_thank_you(phone, token, asked):
    first = phone.get(url(token))
    assert first.status_code == 200
    assert "Hello Mrs Lee" in first.content.decode()
    assert walk_through(phone, token).url == url(token)
    asked.refresh_from_db()
    assert asked.status == Screening.Status.SUBMITTED
    assert asked.answers["everyday_health"]["chest_pain"] == "no"
    thanks = phone.get(url(token)).content.decode()
    assert "Thank you, Mrs Lee" in thanks and "Anna reads them by" in thanks


def test_every_page_says_who_reads_it_shows_help_and_names_no_rule(phone, token, practice):
    ids = {rule.id for rule in rule_set().rules}
    labels = {str(level.label) for level in Level} - {"Good to know"}
    for number in range(len(STEPS) + 1):
        text = phone.get(url(token, number)).content.decode()
        assert "Anna Reiter" in text
        assert "116 123" in text and "999" in text
        assert not ids & set(text.replace("<", " ").replace(">", " ").split())
        assert not any(label in text for label in labels)


def test_the_question_about_self_harm_stands_beside_its_promise(phone, token):
    text = phone.get(url(token, len(STEPS))).content.decode()
    assert "In the last three months, have you hurt yourself on purpose?" in text
    assert "Your answer does not cancel the walk. Anna will talk with you about it." in text


def test_looking_consumes_nothing(phone, token, asked):
    for _ in range(3):
        assert phone.get(url(token)).status_code == 200
        assert phone.get(url(token, 1)).status_code == 200
    asked.refresh_from_db()
    assert asked.status == Screening.Status.ASKED
    assert Link.objects.get(subject=asked.pk).used_at is None


def test_what_is_still_open_is_asked_once_more_and_the_rest_is_kept(phone, token, asked):
    answer = phone.post(url(token, 2), {"chest_pain": "yes", "chest_pain.new": "no", "way": "on"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count("Please choose an answer, or leave this one out.") >= 4
    asked.refresh_from_db()
    assert asked.answers["everyday_health"] == {"chest_pain": "yes", "chest_pain.new": "no"}
    assert 'value="yes" id="id_chest_pain_1" checked' in " ".join(text.split()) or "checked" in text


def test_stop_keeps_the_page_and_the_link_leads_back_to_it(phone, token, asked):
    phone.post(url(token, 1), calm(STEPS[0]) | {"way": "on"})
    answer = phone.post(url(token, 2), {"collapse": "no", "way": "stop"})
    assert "Kept. Come back when it suits you." in phone.get(answer.url).content.decode()
    again = Browser().get(url(token)).content.decode()
    assert "Go on with part 2" in again and f'href="{url(token, 2)}#id_chest_pain"' in again
    asked.refresh_from_db()
    assert asked.answers["everyday_health"]["collapse"] == "no"
    assert asked.status == Screening.Status.STARTED


def test_back_keeps_the_page_too(phone, token, asked):
    answer = phone.post(url(token, 3), {"racing": "yes", "way": "back"})
    assert answer.url == url(token, 2)
    asked.refresh_from_db()
    assert asked.answers["everyday_health"]["racing"] == "yes"


def test_leaving_out_is_an_answer_of_its_own(phone, token, asked):
    data = {item.key: LEFT_OUT for item in STEPS[1].part.items}
    assert phone.post(url(token, 2), data | {"way": "on"}).status_code == 302
    asked.refresh_from_db()
    assert asked.answers["everyday_health"]["collapse"] == LEFT_OUT


def test_answered_twice_nothing_is_overwritten_and_nobody_is_blamed(phone, token, asked):
    walk_through(phone, token)
    answer = phone.post(url(token, 2), calm(STEPS[1]) | {"chest_pain": "yes", "way": "on"})
    assert answer.url == f"{url(token)}?already"
    assert "Handed in already" in phone.get(answer.url).content.decode()
    assert "This form is closed now" in phone.get(url(token)).content.decode()
    asked.refresh_from_db()
    assert asked.answers["everyday_health"]["chest_pain"] == "no"


def test_handed_in_in_another_tab_meanwhile(phone, asked):
    intake.hand_in(asked)
    with pytest.raises(intake.AlreadyAnswered):
        intake.save(asked, STEPS[0], {"active": "yes"})
    with pytest.raises(intake.AlreadyAnswered):
        intake.hand_in(asked)


def test_an_expired_a_forged_and_a_withdrawn_link_answer_alike(phone, token, asked, mrs_lee):
    forged = phone.get(url("x" * 43))
    Link.objects.update(expires_at=timezone.now() - timedelta(days=1))
    expired = phone.get(url(token))
    assert (forged.status_code, expired.status_code) == (410, 410)
    assert without_csrf(forged) == without_csrf(expired)
    assert "Mary" not in expired.content.decode()
    assert phone.post(url(token, 1), {"way": "on"}).status_code == 410


@pytest.mark.parametrize(
    "data",
    [
        {"active": "perhaps"},
        {"active": ["yes", "no"]},
        {"wishes": "flying"},
        {"shoe_size": "42", "active": "yes"},
        {"active": "a" * 60_000},
    ],
)
def test_strange_answers_are_met_with_words(phone, token, asked, data):
    answer = phone.post(url(token, 1), data | {"way": "on"})
    assert answer.status_code in (302, 422)
    asked.refresh_from_db()
    assert asked.answers.get("everyday_health", {}).get("active") in (None, "yes", "no")


def test_sixty_kilobytes_of_words(phone, token, asked):
    answer = phone.post(url(token, len(STEPS)), {"hurt": "no", "line": "a" * 60_000, "way": "on"})
    assert answer.status_code == 422
    asked.refresh_from_db()
    assert asked.answers["harder_days"] == {"hurt": "no"}


def test_a_page_that_does_not_exist(phone, token):
    assert phone.get(url(token, 99)).status_code == 404


def test_answers_lie_sealed(phone, token, asked):
    phone.post(url(token, len(STEPS)), {"hurt": "no", "line": "canary-wren", "way": "stop"})
    asked.refresh_from_db()
    assert b"canary-wren" not in bytes(asked.answers_sealed)
    assert asked.answers["harder_days"]["line"] == "canary-wren"


def test_saving_a_page_costs_few_queries(phone, token, asked, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        phone.post(url(token, 2), calm(STEPS[1]) | {"way": "on"})


def test_the_reader_hears_of_it_without_a_word_of_it(phone, token, asked, anna):
    walk_through(phone, token)
    letter = Letter.objects.get(kind="answers_came_in")
    assert letter.to == anna.email
    words = post.kinds["answers_came_in"].render(letter)
    for body in (words.subject, words.text, words.html):
        assert "Lee" not in body and "Mary" not in body


def test_a_worrying_answer_goes_to_the_cover_list_as_well(phone, token, asked, ben):
    walk_through(phone, token, hurt="yes")
    letter = Letter.objects.get(kind="please_make_sure")
    assert letter.to == ben.email
    words = post.kinds["please_make_sure"].render(letter)
    for body in (words.subject, words.text, words.html):
        assert "Anna" in body and "Lee" not in body and "hurt" not in body


def test_once_read_the_letter_is_no_longer_wanted(phone, token, asked, anna):
    walk_through(phone, token)
    letter = Letter.objects.get(kind="answers_came_in")
    assert post.kinds[letter.kind].still_wanted(letter)
    asked.refresh_from_db()
    intake.see(asked, by=anna)
    assert not post.kinds[letter.kind].still_wanted(letter)


def test_the_invitation_leads_to_the_intake_and_names_the_practice(asked, phone):
    letter = Letter.objects.get(kind="intake_invitation")
    assert letter.to == "mary.lee@example.org"
    words = post.kinds["intake_invitation"].render(letter)
    assert words.subject == "A few questions before we meet"
    assert "Larch Street" in words.text and "116\u00a0123" in words.text
    path = next(line for line in words.text.splitlines() if "/i/" in line)
    assert phone.get(path[path.index("/i/") :].strip()).status_code == 200


def test_where_we_may_not_be_named_the_invitation_names_nobody(asked, mrs_lee):
    mrs_lee.contact_points.update(may_say="name_only", sender="Willow")
    words = post.kinds["intake_invitation"].render(Letter.objects.get(kind="intake_invitation"))
    assert words.sender == "Willow"
    for body in (words.subject, words.text, words.html):
        for secret in ("Larch", "Reiter", "therap", "meet", "Samaritans"):
            assert secret.lower() not in body.lower(), secret


def test_an_address_that_became_unsafe_gets_no_letter(asked, mrs_lee):
    letter = Letter.objects.get(kind="intake_invitation")
    assert post.kinds[letter.kind].still_wanted(letter)
    mrs_lee.contact_points.update(is_safe=False)
    assert not post.kinds[letter.kind].still_wanted(letter)


def test_once_nobody_covers_the_letter_no_longer_leaves(asked, ben):
    letter = Letter.objects.get(kind="intake_invitation")
    assert post.kinds[letter.kind].still_wanted(letter)
    ben.is_active = False
    ben.save(update_fields=["is_active"])
    assert not post.kinds[letter.kind].still_wanted(letter), "who left covers no more"
    CoverPerson.objects.all().delete()
    assert not post.kinds[letter.kind].still_wanted(letter)
    assert post.dispatch() == 0


ALONE = "the only one who covers"


@pytest.mark.parametrize("page", ["send_intake", "questionnaires", "measure_plan"])
def test_whoever_covers_alone_is_told_so_where_it_is_sent(mrs_lee, anna, ben, as_anna, as_ben, page):
    where = reverse(f"clients:{page}", args=[mrs_lee.pk])
    assert ALONE not in as_anna.get(where).content.decode()
    CoverPerson.objects.create(user=anna, position=1)
    assert "You are the only one who covers: a worrying answer" in as_anna.get(where).content.decode()
    CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False)
    assert "Anna is the only one who covers" in as_ben.get(where).content.decode()
    CoverPerson.objects.create(user=ben, position=2)
    assert ALONE not in as_anna.get(where).content.decode()


def test_a_promise_that_passed_is_made_anew_and_kept_when_handed_in(asked, token, phone, anna):
    passed, soon = timezone.now() - timedelta(days=3), intake.read_by_when(timezone.now())
    Screening.objects.update(read_until=passed)
    shown, before = date_format(timezone.localtime(soon), "j F"), date_format(timezone.localtime(passed), "j F")
    for where in (url(token), url(token, 1)):
        page = phone.get(where).content.decode()
        assert shown in page and before not in page
    assert Screening.objects.get().read_until == passed, "looking writes nothing"
    walk_through(phone, token)
    assert Screening.objects.get().read_until == soon
    assert shown in phone.get(url(token)).content.decode()


def test_a_promise_still_to_come_stays_as_it_was_made(asked, token, phone):
    promised = asked.read_until
    walk_through(phone, token)
    assert Screening.objects.get().read_until == promised


def test_what_was_read_promises_no_reading(asked, token, phone, anna):
    walk_through(phone, token)
    made = Screening.objects.get()
    intake.see(made, by=anna)
    assert intake.promised(made, now=made.read_until + timedelta(days=1)) is None
    made.seen_at = None
    assert intake.promised(made, now=made.read_until + timedelta(days=1)) > made.read_until


def test_sent_again_the_answers_so_far_are_kept(asked, mrs_lee, anna, phone, token):
    phone.post(url(token, 1), calm(STEPS[0]) | {"way": "stop"})
    Letter.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    again = intake.send(mrs_lee, by=anna, reader=anna)
    assert again.pk == asked.pk
    assert Letter.objects.filter(kind="intake_invitation").count() == 2


def test_filled_in_together_it_says_so_and_needs_no_link(mrs_lee, anna, as_anna, as_ben):
    answer = as_anna.post(reverse("clients:send_intake", args=[mrs_lee.pk]), {"how": "phone"})
    made = Screening.objects.get()
    assert answer.url == reverse("clients:together", args=[mrs_lee.pk, made.pk])
    assert made.manner == Screening.Manner.PHONE
    for step in STEPS:
        page = reverse("clients:together_part", args=[mrs_lee.pk, made.pk, step.number])
        assert "Together with Mary Lee" in as_anna.get(page).content.decode()
        assert as_ben.post(page, calm(step) | {"way": "on"}).status_code == 404
        assert as_anna.post(page, calm(step) | {"way": "on"}).status_code == 302
    made.refresh_from_db()
    assert made.status == Screening.Status.SUBMITTED
    assert not Letter.objects.exists()


def test_every_page_of_answers_leaves_a_trace(phone, token, asked):
    before = AuditEntry.objects.count()
    phone.get(url(token, 1))
    assert AuditEntry.objects.count() == before + 1
