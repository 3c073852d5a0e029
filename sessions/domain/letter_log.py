"""Every letter about a session: what was or will be sent, when, where to, and why or why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from clients.domain import contacts
from clients.models import Client
from practice.domain import post, words
from practice.domain.post import WhyNot
from practice.models import Letter
from sessions.domain import reminder_plan, reminder_rules
from sessions.domain.reminder_plan import OPEN, WAITING, Wanted
from sessions.models import ReminderRule, Seat, Session


@dataclass(frozen=True, slots=True)
class Line:
    """One letter, or one rule that wrote none. `when` is empty where nothing was or will be sent. What goes with
    another letter stands where that one does."""

    name: str
    what: str
    to: str
    state: str
    when: str
    why: str


def of(session: Session, *, now: datetime, foretell: bool = False) -> list[Line]:
    """In the order in which they were or will be due; then what the rules wrote nothing for. The place is loaded.
    As many queries for one letter as for many, unless it is to `foretell` of each that waits whether it will leave."""
    about = Q(about=session.pk) | Q(about__in=Seat.objects.filter(session=session).values("pk"))
    letters = list(Letter.objects.filter(about).select_related("folded_into").order_by("due_at", "pk"))
    people = Client.objects.in_bulk([one.client for one in letters if one.client])
    own = [one.key.split("|") for one in letters if one.kind == reminder_plan.KIND]
    codes = {parts[4].partition(":")[0] for parts in own if len(parts) > 4}
    rules = {rule.pk.hex: rule for rule in ReminderRule.objects.filter(pk__in=codes - {"standard"})} if codes else {}
    stays = {one.pk: _stays(one) for one in letters if foretell and one.state in WAITING}
    lines = [_of(one, session, people, rules, stays.get(one.pk, "")) for one in letters]
    return lines + list(_nothing_for(session, letters, now))


def _stays(letter: Letter) -> str:
    """Why a letter that waits will not leave as things stand; empty when it will."""
    kind = post.kinds.get(letter.kind)
    wanted = kind.still_wanted(letter) if kind else True
    if wanted:
        return ""
    said = wanted.words if isinstance(wanted, WhyNot) else _("It is no longer wanted.")
    return _("As things stand it will not leave: %(why)s") % {"why": said}


def _of(
    letter: Letter, session: Session, people: dict[object, Client], rules: dict[str, ReminderRule], stays: str
) -> Line:
    kind, client = post.kinds.get(letter.kind), people.get(letter.client)
    leaves = letter.folded_into or letter
    moment = leaves.sent_at or (leaves.due_at if leaves.state in WAITING else None)
    return Line(
        name=client.name if client else "",
        what=f"{kind.words if kind and kind.words else letter.kind}, {letter.get_channel_display()}",
        to=contacts.masked(letter.to) if letter.to else "",
        state=str(leaves.get_state_display()) if letter.to else _("nothing"),
        when=_when(moment, session) if moment else "",
        why=stays or leaves.why_not or letter.why_not or _by(letter, rules),
    )


def _when(moment: datetime, session: Session) -> str:
    """With the zone named: whoever reads it may sit elsewhere."""
    zone = session.place.time_zone
    return f"{words.when(moment, zone)} ({zone})"


def _by(letter: Letter, rules: dict[str, ReminderRule]) -> str:
    parts = letter.key.split("|")
    if letter.kind != reminder_plan.KIND or len(parts) < 5:
        return ""
    code = parts[4].partition(":")[0]
    if code == "standard":
        said = reminder_rules.words(ReminderRule.standard())
        return _("By the standard: %(rule)s.") % {"rule": said}
    rule = rules.get(code)
    if rule is None:
        return _("By a rule that was taken away since.")
    return _("By the rule: %(rule)s.") % {"rule": reminder_rules.words(rule)}


def _nothing_for(session: Session, letters: list[Letter], now: datetime) -> Iterator[Line]:
    """What the rules ask for and nobody wrote, and why; seats for which reminders are off."""
    if session.status not in OPEN or session.starts_at <= now:
        return
    seats = reminder_plan.loaded([session])
    asked = list(reminder_plan.wanted(seats))
    for one in asked:
        hers = [
            letter for letter in letters if letter.client == one.seat.client_id and letter.kind == reminder_plan.KIND
        ]
        if not one.has_gone(hers) and not any(letter.key.startswith(one.key) for letter in hers if one.point):
            soon, late = _("It is written within the hour."), _("Its time had passed, and another one was enough.")
            yield _unwritten(one, one.why_not or (soon if one.due_at > now else late))
    for seat in seats:
        if not any(one.seat.pk == seat.pk for one in asked):
            yield Line(
                seat.client.name, _("Reminder of a session"), "", _("nothing"), "", _("Reminders are switched off.")
            )


def _unwritten(one: Wanted, why: str) -> Line:
    to = contacts.masked(one.point.value) if one.point else ""
    rule = _("Reminder of a session, %(rule)s") % {"rule": reminder_rules.words(one.rule)}
    return Line(one.seat.client.name, rule, to, _("nothing"), "", why)
