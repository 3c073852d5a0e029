"""A series that was moved or cancelled is told once: one letter to each client who comes, for all of its dates.

Each date is a notice of its own (`notices`), so that whatever changes meanwhile is weighed by its live row; they leave
as one (`one_letter`), three minutes later. It says the day and time that its reader knows and the new ones, how many
dates, the first, the last and each of them, on the clocks of the place, which are named, and on the reader's own; never
why.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.domain import contacts
from clients.models import Client
from practice.domain import words
from practice.domain.post import Rendered
from practice.models import Letter, User
from sessions.domain import notices, one_letter, reminder_words
from sessions.domain.notices import What
from sessions.domain.reminder_plan import WAITING
from sessions.models import Seat, Session

KIND = notices.KIND


@transaction.atomic
def tell(changed: Iterable[tuple[Session, datetime]], *, what: What, by: User) -> list[Letter]:
    """Tell whoever has a seat in some of these, each with its start before; called in the transaction of the change
    itself. Returns the letters that leave. Of a date that stays when it was, nothing is told."""
    hers: dict[UUID | None, list[Letter]] = defaultdict(list)
    for session, was in sorted(changed, key=lambda one: one[0].starts_at):
        if what == What.CANCELLED or session.starts_at != was:
            for letter in notices.tell(session, what=what, was=was, by=by):
                if letter.state in WAITING:
                    hers[letter.client].append(letter)
    for letters in hers.values():
        one_letter.unite(letters)
    return [letters[0] for letters in hers.values()]


def still_wanted(letter: Letter) -> bool:
    """Something of what it brings is still to be told."""
    return any(notices.still_wanted(one) for one in one_letter.carried(letter))


def render(letter: Letter) -> Rendered:
    """One date in the words of `notices`; many, each as its row stands now, in one letter."""
    bundle = one_letter.carried(letter)
    if len(bundle) == 1:
        return notices.render(letter)
    told = [one for one in bundle if notices.still_wanted(one)]
    first, point = _seat(told[0]), reminder_words.point_of(letter)
    dates, whats = [], []
    for one in told:
        seat = _seat(one)
        what, known = notices.as_told(one, seat, point)
        whats.append(what)
        dates.append(Date(known, seat.session.starts_at, seat.session.place.time_zone, own=seat.client.own_zone))
    letter.to = point.value if point else letter.to
    with reminder_words.in_the_language_of(first.client):
        context = notices.context_of(first, whats[0], point, notices.answer_link(letter, first))
        context |= in_words(dates, whats[0], first.client)
        return Rendered(
            subject=context["subject"],
            text=re.sub(r"\n{3,}", "\n\n", render_to_string("mail/series_notice.txt", context)),
            html=render_to_string("mail/series_notice.html", context),
            sender=context["sender"],
        )


def _seat(letter: Letter) -> Seat:
    people = ("client", "session__therapist__clinician", "session__place", "session__room", "session__route")
    return Seat.objects.select_related(*people).get(session=letter.about, client=letter.client)


@dataclass(frozen=True, slots=True)
class Date:
    """One of the dates that a letter tells of: the start that its reader knows, the one there is now, whose clocks they
    are on, and the reader's own, where she has said which. `is_named`: other dates are on other clocks."""

    was: datetime
    now: datetime
    zone: str
    own: str = ""
    is_named: bool = False

    def day(self, moment: datetime) -> str:
        """“16 September”."""
        return words.plain_day(moment.astimezone(ZoneInfo(self.zone)).date())

    def when(self, moment: datetime) -> str:
        """“Thursday 16 September, 17:30”, her own clocks and the zone as in `often`."""
        said = words.when(moment, self.zone, own_zone=self.own)
        return said if self.differs(moment) else self._named(said)

    def often(self, moment: datetime) -> str:
        """“Thursday 17:30”; “Thursday 17:30 in London, 18:30 for you in Paris” where her own clocks differ."""
        there, here = moment.astimezone(ZoneInfo(self.zone)), moment.astimezone(ZoneInfo(self.own or self.zone))
        at = f"{formats.date_format(there.date(), 'l')} {there:%H:%M}"
        if not self.differs(moment):
            return self._named(at)
        own = (
            f"{here:%H:%M}" if here.date() == there.date() else f"{formats.date_format(here.date(), 'l')} {here:%H:%M}"
        )
        said = {"time": at, "there": words.city(self.zone), "own": own, "here": words.city(self.own)}
        return _("%(time)s in %(there)s, %(own)s for you in %(here)s") % said

    def differs(self, moment: datetime) -> bool:
        """Whether her own clocks show another time."""
        own = ZoneInfo(self.own or self.zone)
        return moment.astimezone(own).utcoffset() != moment.astimezone(ZoneInfo(self.zone)).utcoffset()

    def _named(self, said: str) -> str:
        return _("%(time)s (%(zone)s)") % {"time": said, "zone": self.zone} if self.is_named else said


