"""Letters by e-mail: written out before anything leaves, handed over once, and what the mail server said."""

import logging
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from practice.domain.carriers import Doubtful, NotSent, Refused

logger = logging.getLogger("alongside.post")


@dataclass(frozen=True)
class Appointment:
    """An iCalendar file for the reader's calendar, and what it asks of it: REQUEST or CANCEL (RFC 5546)."""

    file: bytes
    method: str


def written(
    *,
    to: str,
    own: str,
    sender: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    headers: Mapping[str, str],
    appointment: Appointment | None = None,
) -> EmailMultiAlternatives:
    """The mail itself, written out once so that what cannot be a mail is found before anything leaves.

    It comes from `sender` at the address of the practice; a name that is kept with that address is not said. Answers,
    and mails that come back, go to an address of this letter's own (`own`) where the practice receives any.
    """
    whole = formataddr((one_line(sender), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    lines = {"Message-ID": message_id, **headers} | ({"From": whole, "Reply-To": own} if own else {})
    message = EmailMultiAlternatives(one_line(subject), text, own or whole, [to], headers=lines)
    message.attach_alternative(html, "text/html")
    if appointment:
        _enclose(message, appointment)
    message.message()
    return message


def _enclose(message: EmailMultiAlternatives, appointment: Appointment) -> None:
    """Twice, as calendars need it: Google and Outlook read the alternative, Apple Mail the file (RFC 6047)."""
    message.attach_alternative(appointment.file.decode(), f"text/calendar; method={appointment.method}")
    message.attach("appointment.ics", appointment.file, "application/ics")


def open_line(message: EmailMultiAlternatives) -> Callable[[], str]:
    """Connect to the mail server; what is given back hands the mail over. Whatever is raised here, nothing has left."""
    server = get_connection()
    server.open()

    def hand_over() -> str:
        try:
            server.send_messages([message])
        except Exception as error:  # sorted by what the mail server said
            raise _judged(error) from error
        finally:
            _close(server)
        return ""

    return hand_over


def _judged(error: Exception) -> Exception:
    """A clear refusal is final (5xx) or tried again (4xx); silence after the text began to leave is doubtful."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
    else:
        return Doubtful(f"{type(error).__name__} while sending.")
    if 400 <= code < 500:
        return NotSent(f"The mail server said {code}.")
    return Refused(f"The mail server refused it ({code}).")


def _close(server: BaseEmailBackend) -> None:
    """Say goodbye; a goodbye that fails changes nothing about what was sent."""
    try:
        server.close()
    except OSError:
        logger.info("mail server left without a goodbye")


def one_line(text: str) -> str:
    """A header has one line and no control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
