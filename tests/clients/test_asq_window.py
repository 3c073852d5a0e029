"""The suicide questions by link: only while somebody sits at the screen, and nothing pretends to have been sent."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients import rules
from clients.domain import alerts, asq, asq_window, contacts, decision, enquiry, intake, medical_letters
from clients.models import Alert, CareTeamMember, Screening, Window
from practice.domain import post
from practice.models import AuditEntry, CoverPerson, Letter
from sessions.domain import booking, hand
from tests import factories
from tests.clients.safety import assess

pytestmark = pytest.mark.django_db
NO = {"wished_dead": "no", "better_off": "no", "thoughts": "no", "tried": "no"}
POSITIVE = NO | {"wished_dead": "yes", "now": "no"}
ACUTE = NO | {"thoughts": "yes", "now": "yes"}
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def covers(ben):
    return CoverPerson.objects.create(user=ben, position=1)


def ask(client, by, *, watcher=None, starts=timedelta(minutes=-5), lasts=HOUR):
    """A window around now."""
    opens_at = timezone.now() + starts
    return asq_window.ask(client, watcher=watcher or by, opens_at=opens_at, closes_at=opens_at + lasts, by=by)


@pytest.fixture
def window(mrs_lee, anna):
    return ask(mrs_lee, anna)


@pytest.fixture
def address(window):
    return reverse("asq_window", args=[asq_window.link_for(window)])


def lines(reader):
    now = timezone.now()
    return [f"{one.tone}: {one.link} {one.rest}" for one in hand.of(reader, now=now, today=now.date())]


# --- asked for and accepted ---


def test_whoever_watches_themselves_has_accepted_and_the_letter_leaves(mrs_lee, anna):
    made = ask(mrs_lee, anna)
    assert made.accepted_at and made.watcher == anna
    letter = Letter.objects.get()
    assert (letter.kind, letter.client, letter.not_after) == ("asq_window_invitation", mrs_lee.pk, made.closes_at)


def test_nothing_leaves_before_the_other_has_accepted(mrs_lee, anna, ben, as_ben):
    made = ask(mrs_lee, anna, watcher=ben)
    letter = Letter.objects.get()
    assert (letter.kind, letter.to, letter.client) == ("please_watch", ben.email, None)
    text = post.kinds["please_watch"].render(letter)
    assert "Lee" not in text.text and "uicid" not in text.text + text.subject
    page = as_ben.get(reverse("clients:watch", args=[made.pk])).content.decode()
    assert "A client of Anna Reiter" in page and "Mary" not in page
    as_ben.post(reverse("clients:watch", args=[made.pk]), {"way": "accept"})
    made.refresh_from_db()
    assert made.accepted_at
    assert Letter.objects.filter(kind="asq_window_invitation").count() == 1
    assert "Mary Lee" in as_ben.get(reverse("clients:watch", args=[made.pk])).content.decode()


def test_only_the_watcher_can_accept(mrs_lee, anna, ben, as_anna):
    made = ask(mrs_lee, anna, watcher=ben)
    as_anna.post(reverse("clients:watch", args=[made.pk]), {"way": "accept"})
    made.refresh_from_db()
    assert made.accepted_at is None and not Letter.objects.filter(kind="asq_window_invitation").exists()


def test_who_covers_joins_the_care_team_until_a_day_after(mrs_lee, anna, ben):
    made = asq_window.accept(ask(mrs_lee, anna, watcher=ben), by=ben)
    assert CareTeamMember.objects.current().filter(client=mrs_lee, user=ben, is_lead=False).exists()
    assert asq_window.tidy(now=made.closes_at + asq_window.STAYS - HOUR) == 0
    assert asq_window.tidy(now=made.closes_at + asq_window.STAYS) == 1
    assert not CareTeamMember.objects.current().filter(client=mrs_lee, user=ben).exists()
    assert CareTeamMember.objects.current().filter(client=mrs_lee, user=anna).exists()


def test_who_joins_to_watch_reads_and_screens_and_does_not_decide(mrs_lee, anna, ben, as_ben, as_olga):
    desk = reverse("clients:show", args=[mrs_lee.pk])
    before = as_olga.get(desk).content.decode()
    asq_window.accept(ask(mrs_lee, anna, watcher=ben), by=ben)
    assert rules.may_read_chart(ben, mrs_lee) and not rules.may_decide(ben, mrs_lee)
    for name in ("decide", "review", "baseline"):
        where = reverse(f"clients:{name}", args=[mrs_lee.pk])
        assert as_ben.get(where).status_code == as_ben.post(where, {}).status_code == 404
    for name in ("asq", "assess", "write_plan"):
        assert as_ben.get(reverse(f"clients:{name}", args=[mrs_lee.pk])).status_code == 200
    page = as_ben.get(desk).content.decode()
    assert reverse("clients:decide", args=[mrs_lee.pk]) not in page and "Ben Castle" in page
    assert "Ben Castle" not in before and "Ben Castle" not in as_olga.get(desk).content.decode()


def test_who_joins_to_watch_changes_nothing_about_the_doctor_and_closes_no_file(mrs_lee, anna, ben, as_ben, as_olga):
    CareTeamMember.objects.create(client=mrs_lee, user=ben, is_lead=False, watching=True)
    day, person = timezone.localdate(), mrs_lee.pk
    letter = medical_letters.ask(mrs_lee, name="Dr Field", address="", text="We ask.", client_agreed_on=day, by=anna)
    for name, args, said in [
        ("ask_doctor", [person], {}),
        ("parq", [person], {"result": "all_no", "form_year": day.year, "done_on": day.isoformat()}),
        ("doctor_again", [person, letter.pk], {}),
        ("put_letter_aside", [person, letter.pk], {}),
        ("doctor_letter", [person, letter.pk], {"said": "agreed", "wrote_on": day.isoformat()}),
        ("close", [person], {"reason": "Moved away."}),
    ]:
        where = reverse(f"clients:{name}", args=args)
        assert as_ben.post(where, said).status_code == 404, name
        assert (as_ben.get(where).status_code == 200) == (name == "doctor_letter"), name
    letter.refresh_from_db()
    mrs_lee.refresh_from_db()
    assert (letter.status, letter.asked_again_at, mrs_lee.status) == ("requested", None, "active")
    assert not mrs_lee.parqs.exists()
    show, close = (reverse(f"clients:{name}", args=[person]) for name in ("show", "close"))
    assert close not in as_ben.get(show).content.decode() and close in as_olga.get(show).content.decode()
    assert as_olga.post(close, {"reason": "Moved away."}).status_code == 302


def test_the_desk_books_nobody_with_who_only_watches(mrs_lee, anna, ben, olga):
    asq_window.accept(ask(mrs_lee, anna, watcher=ben), by=ben)
    with pytest.raises(booking.NotInHerCare):
        booking.book(therapist=ben, clients=[mrs_lee], mode="indoor", starts_at=timezone.now() + 48 * HOUR,
                     place=factories.place(), by=olga)  # fmt: skip


def test_whoever_takes_over_a_client_they_watched_decides_and_stays(mrs_lee, anna, ben):
    made = asq_window.accept(ask(mrs_lee, anna, watcher=ben), by=ben)
    enquiry._put_lead(mrs_lee, ben)
    assert rules.may_decide(ben, mrs_lee)
    assert asq_window.tidy(now=made.closes_at + asq_window.STAYS) == 0
    with pytest.raises(DatabaseError, match="care_team_lead_does_not_only_watch"), transaction.atomic():
        CareTeamMember.objects.current().filter(user=ben).update(watching=True)


@pytest.mark.parametrize(
    ("starts", "lasts"),
    [(-2 * HOUR, HOUR), (HOUR, timedelta()), (HOUR, -HOUR), (HOUR, timedelta(hours=2, minutes=1))],
)
def test_what_is_no_window_is_refused_in_words(mrs_lee, anna, starts, lasts):
    with pytest.raises(asq_window.CannotOpen, match="[A-Z].*\\."):
        ask(mrs_lee, anna, starts=starts, lasts=lasts)
    assert not Window.objects.exists()


def test_the_database_knows_no_longer_window_either(mrs_lee, anna):
    now = timezone.now()
    for closes_at, name in ((now - HOUR, "window_opens_before_it_closes"), (now + 3 * HOUR, "window_is_short")):
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            Window.objects.create(client=mrs_lee, asked_by=anna, watcher=anna, opens_at=now, closes_at=closes_at)


def test_an_accepted_window_is_not_moved(window):
    with pytest.raises(DatabaseError), transaction.atomic():
        Window.objects.filter(pk=window.pk).update(closes_at=window.closes_at + timedelta(minutes=5))


def test_with_nobody_on_the_cover_list_nothing_is_sent(mrs_lee, anna, covers, as_anna):
    covers.delete()
    with pytest.raises(asq_window.CannotOpen, match="Nobody is named on the cover list"):
        ask(mrs_lee, anna)
    page = as_anna.get(reverse("clients:ask_window", args=[mrs_lee.pk])).content.decode()
    assert "Nobody is named on the cover list" in page and "<button" not in page.split("<main")[1].split("</main")[0]


def test_without_a_safe_address_nothing_is_sent(mrs_lee, anna):
    mrs_lee.contact_points.all().delete()
    with pytest.raises(asq_window.CannotOpen, match="no e-mail address"):
        ask(mrs_lee, anna)


def test_a_stranger_cannot_be_made_to_watch(mrs_lee, anna, olga):
    for other in (olga, factories.user("Jo Field", "therapist")):
        with pytest.raises(asq_window.CannotOpen, match="care team or the cover list"):
            ask(mrs_lee, anna, watcher=other)


def test_pressed_twice_it_is_one_window_and_there_is_one_at_a_time(mrs_lee, anna):
    made = ask(mrs_lee, anna)
    again = asq_window.ask(mrs_lee, watcher=anna, opens_at=made.opens_at, closes_at=made.closes_at, by=anna)
    assert again == made and Letter.objects.count() == 1
    with pytest.raises(asq_window.CannotOpen, match="already"):
        ask(mrs_lee, anna, starts=timedelta(minutes=30))


def test_called_off_the_link_ends_and_the_letter_is_called_back(window, address, client, as_anna):
    as_anna.post(reverse("clients:watch", args=[window.pk]), {"way": "call_off"})
    assert client.get(address).status_code == 410
    assert Letter.objects.get().state == Letter.State.CANCELLED


def test_the_letter_names_when_it_opens_and_the_numbers_and_not_what_is_asked(window, practice):
    for country, number in (("GB", "116 123"), ("IE", "116 123"), ("US", "988")):
        practice.country = country
        practice.save(update_fields=["country"])
        words = post.kinds["asq_window_invitation"].render(Letter.objects.get())
        for text in (words.text, words.html):
            assert number in text.replace("\xa0", " ") and "Anna" in text and "uicid" not in text


def test_a_discreet_address_learns_nothing(mrs_lee, anna, window):
    mrs_lee.contact_points.update(may_say="name_only")
    words = post.kinds["asq_window_invitation"].render(Letter.objects.get())
    assert words.subject == "A message for you"
    assert not [
        word
        for word in ("Larch", "116", "question", "uicid")
        if word in re.sub(r"https?://\S+", "", words.text + words.html)
    ]


def test_a_letter_too_late_is_not_wanted(window, mrs_lee, anna):
    letter = Letter.objects.get()
    wanted = post.kinds[letter.kind].still_wanted
    assert wanted(letter)
    mrs_lee.contact_points.update(is_safe=False)
    assert not wanted(letter)
    mrs_lee.contact_points.update(is_safe=True)
    asq_window.hand_in(window, NO)
    assert not wanted(letter)


# --- the client's page ---


def test_inside_the_page_says_who_is_there(window, address, client):
    page = client.get(address)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Anna Reiter is here now" in text and "Write it in your own notes" not in text
    for item in asq.shipped()["asq"].items:
        assert item.text["en"] in text.replace("&#x27;", "'")
    window.refresh_from_db()
    assert window.opened_at
    assert AuditEntry.objects.filter(body__contains="asq_window.opened").count() == 1


def test_before_it_opens_the_page_says_when_and_takes_nothing(mrs_lee, anna, client):
    made = ask(mrs_lee, anna, starts=HOUR)
    where = reverse("asq_window", args=[asq_window.link_for(made)])
    page = client.get(where)
    assert page.status_code == 200 and "This opens" in page.content.decode()
    answer = client.post(where, ACUTE)
    assert answer.status_code == 409 and "was not sent" in answer.content.decode()
    assert "not at the screen yet" in answer.content.decode()
    assert not Screening.objects.exists() and not Alert.objects.exists()


def over(mrs_lee, anna):
    """A window that closed five minutes ago: accepted while it lay ahead."""
    now = timezone.now()
    opens_at = now - HOUR - timedelta(minutes=5)
    return asq_window.ask(
        mrs_lee, watcher=anna, opens_at=opens_at, closes_at=opens_at + HOUR, by=anna, now=opens_at - HOUR
    )


def test_after_it_closed_what_was_typed_is_answered_with_words_and_numbers(mrs_lee, anna, client):
    made = over(mrs_lee, anna)
    where = reverse("asq_window", args=[asq_window.link_for(made)])
    assert "time for this is over" in client.get(where).content.decode()
    for typed in (ACUTE, {}, {"wished_dead": "x" * 60_000}):
        answer = client.post(where, typed)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "was not sent" in text and "Thank you" not in text
        assert "116 123" in text.split('<section class="crisis-now"')[1]
    assert not Screening.objects.exists() and Letter.objects.filter(kind="answers_came_in").count() == 0


def test_it_closes_between_the_look_and_the_press(mrs_lee, window):
    with pytest.raises(asq_window.NotNow):
        asq_window.hand_in(window, ACUTE, now=window.closes_at)
    with pytest.raises(asq_window.NotNow):
        asq_window.hand_in(window, ACUTE, now=window.opens_at - timedelta(seconds=1))


def test_an_open_question_is_asked_for_and_the_rest_kept(window, address, client):
    page = client.post(address, {key: value for key, value in NO.items() if key != "tried"})
    assert page.status_code == 422 and 'value="no"' in page.content.decode() and "checked" in page.content.decode()
    page = client.post(address, NO | {"tried": "refused"})
    assert page.status_code == 422 and "Please answer this one too." in page.content.decode()
    assert not Screening.objects.exists()


@pytest.mark.parametrize("bad", ["maybe", "x" * 60_000, "\x00"])
def test_bad_input_is_said_in_words(window, address, client, bad):
    assert client.post(address, NO | {"tried": bad}).status_code == 422
    assert not Screening.objects.exists()


def test_a_guessed_link_and_a_closed_file_open_nothing(window, address, client, mrs_lee, anna):
    assert client.get(reverse("asq_window", args=["x" * 43])).status_code == 410
    enquiry.close(mrs_lee, reason="moved", by=anna)
    answer = client.post(address, ACUTE)
    assert answer.status_code in (409, 410) and not Screening.objects.exists()


# --- handed in ---


def test_an_acute_answer_calls_the_watcher_and_the_cover_at_once(window, address, client, mrs_lee, anna, ben):
    decision.decide(
        mrs_lee, modes=["indoor", "walk"], limits=[], reasoning="We considered it.",
        look_again_on=timezone.localdate() + timedelta(days=90), by=anna,
    )  # fmt: skip
    page = client.post(address, ACUTE, follow=True).content.decode()
    assert "Please stay where you are" in page and "Anna is reading this now and rings you" in page
    assert "116 123" in page.split('<section class="crisis-now"')[1]
    made = Screening.objects.get()
    assert (made.kind, made.manner, made.status, made.read_by) == ("asq", "link", "submitted", anna)
    assert asq.outcome(made) == "acute_positive" and asq.acute_unsettled([made])
    assert not decision.permits(mrs_lee, "walk", timezone.localdate()).open, "intent now pauses outdoors"
    alert = Alert.objects.get()
    assert alert.screening == made and alert.told == [ben.pk]
    told = Letter.objects.filter(about=made.pk)
    assert {letter.kind: letter.to for letter in told} == {"answers_came_in": anna.email, "please_make_sure": ben.email}
    for letter in told:
        words = post.kinds[letter.kind].render(letter)
        text = words.subject + re.sub(r"https?://\S+", "", words.text)
        assert not [word for word in ("Lee", "uicid", "cute", "isk") if word in text]


@pytest.mark.parametrize(("answers", "told"), [(ACUTE, 1), (POSITIVE, 1), (NO, 0)])
def test_while_a_colleague_watches_the_therapist_is_asked_to_ring_them(mrs_lee, anna, ben, answers, told):
    window = asq_window.accept(ask(mrs_lee, anna, watcher=ben), by=ben)
    made = asq_window.hand_in(window, answers)
    asq_window.hand_in(window, answers)
    letters = list(Letter.objects.filter(kind="please_ring"))
    assert [(letter.to, letter.about) for letter in letters] == [(anna.email, made.pk)] * told
    assert Letter.objects.get(kind="answers_came_in").to == ben.email
    alerts.see(made, by=ben)
    for letter in letters:
        words = post.kinds[letter.kind].render(letter)
        assert post.kinds[letter.kind].still_wanted(letter) and words.subject == "Please ring Ben now"
        assert "Ben Castle is at the screen for somebody who needs care now" in words.text
        assert "cover list" not in words.text + words.html and "Lee" not in words.text + words.html


def test_nobody_opens_it_and_the_next_is_written_to_after_five_minutes(window):
    jo = factories.user("Jo Field", "therapist")
    CoverPerson.objects.create(user=jo, position=2)
    asq_window.hand_in(window, POSITIVE)
    now = Alert.objects.get().told_at
    assert alerts.escalate(now=now + timedelta(minutes=4, seconds=59)) == 0
    assert alerts.escalate(now=now + timedelta(minutes=5)) == 1


def test_four_times_no_tells_the_watcher_and_raises_nothing(window, address, client, anna):
    page = client.post(address, NO, follow=True).content.decode()
    assert "Thank you" in page and "stay where you are" not in page
    assert Letter.objects.get(kind="answers_came_in").to == anna.email
    assert not Alert.objects.exists()


def test_pressed_twice_it_is_one_asking(window, address, client):
    for _ in range(2):
        client.post(address, POSITIVE)
    assert Screening.objects.count() == Alert.objects.count() == 1
    assert "stay where you are" in client.get(address).content.decode()
    client.post(address, NO)
    assert Screening.objects.get().answers["asq"]["wished_dead"] == "yes"


def test_the_page_says_when_it_was_opened(window, address, client, anna):
    made = asq_window.hand_in(window, ACUTE)
    assert "It was opened at" not in client.get(address).content.decode()
    intake.see(made, by=anna)
    assert "It was opened at" in client.get(address).content.decode()


def test_the_watchers_page_shows_it_at_once(window, as_anna):
    where = reverse("clients:watch", args=[window.pk])
    assert "Nothing has been handed in yet" in as_anna.get(where).content.decode()
    made = asq_window.hand_in(window, NO)
    page = as_anna.get(where).content.decode()
    assert "Open it now" in page and reverse("clients:answers", args=[window.client_id, made.pk]) in page


def test_the_safety_assessment_that_answers_it_is_what_was_done(window, mrs_lee, anna):
    asq_window.hand_in(window, ACUTE)
    assess(mrs_lee, anna)
    alert = Alert.objects.get()
    assert (alert.acted_by, alert.acted) == (anna, "A safety assessment was written down.")
    assert not any("should not wait" in line for line in lines(anna))


def test_the_chart_knows_it_as_the_suicide_questions(window, mrs_lee, as_anna):
    asq_window.hand_in(window, POSITIVE)
    page = as_anna.get(reverse("clients:show", args=[mrs_lee.pk])).content.decode()
    assert "Suicide questions, answered by link" in page and "What keeps them safe is still open" in page


# --- nothing handed in ---


def test_a_window_that_passed_asks_for_a_ring_and_is_no_refusal(mrs_lee, anna, ben, olga, as_anna):
    made = over(mrs_lee, anna)
    said = "look: Mary Lee did not hand in the questions while they were watched; please ring."
    assert said in lines(anna)
    assert not any("watched" in line for line in lines(ben) + lines(olga))
    assert not Screening.objects.exists()
    page = as_anna.get(reverse("clients:watch", args=[made.pk])).content.decode()
    assert "no answer, and no refusal" in page
    as_anna.post(reverse("clients:watch", args=[made.pk]), {"way": "rang"})
    assert said not in lines(anna)


def test_who_only_watched_is_not_told_of_it_for_ever(mrs_lee, anna, ben):
    now = timezone.now()
    opens_at = now - timedelta(days=2)
    made = asq_window.ask(
        mrs_lee, watcher=ben, opens_at=opens_at, closes_at=opens_at + HOUR, by=anna, now=opens_at - HOUR
    )
    asq_window.accept(made, by=ben, now=opens_at - HOUR)
    assert any("Mary Lee did not hand in" in line for line in lines(ben))
    asq_window.tidy(now=now)
    assert not any("Mary" in line for line in lines(ben)) and any("Mary Lee did not" in line for line in lines(anna))


def test_today_asks_the_watcher_and_keeps_them_at_the_screen(mrs_lee, anna, ben):
    made = ask(mrs_lee, anna, watcher=ben)
    assert any("Anna Reiter asks you to be at your screen" in line for line in lines(ben))
    assert not any("Mary" in line for line in lines(ben))
    asq_window.accept(made, by=ben)
    assert any(line.startswith("stop: The page of Mary Lee is what you are watching") for line in lines(ben))


# --- the watcher is gone ---


def leaves(person):
    person.is_active = False
    person.save(update_fields=["is_active"])


def steps_down(person):
    CoverPerson.objects.filter(user=person).delete()
    CareTeamMember.objects.filter(user=person).update(until=timezone.now())


@pytest.mark.parametrize("goes", [leaves, steps_down])
def test_nothing_is_taken_once_the_watcher_is_gone(mrs_lee, anna, ben, client, as_anna, goes):
    made = asq_window.accept(ask(mrs_lee, anna, watcher=ben), by=ben)
    address = reverse("asq_window", args=[asq_window.link_for(made)])
    letter = Letter.objects.get(kind="asq_window_invitation")
    assert client.get(address).context["form"] and post.kinds[letter.kind].still_wanted(letter)
    goes(ben)
    assert "No answers are taken now" in client.get(address).content.decode()
    answer = client.post(address, ACUTE)
    assert answer.status_code == 409 and "was not sent" in answer.content.decode()
    assert "116 123" in answer.content.decode().split('<section class="crisis-now"')[1]
    with pytest.raises(asq_window.NotNow):
        asq_window.hand_in(made, ACUTE)
    assert not Screening.objects.exists() and not post.kinds[letter.kind].still_wanted(letter)
    said = "stop: Mary Lee has a link to the questions that nobody watches: Ben Castle no longer can."
    assert any(line.startswith(said) for line in lines(anna))
    page = as_anna.get(reverse("clients:watch", args=[made.pk])).content.decode()
    assert "Ben Castle can no longer watch" in page and "Call it off" in page


def test_who_no_longer_covers_cannot_accept(mrs_lee, anna, ben, covers):
    made = ask(mrs_lee, anna, watcher=ben)
    covers.delete()
    with pytest.raises(asq_window.CannotOpen):
        asq_window.accept(made, by=ben)
    assert not CareTeamMember.objects.filter(user=ben).exists()


# --- who may ---


def test_strangers_the_desk_and_nobody(window, mrs_lee, as_ben, as_olga, as_rosa, as_mallory, as_mrs_lee):
    for where in (reverse("clients:watch", args=[window.pk]), reverse("clients:ask_window", args=[mrs_lee.pk])):
        for one in (as_ben, as_olga, as_rosa, as_mrs_lee):
            assert one.get(where).status_code == one.post(where, {"way": "call_off"}).status_code == 404
        assert as_mallory.get(where).status_code == 302
    window.refresh_from_db()
    assert window.ended_at is None


def test_asking_by_the_form(mrs_lee, anna, as_anna):
    where = reverse("clients:ask_window", args=[mrs_lee.pk])
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    said = {"day": day, "opens": "14:00", "closes": "15:00", "watcher": str(anna.pk)}
    page = as_anna.post(where, said)
    assert page.status_code == 422 and "nothing is sent that nobody watches" in page.content.decode()
    assert day in page.content.decode()
    assert as_anna.post(where, said | {"there": "on"}).status_code == 302
    assert Window.objects.get().opens_at.astimezone(UTC).hour == 14
    for change in ({"closes": "16:01"}, {"closes": "13:00"}, {"watcher": ""}, {"day": "2020-01-01"}, {"opens": "now"}):
        assert as_anna.post(where, said | {"there": "on"} | change).status_code == 422
    assert Window.objects.count() == 1


def test_the_watch_page_and_the_link_cost_the_same_whatever_is_there(window, address, mrs_lee, anna, as_anna, client):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            as_anna.get(reverse("clients:watch", args=[window.pk]))
            client.get(address)
        return len(seen)

    cost()
    one = cost()
    for name in ("Ines Marlow", "Ruth Abara"):
        ask(factories.client(name, anna), anna)
    contacts.put(mrs_lee, contacts.Way("phone", "07700 900123"), by=anna)
    assert cost() == one


def test_summer_time_is_the_practices_own(practice, mrs_lee, anna, as_anna):
    practice.time_zone = "America/New_York"
    practice.save(update_fields=["time_zone"])
    year = timezone.localdate().year + 1
    said = {"day": f"{year}-07-01", "opens": "14:00", "closes": "15:00", "watcher": str(anna.pk), "there": "on"}
    as_anna.post(reverse("clients:ask_window", args=[mrs_lee.pk]), said)
    assert Window.objects.get().opens_at == datetime(year, 7, 1, 18, 0, tzinfo=UTC)