def in_words(dates: Sequence[Date], what: What, client: Client) -> dict[str, Any]:
    """What the letter says of these dates, in their order: what is alike in one sentence. Where all clocks agree, whose
    they are is said once."""
    if len({one.zone for one in dates}) > 1:
        dates = [replace(one, is_named=True) for one in dates]
    alike: dict[tuple[str, str], list[Date]] = defaultdict(list)
    for one in dates:
        alike[one.often(one.was), one.often(one.now)].append(one)
    names_clocks = any(one.is_named or one.differs(one.was) or one.differs(one.now) for one in dates)
    is_off, name = what == What.CANCELLED, {"name": words.apart(client.called_name)}
    hello = _("Hello %(name)s, we have to cancel") if is_off else _("Hello %(name)s, your times have changed")
    subject = _("Cancelled: %(count)s from %(first)s") if is_off else _("Changed: %(count)s from %(first)s")
    count = ngettext("%(n)s date", "%(n)s dates", len(dates)) % {"n": len(dates)}
    first = dates[0].day(dates[0].was if is_off else dates[0].now)
    (was, now), *others = alike
    once = _("%(count)s, %(often)s") if is_off else _("%(count)s, now %(often)s")
    heading = count if others else once % {"count": count, "often": was if is_off else now}
    return {
        "subject": subject % {"count": count, "first": first},
        "hello": hello % name,
        "heading": heading,
        "runs": [_cancelled(run) if is_off else _moved(run) for run in alike.values()],
        "zone": "" if names_clocks else dates[0].zone,
    }


def _moved(run: Sequence[Date]) -> dict[str, str]:
    first, last = run[0], run[-1]
    if len(run) == 1:
        was, now = first.when(first.was), first.when(first.now)
        return {"said": _("%(was)s becomes %(now)s.") % {"was": was, "now": now}}
    said = {
        "was": first.often(first.was), "was_first": first.day(first.was), "was_last": last.day(last.was),
        "now": first.often(first.now), "first": first.day(first.now), "last": last.day(last.now), "n": len(run),
    }  # fmt: skip
    text = _("%(was)s, from %(was_first)s to %(was_last)s, becomes %(now)s, from %(first)s to %(last)s: %(n)s dates.")
    return {"said": text % said, "days": ", ".join(one.day(one.now) for one in run)}


def _cancelled(run: Sequence[Date]) -> dict[str, str]:
    first, last = run[0], run[-1]
    if len(run) == 1:
        return {"said": f"{first.when(first.was)}."}
    said = {"was": first.often(first.was), "first": first.day(first.was), "last": last.day(last.was), "n": len(run)}
    text = _("%(was)s, from %(first)s to %(last)s: %(n)s dates.")
    return {"said": text % said, "days": ", ".join(one.day(one.was) for one in run)}


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a letter about some sessions reaches, and whom it does not and why; by name where the reader may know them,
    the others by their number."""

    told: list[str]
    not_told: list[tuple[str, str]]
    others_told: int
    others_not_told: int

    def before(self) -> list[str]:
        """What is said before it is done: by what way they are told."""
        more = [ngettext("%(n)s more", "%(n)s more", self.others_told) % {"n": self.others_told}]
        names = ", ".join([*self.told, *(more if self.others_told else [])])
        said = _("By e-mail, one letter for all dates: %(names)s.") % {"names": names}
        return [*([said] if names else []), *self._hindered()]

    def after(self, done: Iterable[Session]) -> str:
        """What is said when it is done."""
        leaves = any(one.letter.state in WAITING for one in notices.told(done).values())
        said = (
            _("The letter about it leaves in three minutes.") if leaves else _("No letter leaves: no time has changed.")
        )
        return " ".join([*([said] if self.told or self.others_told else []), *self._hindered()])

    def _hindered(self) -> list[str]:
        text = _("No letter can go to %(name)s: please ring. %(why)s")
        said = [text % {"name": name, "why": why} for name, why in self.not_told]
        if others := self.others_not_told:
            more = _("No letter can go to %(n)s more who come: the desk can ring.")
            said.append(more % {"n": others})
        return said


def reach(sessions: Iterable[Session], reader: User) -> Reach:
    """Of whoever has a seat in these. As many queries for one as for many."""
    loaded = list(sessions)
    prefetch_related_objects(loaded, "seats__client__contact_points")
    people = {seat.client_id: seat.client for one in loaded for seat in one.seats.all()}
    known = set(Client.objects.visible_to(reader).filter(pk__in=people).values_list("pk", flat=True))
    why = {pk: contacts.hindrance(one, Letter.Channel.EMAIL) for pk, one in people.items()}
    return Reach(
        told=[words.apart(one.name) for pk, one in people.items() if pk in known and not why[pk]],
        not_told=[(words.apart(one.name), why[pk]) for pk, one in people.items() if pk in known and why[pk]],
        others_told=sum(pk not in known and not why[pk] for pk in people),
        others_not_told=sum(pk not in known and bool(why[pk]) for pk in people),
    )
