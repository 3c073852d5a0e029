"""Calls to colleagues about answers that should not wait: first on Today, until somebody has heard and acted."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.domain import asq
from clients.models import Alert, Client, Screening, Window
from clients.models.alert import LETTERS, AlertQuerySet
from practice.domain import words
from practice.models import CoverPerson, Letter, Practice, User
from practice.rules import Permission, has
from sessions.domain.waiting import Hand, Part

RING, MAKE_SURE, CAME_IN = "please_ring", "please_make_sure", "answers_came_in"
SHOWN = 40
"""Of what should not wait, nothing is left out for being one too many (a practice never comes near it)."""
UNSEEN_FIRST = F("seen_at").asc(nulls_first=True)
LATELY = timedelta(days=14)


def parts(reader: User, now: datetime) -> Iterator[Part]:
    """What nobody has heard of, what nobody has acted on, and letters about it that did not go out."""
    if has(reader, Permission.READ_CHART):
        yield Part(_unacted(reader), lambda: _in_care(reader))
        yield Part(_unheard(reader), lambda: _to_ring(reader))
    yield Part(_lost(now), lambda: _did_not_go(reader, now))
    if has(reader, Permission.SCREEN):
        yield Part(_called_for(reader, now), lambda: _windows(reader, now))


def _unacted(reader: User) -> AlertQuerySet:
    return Alert.objects.unattended().unacted().filter(screening__client__in=Client.objects.charted_by(reader))


def _in_care(reader: User) -> Iterator[Hand]:
    """To the care team: an answer that should not wait, until somebody writes down what was done."""
    rows = _unacted(reader)
    found = list(rows.select_related("screening__client", "seen_by").order_by(UNSEEN_FIRST, "-created_at")[:SHOWN])
    zone = Practice.load().time_zone if found else ""
    for alert in found:
        client = alert.screening.client
        url = reverse("clients:alert", args=[client.pk, alert.pk])
        link = _("%(name)s’s answers") % {"name": client.name}
        if alert.seen_at and alert.seen_by:
            said = {"when": words.when(alert.seen_at, zone), "name": alert.seen_by.called}
            rest = _("should not wait. Seen %(when)s, %(name)s; write down what was done.") % said
            yield Hand("look", "phone-call", _("Act"), link, url, rest)
            continue
        when = {"when": words.when(alert.created_at, zone)}
        rest = _("should not wait. They came %(when)s and nobody has opened them.") % when
        yield Hand("stop", "phone-call", _("Read now"), link, url, rest)


def _unheard(reader: User) -> AlertQuerySet:
    others = Alert.objects.unheard().unattended().told(reader).outside(Client.objects.charted_by(reader))
    return others.filter(Exists(CoverPerson.objects.filter(user=reader)))


def _to_ring(reader: User) -> Iterator[Hand]:
    """To who covers: which colleague to ring. Once the list has come to its end, everybody on it is told."""
    about = ("screening__read_by", "screening__asked_by")
    for alert in _unheard(reader).select_related(*about).order_by("created_at")[:SHOWN]:
        url = reverse("clients:cover_alert", args=[alert.pk])
        rest = _("has answers that should not wait, and nobody has seen them yet.")
        if alert.exhausted_at:
            rest = _("has answers that should not wait. All of the cover list were written to; nobody has seen them.")
        yield Hand("stop", "phone-call", _("Ring"), alert.colleague.name, url, rest)


def _called_for(reader: User, now: datetime) -> QuerySet[Any]:
    mine = Client.objects.charted_by(reader).exclude(status=Client.Status.CLOSED)
    theirs = Window.objects.calling(now=now).with_watched().annotate(cares=Exists(mine.filter(pk=OuterRef("client"))))
    return theirs.filter(Q(watcher=reader) | Q(cares=True))


def _windows(reader: User, now: datetime) -> Iterator[Hand]:
    """Being asked to watch, the window that is open now, and one whose watcher is gone or that passed with nothing
    handed in."""
    theirs = _called_for(reader, now)
    found = list(theirs.select_related("client", "asked_by", "watcher").order_by("closes_at")[:SHOWN])
    zone = Practice.load().time_zone if found else ""
    for window in found:
        is_watcher = window.watcher_id == reader.pk
        if window.accepted_at and now >= window.closes_at:
            if not window.cares:
                continue
            rest = _("did not hand in the questions while they were watched; please ring.")
            yield _line(window, "look", "phone-call", _("Ring"), window.client.name, rest)
        elif not window.is_watched:
            if window.cares:
                yield _unwatched(window)
        elif is_watcher and window.accepted_at and now >= window.opens_at:
            rest = _("is what you are watching until %(time)s.") % {"time": words.clock(window.closes_at, zone)}
            link = _("The page of %(name)s") % {"name": window.client.name}
            yield _line(window, "stop", "eye", _("Stay here"), link, rest)
        elif is_watcher and not window.accepted_at:
            rest = _("to be at your screen %(when)s.") % {"when": words.when(window.opens_at, zone)}
            link = _("%(name)s asks you") % {"name": window.asked_by.name}
            yield _line(window, "look", "eye", _("Answer"), link, rest)


def _unwatched(window: Window) -> Hand:
    """To the care team: who said that they would watch has left, so the link takes nothing."""
    rest = _("has a link to the questions that nobody watches: %(name)s no longer can. Ring, or ask somebody else.")
    named = rest % {"name": window.watcher.name}
    return _line(window, "stop", "phone-call", _("Ring"), window.client.name, named)


def _line(window: Window, tone: str, icon: str, word: str, link: str, rest: str) -> Hand:
    return Hand(tone, icon, word, link, reverse("clients:watch", args=[window.pk]), rest)


def _lost(now: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(
        kind__in=LETTERS,
        state__in=[Letter.State.RETRY, Letter.State.UNCERTAIN, Letter.State.DEAD, Letter.State.BOUNCED],
        created_at__gte=now - LATELY,
    )


def _did_not_go(reader: User, now: datetime) -> Iterator[Hand]:
    """Calls to colleagues that did not go out, until somebody acted: to who asked for help, and to the cover list."""
    letters, covers = list(_lost(now).order_by("-created_at")), _covers(reader)
    about = Screening.objects.select_related("asked_by", "read_by").in_bulk([letter.about for letter in letters])
    names = dict(User.objects.filter(email__in=[letter.to for letter in letters]).values_list("email", "name"))
    for letter in letters:
        made = about.get(letter.about)
        if made and not _is_settled(letter, made):
            yield from _alert(reader, letter, made, names.get(letter.to, letter.to), covers=covers)


def _covers(reader: User) -> bool:
    """On the cover list, and a clinician: nobody who only keeps the diary or the books is told."""
    return has(reader, Permission.READ_CHART) and CoverPerson.objects.filter(user=reader).exists()


def _is_settled(letter: Letter, made: Screening) -> bool:
    if letter.kind == RING:
        return asq.is_settled(made)
    return made.seen_at is not None or (made.alerts.exists() and not made.alerts.unheard().exists())


def _alert(reader: User, letter: Letter, made: Screening, to: str, *, covers: bool) -> Iterator[Hand]:
    """One call that failed; whoever asked rings the recipient, the cover list rings whoever asked or should read."""
    colleague = asq.with_them(made) if letter.kind == RING else made.read_by or made.asked_by
    asks = reader in (made.asked_by, made.read_by) and to != reader.name
    if not asks and not covers:
        return
    page = ("clients:answers", [made.client_id, made.pk]) if made.submitted_at else ("clients:show", [made.client_id])
    url = reverse(page[0], args=page[1]) if asks else ""
    link = _("The message to %(name)s") % {"name": to}
    doubtful = letter.state == Letter.State.UNCERTAIN
    rest = _("may not have arrived; ring %(name)s.") if doubtful else _("did not go out; ring %(name)s.")
    yield Hand("stop", "phone-call", _("Ring"), link, url, rest % {"name": to if asks else colleague.name})
