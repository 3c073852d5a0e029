"""A doctor who has not replied and a decision to be read, for the demo: made by the verbs that real work uses."""

import contextlib
from datetime import UTC, date, datetime, time, timedelta

from clients.domain import doctor_lines, medical_letters, reading, second_reading
from clients.models import Client
from practice.models import User

DOCTOR = "Dr Imogen Field"
SURGERY = "Mill Lane Surgery\n2 Mill Lane\nLondon N1 0XY"


def ask_a_doctor(client: Client, *, by: User, today: date) -> None:
    """Asked a fortnight and two days ago, with no reply yet. Where nothing can be printed, nobody was asked."""
    day = today - timedelta(days=16)
    about = doctor_lines.offered(reading.newest(client, today=today))[:1]
    urgent = any(one.is_urgent for one in about)
    with contextlib.suppress(OSError):  # a machine without Pango
        medical_letters.ask(
            client,
            name=DOCTOR,
            address=SURGERY,
            text=medical_letters.draft(
                client, about=[one.text for one in about], ways=["sit", "walk"], is_urgent=urgent
            ),
            client_agreed_on=day,
            by=by,
            at=datetime.combine(day, time(16, 5), tzinfo=UTC),
        )
    medical_letters.remind()


def give_to_read(client: Client) -> None:
    """The decision of a trainee, waiting to be read with her supervisor."""
    made = client.decisions.select_related("by").first()
    if made and (supervisor := second_reading.supervisor_of(made.by)):
        second_reading.ask(made, reader=supervisor, by=made.by)
