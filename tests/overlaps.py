"""What must not be: two sessions that hold their slot and share somebody or something."""

from django.db import connection

PAIRS = """
SELECT count(*) FROM moving_sessions_session a JOIN moving_sessions_session b ON a.id < b.id
WHERE a.status = ANY(%(holding)s) AND b.status = ANY(%(holding)s) AND (
  (a.therapist_id = b.therapist_id AND a.blocked_from < b.blocked_until AND b.blocked_from < a.blocked_until)
  OR (a.starts_at < b.ends_at AND b.starts_at < a.ends_at AND (
    a.room_id = b.room_id OR EXISTS (
      SELECT 1 FROM moving_sessions_seat s JOIN moving_sessions_seat t ON s.client_id = t.client_id
      WHERE s.session_id = a.id AND t.session_id = b.id))))
"""


def count() -> int:
    """How many pairs share a therapist, her travel time included, a room or a client."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"holding": ["requested", "held", "booked", "arrived", "kept"]})
        found: int = cursor.fetchone()[0]
    return found
