"""Taking back what was done with a session: moved, cancelled, sent indoors or told of a call. For three minutes
(`post.UNDO`) all of it can be as it was, and nobody hears of either.

What that needs are plain values, which go with the log-in of whoever did it: `before`, and then `after` it was done.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, ConsentStep
from practice.domain import links
from practice.models import Letter, User
from sessions.domain import (
    asked_letters,
    clash,
    group_offers,
    holds,
    invitations_out,
    notices,
    one_letter,
    reminder_plan,
    reminders,
    slot,
)
from sessions.domain.retrying import retried
from sessions.domain.slot import NotPossible
from sessions.models import Seat, Session

Was = dict[str, Any]
FIELDS = (
    "status", "cancelled_at", "waived", "starts_at", "ends_at", "blocked_from", "blocked_until", "held_until", "mode",
    "therapist_id", "place_id", "room_id", "route_id", "fallback", "indoor_minutes", "doubled", "doubled_because",
)  # fmt: skip
"""What a change of a session can change."""


def before(session: Session) -> Was:
    """How a session stands, its seats loaded: where it is, what was answered for it, and which letters wait."""
    return {
        "session": str(session.pk),
        "at": timezone.now().isoformat(),
        "changes": session.changes,
        "fields": _fields(session),
        "beside": [str(pk) for pk in slot.lies_beside(session)],
        "letters": one_letter.bundles(_letters(session)),
        "answers": {str(seat.pk): said for seat in session.seats.all() if (said := _said(seat))},
    }


def _fields(session: Session) -> dict[str, Any]:
    return {name: _plain(getattr(session, name)) for name in FIELDS}


def _said(seat: Seat) -> list[str] | None:
    return [seat.answer, seat.answered_at.isoformat()] if seat.answer and seat.answered_at else None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def after(was: Was, session: Session) -> Was | None:
    """The same, with how it stands now that it was done. None when somebody else changed it in between: there is
    nothing then to which it could go back."""
    if session.changes > was["changes"] + 1:
        return None
    return was | {"done": [session.status, session.changes], "done_at": timezone.now().isoformat()}


@retried
def take_back(was: Was, *, by: User) -> Session:
    """Back to where and how it was, with what was answered for that, unless it was answered anew since; twice is once.
    It is looked at as any booking is. Raises what booking raises, and `NotPossible` when somebody changed it or heard
    of it since, or consent was asked for anew with it."""
    fields = was["fields"]
    with transaction.atomic():
        others = [UUID(pk) for pk in (fields["therapist_id"], fields["room_id"]) if pk]
        session, clients = slot.taken_up(Session.objects.get(pk=was["session"]), *others)
        if [session.status, session.changes] != was["done"]:
            if _fields(session) == fields:
                return session
            raise NotPossible(_("It has changed meanwhile: please look once more. Nothing was changed."))
        _refuse_asked_anew(clients, was)
        _letters_as_before(session, was)
        if _fields(session) != fields:
            _put_back(session, clients, was)
        slot.say("session.taken_back", session, clients, by=by)
    return session


def _refuse_asked_anew(clients: list[Client], was: Was) -> None:
    """That consent is asked for anew is a step of the signature, and is never taken out of it."""
    steps = ConsentStep.objects.filter(kind=ConsentStep.Kind.DUE_AGAIN, consent__client__in=clients)
    if steps.filter(at__range=(was["at"], was["done_at"])).exists():
        said = _("With this, consent is asked for anew, and that cannot be undone: move it by hand.")
        raise NotPossible(said + " " + _("Nothing was changed."))


def _put_back(session: Session, clients: list[Client], was: Was) -> None:
    same_time = _plain(session.starts_at) == was["fields"]["starts_at"]
    for name, value in was["fields"].items():
        field: Any = Session._meta.get_field(name)
        setattr(session, name, field.to_python(value))
    session.changes += 1
    _look_again(session, clients, was)
    slot.take(session, clients, (*FIELDS, "changes"))
    _answers_as_before(session, was["answers"], same_time=same_time)
    invitations_out.write(session)
    asked_letters.write_again(session, changes=was["changes"])
    group_offers.write_again(session)


def _look_again(session: Session, clients: list[Client], was: Was) -> None:
    """It lies beside nothing that it did not lie beside before: that would be meant by nobody."""
    holds.let_go_near(session, clients)
    if not session.is_waiting:
        slot.refuse_unready(session, clients)
    elif session.held_until and session.held_until > timezone.now():
        slot.refuse_strangers(session, clients)
    else:
        raise NotPossible(_("This time is no longer held. Please choose another."))
    beside = {UUID(pk) for pk in was["beside"]}
    if new := slot.lies_beside(session) - beside:
        other = Session.objects.select_related("therapist", "place", "room").get(pk=min(new))
        raise clash.over_doubled(session, other, [client.pk for client in clients])
    slot.refuse_over_doubled(session, clients, beside=beside)


def _letters(session: Session) -> QuerySet[Letter]:
    """Reminders and notices. Invitations to calendars say what is true by themselves."""
    return Letter.objects.filter(about=session.pk, kind__in=[reminders.KIND, notices.KIND])


def _letters_as_before(session: Session, was: Was) -> None:
    """What waited waits again, what was written since is taken back, and the links in what had left go on. Locks those
    that wait before it looks for one that left, so that none leaves meanwhile."""
    bundled = {pk for bundle in was["letters"].values() for pk in bundle}
    list(Letter.objects.filter(pk__in=bundled).order_by("pk").select_for_update().values_list("pk"))
    new = _letters(session).exclude(pk__in=was["letters"]).filter(created_at__gte=was["at"])
    new.filter(state__in=reminder_plan.WAITING).update(
        state=Letter.State.CANCELLED, why_not=_("What it told was undone.")
    )
    told = Letter.objects.filter(pk__in=was["letters"], kind=notices.KIND)
    told = told.filter(Q(state__in=reminder_plan.GONE) | Q(folded_into__state__in=reminder_plan.GONE))
    if new.filter(state__in=reminder_plan.GONE).exists() or told.exists():
        raise NotPossible(_("The letter about it has left already: ring or write. Nothing was changed."))
    for letter, bundle in was["letters"].items():
        one_letter.put_back(letter, bundle)
    seats = session.seats.values_list("pk", flat=True)
    since, until = datetime.fromisoformat(was["at"]), datetime.fromisoformat(was["done_at"])
    links.go_on(reminders.PURPOSE, subjects=seats, since=since, until=until)


def _answers_as_before(session: Session, answers: dict[str, list[str]], *, same_time: bool) -> None:
    """What was said for another time since counts for neither; for the same time it stays."""
    for seat in session.seats.all():
        then, now = answers.get(str(seat.pk)), _said(seat)
        if now == then or (now and same_time):
            continue
        seat.answer, seat.answered_at = ("", None) if now or not then else (then[0], datetime.fromisoformat(then[1]))
        seat.save(update_fields=["answer", "answered_at"])
