"""The answer to somebody who asked for a time, and the letter that says it: neutral words, and nothing about why.

Four things can be said: it is booked, another time is held until she says yes, not this time, and that nobody answered
before the time ran out. What was said in words stands on her own page; the letter only leads there.
"""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from clients.domain import contacts
from clients.models import Client
from practice.domain import crisis, post, words
from practice.domain.post import Rendered
from practice.models import Letter, Practice, User
from sessions.domain import her_clocks
from sessions.domain.reminder_plan import GONE
from sessions.models import AskedAnswer, Session

KIND = "session_asked"


def answer(session: Session, said: AskedAnswer.Said, *, by: User, words: str = "") -> None:
    """Keep what was answered and tell whoever asked; of what staff held, nobody is told."""
    asker = who_asked(session)
    if asker is None:
        return
    kept = AskedAnswer(session=session, said=said, by=by, subject=asker.pk)
    kept.words = words
    kept.save(force_insert=True)
    write(session)


def write(session: Session, *, due_at: datetime | None = None) -> None:
    """The letter about where it stands now; once for each thing that can be said of it."""
    asker = who_asked(session)
    point = contacts.best(asker, Letter.Channel.EMAIL) if asker else None
    if asker is None or point is None:
        return
    key = f"{KIND}|{session.pk}|{session.status}|{session.changes}|{point.value}"
    until = session.starts_at
    post.write(KIND, key=key, to=point.value, about=session.pk, client=asker.pk, due_at=due_at, not_after=until)


def write_again(session: Session, *, changes: int) -> None:
    """When it stands again as it did after so many `changes`: the letter about that, if she has not read it since."""
    stood = [session.status, str(changes)]
    letters = Letter.objects.filter(kind=KIND, about=session.pk).order_by("created_at")
    told = [(letter.key.split("|")[2:4], letter.state in GONE) for letter in letters]
    since = [(at, has_left) for at, has_left in told if at == stood or int(at[1]) > changes]
    if since and [at for at, has_left in since if has_left][-1:] != [stood]:
        write(session)


def who_asked(session: Session) -> Client | None:
    """The client who asked for it on her own pages."""
    return Client.objects.filter(user=session.booked_by_id, seats__session=session).first()


def still_wanted(letter: Letter) -> bool:
    """It still stands as it did when this was written, she is still a client, and it may still go to the address."""
    session = Session.objects.filter(pk=letter.about, seats__client__status=Client.Status.ACTIVE).first()
    if session is None or not contacts.still_reaches(letter.client, letter.to):
        return False
    _kind, _pk, status, changes, _to = letter.key.split("|", 4)
    return (status, changes) == (session.status, str(session.changes))


def render(letter: Letter) -> Rendered:
    """A line that says how it stands, and the way to her pages."""
    session = Session.objects.select_related("therapist", "place").get(pk=letter.about)
    asker, practice = Client.objects.get(pk__in=[letter.client]), Practice.load()
    point = contacts.recipient(letter.client, letter.to)
    named = point is not None and contacts.may_name_us(point)
    with override(asker.language):
        subject = _("About the time you asked for") if named else _("A message for you")
        context = {
            "subject": subject,
            "client": asker,
            "practice": practice,
            "discreet": not named,
            "line": said(session, asker) if named else _("There is something for you to read."),
            "link": settings.BASE_URL + reverse("sessions:ask"),
            "crisis_lines": crisis.lines(practice.country) if named else [],
        }
        return Rendered(
            subject=subject,
            text=render_to_string("mail/asked.txt", context),
            html=render_to_string("mail/asked.html", context),
            sender=(point.sender if point else "") or (practice.name if named else session.therapist.called),
        )


def said(session: Session, asker: Client) -> str:
    """How it stands, in one sentence."""
    at = {
        "name": words.apart(session.therapist.called),
        "when": her_clocks.when(session.starts_at, session.place, asker),
        "until": her_clocks.when(session.held_until, session.place, asker) if session.held_until else "",
    }
    if session.status == Session.Status.HELD:
        return _("%(name)s can see you on %(when)s instead. The time is held for you until %(until)s.") % at
    if not session.holds_its_slot and lapsed(session):
        return _("We did not manage to answer in time about %(when)s, and it is free again. Please ask once more.") % at
    if not session.holds_its_slot:
        return (
            _("%(when)s is not possible after all. %(name)s wrote you a line, and you can ask for another time.") % at
        )
    return _("Booked: %(when)s, with %(name)s.") % at


def lapsed(session: Session) -> bool:
    """Nobody answered before its time ran out."""
    return bool(session.held_until and session.cancelled_at and session.cancelled_at >= session.held_until)
