"""What needs a hand: the few things a person has to do, worst first. Nothing here says why about a client."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef, Q
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
from practice.domain import doubtful, words
from practice.models import Letter, Practice, User
from practice.rules import Permission, has
from sessions.domain import (
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
)
from sessions.domain.grounds import day_of
from sessions.domain.today import spelled
from sessions.domain.waiting import SHOWN, Hand
from sessions.models import Seat, Session

AHEAD = timedelta(days=30)
WHO = Coalesce("signatory", "client")
"""Whose answer a consent is: a signatory's, or else the client's own."""


def of(reader: User, *, now: datetime, today: date, stood: Mapping[Client, Standing] | None = None) -> list[Hand]:
    """Everything that waits for this reader. `stood`: where those in their care stand, if it was looked up already."""
    from sessions.domain import promised

    found = [*calls.of(reader, now), *promised.left_open(reader), *promised.calls(reader, today)]
    if has(reader, Permission.WRITE_NOTES):
        found += hand_answers.of(reader, now)
    found += hand_messages.of(reader)
    found += measures_today.hands(reader, now)
    if has(reader, Permission.KEEP_DIARY):
        found += hand_asked.of(reader, now)
    if has(reader, Permission.DECIDE):
        found += _waiting(decisions_wait.in_care(reader) if stood is None else stood, now, today)
        found += looking_again.of(reader, now=now, today=today)
        found += _talks(reader)
        found += _half_way(reader, now)
        found += hand_decisions.letters(reader)
    if has(reader, Permission.READ_CHART):
        found += hand_decisions.to_read(reader)
    if has(reader, Permission.WRITE_NOTES):
        found += _notes(reader, now)
    if has(reader, Permission.ASK_CONSENT):
        found += _running_out(reader, today)
        found += hand_signing.of(reader, now)
    if has(reader, Permission.KEEP_CLIENTS):
        found += _enquiries(reader)
        found += _letters(reader, now)
    if has(reader, Permission.KEEP_DIARY):
        found += _of_who_left(reader, now)
    if has(reader, Permission.KEEP_ROUTES):
        found += hand_routes.of(reader, today)
    return found


def _waiting(stood: Mapping[Client, Standing], now: datetime, today: date) -> Iterator[Hand]:
    """Whose safety is to be settled, all of them; and whose answers wait for a decision."""
    zone = Practice.load().time_zone
    rows = decisions_wait.of(stood, now=now, today=today)
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


def _talks(reader: User) -> Iterator[Hand]:
    """Who would like to talk before they sign, said no, or took back what they had signed."""
    mine = Client.objects.charted_by(reader).active()
    consents = Consent.objects.filter(client__in=mine, signatory__ended_at__isnull=True)
    consents = consents.select_related("client", "text", "signatory").annotate(who=WHO)
    asking = consents.filter(status=Consent.Status.TALK).order_by("answered_at")[:SHOWN]
    for consent in [*asking, *_refused(consents)[:SHOWN]]:
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


def _half_way(reader: User, now: datetime) -> Iterator[Hand]:
    """Questions begun and left half-way for days: nobody is refused by that, somebody rings."""
    mine = Client.objects.charted_by(reader).exclude(status=Client.Status.CLOSED)
    left = Screening.objects.abandoned(now=now).filter(client__in=mine).select_related("client")
    for screening in left.defer("answers_sealed")[:SHOWN]:
        url = reverse("clients:show", args=[screening.client_id])
        rest = _("began the questions and did not hand them in; please ring.")
        yield Hand("look", "phone-call", _("Ring"), screening.client.name, url, rest)


def _of_who_left(reader: User, now: datetime) -> Iterator[Hand]:
    """Sessions to come of clients whose file is closed."""
    seats = Seat.objects.filter(
        session__in=Session.objects.kept_by(reader).holding().filter(starts_at__gt=now),
        client__status=Client.Status.CLOSED,
    )
    for seat in seats.select_related("client", "session__place").order_by("starts_at")[:SHOWN]:
        url = reverse("sessions:show", args=[seat.session_id])
        link = _("%(name)s’s session") % {"name": seat.client.name}
        when = words.when(seat.starts_at, seat.session.place.time_zone)
        rest = _("%(when)s is still booked, and the file is closed.") % {"when": when}
        yield Hand("look", "calendar-x", _("Cancel"), link, url, rest)


def _notes(reader: User, now: datetime) -> Iterator[Hand]:
    """Sessions that took place and have no signed note, a day in a line, the newest day first."""
    over = Session.objects.of(reader).filter(starts_at__lte=now, ends_at__lte=now).unsigned().order_by("-starts_at")
    # found by the index alone: most of what took place has its note, and need not be read to know so
    sessions = list(rows.loaded(Session.objects.filter(pk__in=over.values("pk")[:40])).order_by("-starts_at"))
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


def _running_out(reader: User, today: date) -> Iterator[Hand]:
    """Consents that end within thirty days, or ended within the last thirty, and were not signed again."""
    clients = (
        Client.objects.charted_by(reader)
        .active()
        .annotate(until=Max("consents__covers_until", filter=Q(consents__status="signed")))
        .filter(until__gte=today - AHEAD, until__lte=today + AHEAD)
        .order_by("until")
    )
    for client in clients[:SHOWN]:
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


def _letters(reader: User, now: datetime) -> Iterator[Hand]:
    """Letters that may not have arrived, were refused or came back, until somebody says what became of them. What came
    back from an address that is not used any more has a line of its own."""
    told = ContactPoint.objects.filter(
        client=OuterRef("client"), value__iexact=OuterRef("to"), suspended_at__isnull=False
    )
    hers = Client.objects.visible_to(reader).values("pk")
    wanted = doubtful.letters(now=now).filter(client__in=hers).exclude(kind__in=LETTERS)
    letters = list(wanted.exclude(Exists(told), state=Letter.State.BOUNCED)[:SHOWN])
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
