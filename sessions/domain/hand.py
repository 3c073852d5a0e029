"""What needs a hand: the few things a person has to do, worst first. Nothing here says why about a client."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.domain import waiting as decisions_wait
from clients.domain.decision import Standing
from clients.domain.waiting import Why
from clients.models import Client, Consent, ContactPoint, Decision, Screening
from clients.models.alert import LETTERS
from clients.models.consent import ConsentQuerySet
from clients.models.screening import ScreeningQuerySet
from practice.domain import doubtful, words
from practice.models import Letter, Practice, User
from practice.rules import Permission, has
from sessions.domain import (
    asked,
    calls,
    hand_answers,
    hand_asked,
    hand_decisions,
    hand_messages,
    hand_routes,
    hand_signing,
    looking_again,
    measures_today,
    meeting,
    rows,
    waiting,
)
from sessions.domain.grounds import day_of
from sessions.domain.today import spelled
from sessions.domain.waiting import SHOWN, Hand, Part
from sessions.models import Seat, Session
from sessions.models.session import SessionQuerySet

AHEAD = timedelta(days=30)
WHO = Coalesce("signatory", "client")
"""Whose answer a consent is: a signatory's, or else the client's own."""


def of(reader: User, *, now: datetime, today: date, stood: Mapping[Client, Standing] | None = None) -> list[Hand]:
    """Everything that waits for this reader. `stood`: where those in their care stand, if it was looked up already.

    Of what there is nothing, nothing is looked up: that is asked in one statement."""
    if not has(reader, Permission.DECIDE):
        stood = {}
    elif stood is None:
        stood = decisions_wait.in_care(reader)
    first = {f"first_{n}": part for n, part in enumerate(_first(reader, now, today))}
    then = {f"then_{n}": part for n, part in enumerate(_then(reader, now, today))}
    about = decisions_wait.rows([client.pk for client in stood], now=now)
    there = waiting.there({name: part.rows for name, part in (first | then).items()} | about)
    found = waiting.lines(part for name, part in first.items() if name in there)
    found += _waiting(stood, now, today, there)
    return found + waiting.lines(part for name, part in then.items() if name in there)


def _first(reader: User, now: datetime, today: date) -> Iterator[Part]:
    """What is not left until somebody has decided."""
    from sessions.domain import promised

    yield from calls.parts(reader, now)
    yield from promised.parts(reader, today)
    if has(reader, Permission.WRITE_NOTES):
        yield Part(hand_answers.rows(reader, now), lambda: hand_answers.of(reader, now))
    yield from hand_messages.parts(reader)
    yield from measures_today.parts(reader, now)
    if has(reader, Permission.KEEP_DIARY):
        yield Part(asked.waiting(reader, now=now), lambda: hand_asked.of(reader, now))


def _then(reader: User, now: datetime, today: date) -> Iterator[Part]:
    """The rest."""
    if has(reader, Permission.DECIDE):
        yield from looking_again.parts(reader, now=now, today=today)
        yield from _talks(reader)
        yield Part(_left(reader, now), lambda: _half_way(reader, now))
        yield hand_decisions.unanswered(reader)
    if has(reader, Permission.READ_CHART):
        yield from hand_decisions.second_readings(reader)
    if has(reader, Permission.WRITE_NOTES):
        yield Part(_over(reader, now, 1), lambda: _notes(reader, now))
    if has(reader, Permission.ASK_CONSENT):
        yield Part(_ending(reader, today), lambda: _running_out(reader, today))
        yield from hand_signing.parts(reader, now)
    if has(reader, Permission.KEEP_CLIENTS):
        yield Part(Client.objects.visible_to(reader).unanswered(), lambda: _enquiries(reader))
        yield Part(_doubtful(reader, now), lambda: _letters(reader, now))
    if has(reader, Permission.KEEP_DIARY):
        yield Part(_closed(reader, now, 1), lambda: _of_who_left(reader, now))
    if has(reader, Permission.KEEP_ROUTES):
        yield Part(hand_routes.rows(today), lambda: hand_routes.of(reader, today))


def _waiting(stood: Mapping[Client, Standing], now: datetime, today: date, there: Collection[str]) -> Iterator[Hand]:
    """Whose safety is to be settled, all of them; and whose answers wait for a decision."""
    zone = Practice.load().time_zone
    rows = decisions_wait.of(stood, now=now, today=today, there=there)
    for row in rows:
        if row.first.why <= Why.SAFETY:
            tone = "stop" if row.first.why == Why.CRISIS else "look"
            url = reverse("clients:asq_now", args=[row.client.pk, row.first.screening])
            yield Hand(tone, "life-buoy", _("Go on"), row.client.name, url, _("safety is to be settled."))
        elif row.first.why == Why.ASQ_LEFT:
            url = reverse("clients:asq", args=[row.client.pk])
            yield Hand("look", "clipboard-list", _("Ask"), row.client.name, url, _("questions about safety were left."))
    deciding = [row for row in rows if row.first.why in (Why.FIRST, Why.NEW_ANSWERS)]
    for row in deciding[:SHOWN]:
        link = _("%(name)s’s answers") % {"name": row.client.name}
        came = _("came %(when)s.") % {"when": words.when(row.first.since, zone)}
        yield Hand("look", "clipboard-check", _("Decide"), link, reverse("clients:decide", args=[row.client.pk]), came)


def _talks(reader: User) -> Iterator[Part]:
    """Who would like to talk before they sign, said no, or took back what they had signed."""
    mine = Client.objects.charted_by(reader).active()
    consents = Consent.objects.filter(client__in=mine, signatory__ended_at__isnull=True).annotate(who=WHO)
    asking, refused = consents.filter(status=Consent.Status.TALK).order_by("answered_at"), _refused(consents)
    yield Part(asking, lambda: _talk(asking))
    yield Part(refused, lambda: _talk(refused))


def _talk(consents: ConsentQuerySet) -> Iterator[Hand]:
    for consent in consents.select_related("client", "text", "signatory")[:SHOWN]:
        said = {
            Consent.Status.TALK: _("would like to talk about “%(title)s” first."),
            Consent.Status.DECLINED: _("said no to “%(title)s”."),
            Consent.Status.WITHDRAWN: _("took back “%(title)s”."),
        }
        status = Consent.Status.WITHDRAWN if consent.withdrawn_modes else Consent.Status(consent.status)
        rest = said[status] % {"title": consent.text.title}
        url = reverse("clients:show", args=[consent.client_id])
        link = consent.client.name
        if consent.signatory:
            link = _("%(who)s, for %(name)s,") % {"who": consent.signatory.name, "name": consent.client.name}
        yield Hand("look", "message-circle", _("Talk"), link, url, rest)


def _refused(consents: ConsentQuerySet) -> ConsentQuerySet:
    """Declined or taken back, and neither asked for again nor decided upon since."""
    later = Consent.objects.annotate(who=WHO).filter(client=OuterRef("client"), who=OuterRef("who"))
    later = later.filter(text__key=OuterRef("text__key"))
    later = later.exclude(status=Consent.Status.REPLACED)
    refused: ConsentQuerySet = (
        consents.filter(Q(status__in=[Consent.Status.DECLINED, Consent.Status.WITHDRAWN]) | ~Q(withdrawn_modes=[]))
        .annotate(moment=Coalesce("withdrawn_at", "answered_at"))
        .filter(
            ~Exists(later.filter(Q(asked_at__gt=OuterRef("moment")) | Q(answered_at__gt=OuterRef("moment")))),
            ~Exists(Decision.objects.filter(client=OuterRef("client"), at__gt=OuterRef("moment"))),
        )
        .order_by("-moment")
    )
    return refused


def _left(reader: User, now: datetime) -> ScreeningQuerySet:
    mine = Client.objects.charted_by(reader).exclude(status=Client.Status.CLOSED)
    return Screening.objects.abandoned(now=now).filter(client__in=mine)


def _half_way(reader: User, now: datetime) -> Iterator[Hand]:
    """Questions begun and left half-way for days: nobody is refused by that, somebody rings."""
    for screening in _left(reader, now).select_related("client").defer("answers_sealed")[:SHOWN]:
        url = reverse("clients:show", args=[screening.client_id])
        rest = _("began the questions and did not hand them in; please ring.")
        yield Hand("look", "phone-call", _("Ring"), screening.client.name, url, rest)


def _closed(reader: User, now: datetime, most: int) -> QuerySet[Seat]:
    """The first seats to come, found by their start: what took place need not be read."""
    seats = Seat.objects.filter(
        session__in=Session.objects.kept_by(reader).holding().filter(starts_at__gt=now),
        client__status=Client.Status.CLOSED,
    )
    return Seat.objects.filter(pk__in=seats.order_by("starts_at").values("pk")[:most])


def _of_who_left(reader: User, now: datetime) -> Iterator[Hand]:
    """Sessions to come of clients whose file is closed."""
    for seat in _closed(reader, now, SHOWN).select_related("client", "session__place").order_by("starts_at"):
        url = reverse("sessions:show", args=[seat.session_id])
        link = _("%(name)s’s session") % {"name": seat.client.name}
        when = words.when(seat.starts_at, seat.session.place.time_zone)
        rest = _("%(when)s is still booked, and the file is closed.") % {"when": when}
        yield Hand("look", "calendar-x", _("Cancel"), link, url, rest)


def _over(reader: User, now: datetime, most: int) -> SessionQuerySet:
    """The last sessions that took place and have no signed note. Found by the index alone: most of what took place has
    its note, and need not be read to know so."""
    over = Session.objects.of(reader).filter(starts_at__lte=now, ends_at__lte=now).unsigned().order_by("-starts_at")
    return Session.objects.filter(pk__in=over.values("pk")[:most])


def _notes(reader: User, now: datetime) -> Iterator[Hand]:
    """Sessions that took place and have no signed note, a day in a line, the newest day first."""
    sessions = list(rows.loaded(_over(reader, now, 40)).order_by("-starts_at"))
    days = [list(own) for _day, own in groupby(sessions, key=day_of)]
    for own in days[:SHOWN]:
        if len(own) == 1:
            link = _("The note about %(name)s") % {"name": meeting.title(own[0])}
        else:
            link = capfirst(_("%(n)s notes") % {"n": spelled(len(own))})
        yield Hand("look", "pen-line", _("Write"), link, _note_url(own[-1]), _from_when(own, now))
    if len(days) > SHOWN:
        more = sum(len(own) for own in days[SHOWN:])
        link = ngettext("%(n)s more note", "%(n)s more notes", more) % {"n": more}
        yield Hand("look", "pen-line", _("Write"), link, _note_url(days[-1][-1]), _("from earlier."))


def _from_when(own: Sequence[Session], now: datetime) -> str:
    """“from Tuesday 6 October, draft saved 17:52.”"""
    zone = own[0].place.time_zone
    day = day_of(own[0])
    when = _("today") if day == now.astimezone(ZoneInfo(zone)).date() else words.day(day)
    notes = [note for session in own for seat in session.seats.all() if (note := getattr(seat, "note", None))]
    drafts = [note.saved_at for note in notes if note.status == "draft"]
    if drafts:
        at = {"when": when, "time": words.clock(max(drafts), zone)}
        return _("from %(when)s, draft saved %(time)s.") % at
    return _("from %(when)s.") % {"when": when}


def _note_url(session: Session) -> str:
    seats = list(session.seats.all())
    open_seats = [seat for seat in seats if getattr(getattr(seat, "note", None), "status", "") != "signed"]
    return reverse("sessions:note", args=[(open_seats or seats)[0].pk])


def _ending(reader: User, today: date) -> QuerySet[Any]:
    until = Max("consents__covers_until", filter=Q(consents__status="signed"))
    mine = Client.objects.charted_by(reader).active().annotate(until=until)
    return mine.filter(until__gte=today - AHEAD, until__lte=today + AHEAD)


def _running_out(reader: User, today: date) -> Iterator[Hand]:
    """Consents that end within thirty days, or ended within the last thirty, and were not signed again."""
    for client in _ending(reader, today).order_by("until")[:SHOWN]:
        url = reverse("clients:show", args=[client.pk])
        link = _("%(name)s’s consent") % {"name": client.name}
        day = words.day(client.until)
        rest = _("ran out on %(day)s.") if client.until < today else _("runs out on %(day)s.")
        yield Hand("note", "file-clock", _("Ask again"), link, url, rest % {"day": day})


def _enquiries(reader: User) -> Iterator[Hand]:
    """People who asked and wait for an answer."""
    waiting = Client.objects.visible_to(reader).unanswered().order_by("enquired_at")
    zone = Practice.load().time_zone
    for client in waiting[:SHOWN]:
        url = reverse("clients:show", args=[client.pk])
        rest = _("asked on %(when)s.") % {"when": words.when(client.enquired_at, zone)}
        yield Hand("look", "phone-call", _("Ring back"), client.name, url, rest)


def _doubtful(reader: User, now: datetime) -> QuerySet[Letter]:
    """What came back from an address that is not used any more has a line of its own."""
    told = ContactPoint.objects.filter(
        client=OuterRef("client"), value__iexact=OuterRef("to"), suspended_at__isnull=False
    )
    hers = Client.objects.visible_to(reader).values("pk")
    wanted = doubtful.letters(now=now).filter(client__in=hers).exclude(kind__in=LETTERS)
    return wanted.exclude(Exists(told), state=Letter.State.BOUNCED)


def _letters(reader: User, now: datetime) -> Iterator[Hand]:
    """Letters that may not have arrived, were refused or came back, until somebody says what became of them."""
    letters = list(_doubtful(reader, now)[:SHOWN])
    people = Client.objects.in_bulk([letter.client for letter in letters if letter.client])
    said = {Letter.State.DEAD: _("was refused."), Letter.State.BOUNCED: _("came back.")}
    for letter in letters:
        link = _("A letter to %(name)s") % {"name": people[letter.client].name}  # type: ignore[index]
        rest = said.get(Letter.State(letter.state), _("may not have arrived."))
        yield Hand("note", "mail-warning", _("Check"), link, reverse("clients:letters"), rest)


__all__ = ["Hand", "of", "worst_first"]


def worst_first(found: Sequence[Hand]) -> list[Hand]:
    """What needs a look before what is good to know; otherwise as it came."""
    order = {"stop": 0, "look": 1, "note": 2}
    return sorted(found, key=lambda one: order.get(one.tone, 3))
