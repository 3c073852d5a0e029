"""After an outage: one letter a recipient, only so many a minute, and nothing lost on the way."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from practice.domain import post
from practice.models import Letter, Practice
from tests.practice.test_post import tray  # noqa: F401

pytestmark = pytest.mark.django_db
AGO = timedelta(minutes=20)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A kind whose letters fold, and may be unwanted one by one."""
    state: dict[str, Any] = {"unwanted": set(), "begins": None}
    kind = post.LetterKind(
        still_wanted=lambda letter: post.WhyNot("Somebody said so.") if letter.key in state["unwanted"] else True,
        render=lambda letter: post.Rendered(letter.key, "Text", "<p>"),
        hours=lambda letter, now: state["begins"] or now,
        group="told",
    )
    monkeypatch.setitem(post.kinds, "test", kind)
    return state


def late(key: str, to: str = "ines@example.org", **fields: Any) -> Letter:
    fields.setdefault("due_at", timezone.now() - AGO)
    return post.write("test", key=key, to=to, about=uuid.uuid4(), **fields)


def states() -> dict[str, str]:
    return dict(Letter.objects.order_by("key").values_list("key", "state"))


def test_late_letters_to_one_recipient_become_the_most_urgent_one(tray: Any, told: Any) -> None:  # noqa: F811
    now = timezone.now()
    late("later", not_after=now + timedelta(days=2))
    first = late("sooner", not_after=now + timedelta(hours=2))
    late("somebody else", to="ruth@example.org")
    assert post.dispatch() == 2
    assert states() == {"later": "cancelled", "somebody else": "sent", "sooner": "sent"}
    folded = Letter.objects.get(key="later")
    assert folded.folded_into == first and str(first.pk) in folded.why_not
    assert len(tray.letters) == 2


def test_two_people_at_one_address_get_one_each(tray: Any, told: Any) -> None:  # noqa: F811
    for key in ("hers", "his"):
        late(key, client=uuid.uuid4())
    assert post.dispatch() == 2
    assert states() == {"hers": "sent", "his": "sent"}


def test_what_is_in_time_goes_each_by_itself(tray: Any, told: Any) -> None:  # noqa: F811
    for key in ("a", "b"):
        late(key, due_at=timezone.now() - timedelta(minutes=4))
    assert post.dispatch() == 2


def test_what_was_folded_into_a_letter_that_never_left_goes_by_itself(tray: Any, told: Any) -> None:  # noqa: F811
    late("first", not_after=timezone.now() + timedelta(hours=1))
    late("second", not_after=timezone.now() + timedelta(hours=2))
    told["unwanted"].add("first")
    assert [post.dispatch(), post.dispatch()] == [0, 1]
    assert states() == {"first": "cancelled", "second": "sent"}
    assert Letter.objects.get(key="first").why_not == "Somebody said so."
    assert Letter.objects.get(key="second").why_not == ""


def test_who_got_one_a_moment_ago_waits_ten_minutes(tray: Any, told: Any) -> None:  # noqa: F811
    late("one")
    assert post.dispatch() == 1
    late("two")
    assert post.dispatch() == 0
    assert post.dispatch(now=timezone.now() + timedelta(minutes=11)) == 1
    assert len(tray.letters) == 2


def test_only_so_many_late_ones_leave_in_a_minute(practice: Practice, tray: Any, told: Any) -> None:  # noqa: F811
    practice.late_a_minute = 2
    practice.save(update_fields=["late_a_minute"])
    for number in range(5):
        late(str(number), to=f"{number}@example.org")
    in_time = late("in time", due_at=timezone.now())
    assert post.dispatch() == 3
    in_time.refresh_from_db()
    assert in_time.state == "sent", "what is not late does not wait for what is"
    assert post.dispatch() == 0
    minute = timedelta(seconds=61)
    for letter in Letter.objects.filter(state="sent"):
        Letter.objects.filter(pk=letter.pk).update(sent_at=letter.sent_at - minute)  # type: ignore[operator]
    assert post.dispatch() == 2


def test_at_hours_when_nothing_may_leave_it_waits_or_says_why_not(tray: Any, told: Any) -> None:  # noqa: F811
    now = timezone.now()
    told["begins"] = now + timedelta(hours=8)
    waits = late("waits", due_at=now, not_after=now + timedelta(days=1))
    never = late("never", due_at=now, not_after=now + timedelta(hours=2), to="ruth@example.org")
    assert post.dispatch() == 0
    waits.refresh_from_db()
    never.refresh_from_db()
    assert (waits.state, waits.due_at, waits.attempts) == ("due", told["begins"], 0)
    assert never.state == "expired" and "at these hours" in never.why_not


def test_every_end_but_sent_has_its_words(tray: Any, told: Any) -> None:  # noqa: F811
    told["unwanted"].add("unwanted")
    late("unwanted", to="a@example.org")
    late("too late", to="b@example.org", not_after=timezone.now() - timedelta(minutes=1))
    post.cancel(about=late("taken back", to="c@example.org").about, why="It was moved.")
    stopped = late("stopped", to="d@example.org")
    Letter.objects.filter(pk=stopped.pk).update(
        state="leased", lease=uuid.uuid4(), lease_until=timezone.now() - timedelta(seconds=1)
    )
    tray.answer = "550 nobody here"
    late("refused", to="e@example.org")
    post.dispatch()
    ends = {letter.key: (letter.state, bool(letter.why_not)) for letter in Letter.objects.all()}
    assert ends == {
        "unwanted": ("cancelled", True),
        "too late": ("expired", True),
        "taken back": ("cancelled", True),
        "stopped": ("uncertain", True),
        "refused": ("dead", True),
    }
