"""With twenty thousand sessions the pages of the diary still find theirs by an index, never by reading them all."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from practice.config.addresses import Database
from practice.models import User
from sessions.domain import booking
from sessions.models import Session
from tests import factories
from tests.databases import Surroundings

LONDON = ZoneInfo("Europe/London")
TODAY = datetime.now(LONDON).date()
FILL = """
WITH made AS (
    INSERT INTO moving_sessions_session (id, therapist_id, place_id, kind, mode, indoor_minutes, name, status,
        starts_at, ends_at, blocked_from, blocked_until, doubled, doubled_because, fallback, video_link, waived,
        changes, booked_by_id, booked_at)
    SELECT gen_random_uuid(), who, %(place)s, 'individual', 'indoor', 0, '',
        CASE WHEN at < now() THEN 'kept' ELSE 'booked' END, at, at + interval '50 minutes', at,
        at + interval '50 minutes', false, '', '', '', '', 0, who, now()
    FROM unnest(%(therapists)s::uuid[]) AS who, generate_series(0, 1999) AS number,
        LATERAL (SELECT %(middle)s::timestamptz + (number - 1500) * interval '4 hours' AS at) AS slot
    RETURNING id, therapist_id, starts_at, ends_at, status
), seated AS (
    INSERT INTO moving_sessions_seat (id, session_id, client_id, starts_at, ends_at, status, doubled, added_at, answer)
    SELECT gen_random_uuid(), made.id, clients_careteammember.client_id, starts_at, ends_at, status, false, now(), ''
    FROM made JOIN clients_careteammember ON clients_careteammember.user_id = made.therapist_id
    RETURNING id, status
)
INSERT INTO moving_sessions_note (id, seat_id, author_id, status, saved_at, signed_at, version, content_sealed)
SELECT gen_random_uuid(), id, %(author)s, 'signed', now(), now(), 1, '' FROM seated WHERE status = 'kept'
"""


@pytest.fixture
def full(fresh_db: Database, surroundings: Surroundings) -> Session:
    """Ten therapists with a client each and two thousand sessions; one that is to come."""
    factories.practice()
    factories.user("Olga Brandt", "front_desk")
    therapists = [factories.user(f"Therapist {number}", "therapist") for number in range(10)]
    for one in therapists:
        factories.client(f"Client of {one.name}", one)
    ids = [one.pk for one in therapists]
    middle = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=LONDON)
    values = {"therapists": ids, "place": factories.place().pk, "author": ids[0], "middle": middle}
    with surroundings.admin(connection.settings_dict["NAME"]) as admin:
        with admin.transaction():
            admin.execute("SET LOCAL session_replication_role = replica")
            admin.execute(FILL, values)
        admin.execute("VACUUM ANALYZE moving_sessions_session, moving_sessions_seat, moving_sessions_note")
    return Session.objects.of(therapists[0]).filter(starts_at__gt=middle + timedelta(days=1)).earliest("starts_at")


def read_whole(browser: Browser, address: str) -> list[str]:
    """Which tables of the diary one of this page's statements would read from end to end, by PostgreSQL's own plan."""
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return reads_whole(queries)


def reads_whole(queries: CaptureQueriesContext) -> list[str]:
    """The same of statements that were captured."""
    asked = [one["sql"] for one in queries if one["sql"].startswith("SELECT") and "set_config" not in one["sql"]]
    found = []
    for sql in asked:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (FORMAT JSON) " + sql)
            plan = json.dumps(cursor.fetchone())
        tables = re.findall(r'"Seq Scan"[^{}]*?"Relation Name": "(moving_sessions_(?:session|seat|note))"', plan)
        found += [f"{table}: {sql[-300:]}" for table in tables]
    return found


def test_no_page_of_the_diary_reads_it_whole(full: Session) -> None:
    span = f"start={TODAY}&end={TODAY + timedelta(days=7)}"
    client = full.seats.get().client_id
    pages = [f"/sessions/events?{span}", "/sessions/week?view=week", "/sessions/week?view=month", "/sessions/today"]
    pages += [f"/sessions/{full.pk}", f"/sessions/{full.pk}/card", f"/sessions/client/{client}", f"/clients/{client}/"]
    whole: dict[str, Any] = {}
    for who in (full.therapist, User.objects.get(name="Olga Brandt")):
        browser = Browser()
        browser.force_login(who)
        whole |= {f"{who} {page}": found for page in pages if (found := read_whole(browser, page))}
    assert not whole, "\n".join(f"{page}\n  {one}" for page, found in whole.items() for one in found)


def test_no_booking_reads_it_whole(full: Session) -> None:
    """Indoors, and in a group, for which everything is looked at; over nothing that holds its slot."""
    clients = [full.seats.get().client]
    at = full.ends_at + timedelta(hours=1)
    what = {
        "therapist": full.therapist,
        "clients": clients,
        "mode": "indoor",
        "place": full.place,
        "by": full.therapist,
    }
    with CaptureQueriesContext(connection) as queries:
        made = booking.book(starts_at=at, minutes=30, kind="group", **what)
        booking.move(made, to=at + timedelta(minutes=30), by=full.therapist)
    assert not reads_whole(queries)
