"""Messages come in: each is kept once, sealed, with the client it is from, or waits for somebody to say whose it is.

Nothing that somebody sends is dropped: what cannot be read is kept as it came, with a sentence about it. Keeping, the
call about words that worry and the answer that it is kept are one transaction: a crash loses none and doubles none.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Func, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.domain import bounces, enquiry, reply_calls, reply_thanks, said_words
from clients.models import Client, ContactPoint, Reply
from practice.domain import audit, mail_in, mail_text, numbers, papers, post, reply_address, uploads
from practice.domain.mail_in import File, Mail
from practice.models import Letter, Paper, Practice

FILE, RAW = "reply_file", "reply_raw"
FILES = 20
"""So many of the files of one message are opened (ours); all of them lie in the whole message."""
AT_A_TIME = 200
"""Lines of what is not shown that are looked through at a time, and shown at the least (ours)."""
Remark, Channel = Reply.Remark, Letter.Channel


@dataclass(frozen=True, slots=True)
class Text:
    """One text message as a provider gives it: its id there, the number, what it says, where pictures lie."""

    provider_id: str
    sender: str
    words: str
    pictures: tuple[str, ...] = ()


def take_mail(raw: bytes, *, to: str = "", now: datetime | None = None) -> Reply | None:
    """Keep one mail; the same again is the same. None for a report about a letter of ours, which is told of the letter.

    `to`: the address it was delivered to, when the mail server says so.
    """
    mail = mail_in.read(raw)
    recipients = (*mail.recipients, to)
    letter = reply_address.letter_of(recipients, mail.references)
    if mail.report and bounces.take(mail.report, came_to=reply_address.letter_of(recipients, ()), now=now):
        return None
    client, might_be = _whose(letter, Channel.EMAIL, mail.sender)
    made = Reply(channel=Channel.EMAIL, sender=mail.sender, key=mail.key, message_id=mail.message_id)
    made.client, made.remarks = client, list(mail.remarks)
    return _keep(made, letter, might_be, mail, raw=b"" if mail.is_plain else raw[: mail_in.LARGEST], now=now)


def take_text(text: Text, *, now: datetime | None = None) -> Reply:
    """Keep one text message; the same again is the same. A stop word stops, and is kept like any other."""
    client, might_be = _whose(None, Channel.TEXT, mail_text.clean(text.sender))
    key = hashlib.sha256(f"text\0{text.provider_id}".encode()).hexdigest()
    made = Reply(
        channel=Channel.TEXT,
        sender=mail_text.clean(text.sender)[:254],
        key=key,
        message_id=mail_text.clean(text.provider_id)[:255],
    )
    made.client = client
    files = tuple(File(one[:200], "", b"") for one in text.pictures)
    made.remarks = [Remark.ELSEWHERE] if files else []
    said = Mail(key=key, text=mail_text.clean(text.words), files=files)
    return _keep(made, None, might_be, said, now=now)


def _whose(letter: Letter | None, channel: str, sender: str) -> tuple[Client | None, Sequence[Client]]:
    """The client it is from: of the letter it answers, else the only one with this address or number. Where several
    have it, nobody is guessed."""
    answered = Client.objects.filter(pk=letter.client).first() if letter and letter.client else None
    if answered:
        return answered, ()
    found = list(Client.objects.filter(pk__in=[point.client_id for point in points(channel, sender)]))
    return (found[0], ()) if len(found) == 1 else (None, found)


def points(channel: str, sender: str) -> list[ContactPoint]:
    """Every entry, of whoever it is, of the address or number that a message came from."""
    if channel == Channel.EMAIL:
        return list(ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, value__iexact=sender.strip()))
    country = Practice.load().country
    number = numbers.e164(sender, country)
    if not number:
        return []
    digits = Func(F("value"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
    kinds = (ContactPoint.Kind.TEXT, ContactPoint.Kind.PHONE)
    alike = ContactPoint.objects.filter(kind__in=kinds).annotate(digits=digits).filter(digits__endswith=number[-6:])
    return [point for point in alike if numbers.e164(point.value, country) == number]


def _keep(
    made: Reply,
    letter: Letter | None,
    might_be: Sequence[Client],
    said: Mail,
    *,
    raw: bytes = b"",
    now: datetime | None,
) -> Reply:
    try:
        with transaction.atomic():
            return Reply.objects.filter(key=made.key).first() or _insert(made, letter, might_be, said, raw, now)
    except IntegrityError:  # the same message at the same moment by another door
        if same := Reply.objects.filter(key=made.key).first():
            return same
        raise


def _insert(
    made: Reply, letter: Letter | None, might_be: Sequence[Client], said: Mail, raw: bytes, now: datetime | None
) -> Reply:
    made.received_at = made.told_at = now or timezone.now()
    made.letter_id = letter.pk if letter else None
    made.sealed_for = made.pk
    made.subject, made.text = said.subject, said.text
    _look_for_words(made, said, ours=_words_of(letter))
    if raw:
        made.raw = _paper(made, RAW, _("A message as it came"), raw, "message/rfc822")
    if said.files:
        made.files_text = json.dumps([_file(made, file, number) for number, file in enumerate(said.files)])
    stops = _heed_stop_words(made)
    made.save(force_insert=True)
    made.might_be.set(might_be)
    enquiry.stepped(made.client_id, made.received_at)
    audit.record("message.came_in", by=None, subject=made.client_id, detail={"message": str(made.pk)})
    if made.worries:
        reply_calls.call(made)
    if made.channel == Channel.EMAIL and not said.is_automatic and not stops:
        reply_thanks.write(made, points(made.channel, made.sender))
    return made


def _look_for_words(made: Reply, said: Mail, *, ours: str) -> None:
    """Whether words that worry stand in it, also where a mail program shows none; from there they are brought to sight,
    below the rest."""
    seen = said_words.worrying(said.subject, said.text, ours=ours)
    hidden = said_words.worrying(said.unseen, ours=ours)
    made.worries = bool(seen or hidden)
    if set(hidden) - set(seen):
        shown = "\n".join(dict.fromkeys(_lines_that_worry(said.unseen, ours)))
        made.text = "\n\n".join([made.text, shown[: mail_in.LONGEST]]).strip()
        made.remarks = [*made.remarks, Remark.UNSEEN]


def _lines_that_worry(unseen: str, ours: str) -> list[str]:
    """The lines with such words, some at a time: of a hundred thousand no more are looked at than needed. All of them
    where the words only stand over several."""
    lines, found = unseen.split("\n"), list[str]()
    for begins in range(0, len(lines), AT_A_TIME):
        block = lines[begins : begins + AT_A_TIME]
        if said_words.worrying("\n".join(block), ours=ours):
            found += [line for line in block if said_words.worrying(line, ours=ours)] or block
        if len(found) >= AT_A_TIME:
            break
    return found or lines


def _words_of(letter: Letter | None) -> str:
    """What a letter of ours said; "" when that cannot be said any more. It is read and does not leave again: what
    writing it out keeps, a new key or a link, is taken back."""
    if letter is None:
        return ""
    try:
        with transaction.atomic():
            said = post.kinds[letter.kind].render(letter).text
            transaction.set_rollback(True)
        return said
    except Exception:  # what it was about is gone, or is not as it was: the answer is kept all the same
        return ""


def _file(made: Reply, file: File, number: int) -> dict[str, str | int]:
    """A picture or a PDF is kept to be opened; of anything else the name."""
    named: dict[str, str | int] = {"name": file.name, "media_type": file.media_type, "size": len(file.data)}
    try:
        if number >= FILES:
            raise uploads.NotTaken
        taken = uploads.read(file.data)
    except uploads.NotTaken:
        if made.channel == Channel.EMAIL and Remark.NAMED_ONLY not in made.remarks:
            made.remarks = [*made.remarks, Remark.NAMED_ONLY]
        return named
    return named | {"paper": str(_paper(made, FILE, _("Came with a message"), taken.data, taken.media_type).pk)}


def _paper(made: Reply, kind: str, title: str, data: bytes, media_type: str) -> Paper:
    return papers.keep(subject=made.sealed_for, kind=kind, title=title, data=data, media_type=media_type, by=None)


def _heed_stop_words(made: Reply) -> bool:
    """A stop word ends text messages to this number, and a start word takes that back; whether it was a stop word."""
    if made.channel != Channel.TEXT:
        return False
    stops, starts = said_words.asks_to_stop(made.text), said_words.asks_to_start(made.text)
    if stops or starts:
        theirs = ContactPoint.objects.filter(pk__in=[point.pk for point in points(made.channel, made.sender)])
        changed = theirs.filter(stopped_at__isnull=stops).update(stopped_at=made.received_at if stops else None)
        if stops or changed:
            made.remarks = [*made.remarks, Remark.STOPPED if stops else Remark.STARTED]
    return stops
