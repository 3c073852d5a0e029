"""Text messages: a carrier is one function that takes a number and words, and says what it calls the message.

Twilio's call that makes a message has no key that would make it safe to repeat, so nothing that may have left is ever
sent again by itself: https://www.twilio.com/docs/messaging/api/message-resource
"""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse

from practice.domain.carriers import Doubtful, NotSent, Refused

OFF, FILE, TWILIO = "off", "file", "twilio"
LONGEST = 306
"""Two parts of the alphabet of text messages (3GPP TS 23.038): more is a letter, and refused."""
SECONDS = 20
OURS = (401, 403, 429)
"""Answers about our log-in or our pace and not about this message: nothing has left, and it may be tried again."""


def are_on() -> bool:
    """Whether this practice sends text messages at all."""
    return bool(settings.SMS.source != OFF)


def are_answered() -> bool:
    """Whether what is answered reaches us: a number of ours takes answers, a name does not."""
    return bool(settings.SMS.source == TWILIO and settings.SMS.sender.startswith("+"))


def send(*, to: str, text: str, letter: uuid.UUID) -> str:
    """Hand one message over; returns what the carrier calls it. Raises NotSent, Refused or Doubtful.

    `letter` is what it carries along: what became of it may be said before we have written down what it is called.
    """
    if len(text) > LONGEST:
        raise Refused(f"It is longer than {LONGEST} signs.")
    return CARRIERS[settings.SMS.source](to, text, letter)


def _switched_off(to: str, text: str, letter: uuid.UUID) -> str:
    raise Refused("Text messages are switched off.")


def _to_file(to: str, text: str, letter: uuid.UUID) -> str:
    """Kept on this machine and sent nowhere: what a demo does. Nobody reads half of one."""
    folder = settings.ENVIRONMENT.home / "texts"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S.%fZ}-{uuid.uuid4().hex[:8]}"
    half = folder / f".{name}.half"
    half.touch(mode=0o600)
    half.write_text(json.dumps({"to": to, "text": text, "at": now.isoformat()}))
    half.replace(folder / f"{name}.json")
    return name


def _by_twilio(to: str, text: str, letter: uuid.UUID) -> str:
    # Imported here: it is large, and most processes never send a text message.
    import requests
    from twilio.base.exceptions import TwilioRestException
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    sms = settings.SMS
    client = Client(sms.sid, sms.token, http_client=TwilioHttpClient(pool_connections=False, timeout=SECONDS))
    client.api.base_url = sms.url
    try:
        became = f"{settings.BASE_URL}{reverse('text_status_hook')}?letter={letter}"
        made = client.messages.create(to=to, from_=sms.sender, body=text, status_callback=became)
    except TwilioRestException as error:
        raise _said(error.status) from error
    except requests.exceptions.RequestException as error:
        if _never_connected(error):
            raise NotSent(f"{type(error).__name__}: nothing was sent.") from error
        raise Doubtful(f"{type(error).__name__} while sending.") from error
    except Exception as error:  # an answer that is none: the message was handed over all the same
        raise Doubtful(f"{type(error).__name__} while sending.") from error
    return str(made.sid or "")


def _said(status: int) -> Exception:
    if status in OURS:
        return NotSent(f"The service for text messages said {status}.")
    if 400 <= status < 500:
        return Refused(f"The service for text messages refused it ({status}).")
    return Doubtful(f"The service for text messages said {status}.")


def _never_connected(error: Exception) -> bool:
    """True where not a byte can have left: no name, nobody listening, or no answer to the first knock."""
    from requests.exceptions import ConnectTimeout
    from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


CARRIERS: dict[str, Callable[[str, str, uuid.UUID], str]] = {OFF: _switched_off, FILE: _to_file, TWILIO: _by_twilio}
