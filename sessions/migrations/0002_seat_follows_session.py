"""A seat's span and state are its session's, kept equal by the database itself."""

from django.db import migrations

FOLLOW = """
ALTER TABLE moving_sessions_seat ADD CONSTRAINT seat_follows_session
  FOREIGN KEY (session_id, starts_at, ends_at, status, doubled)
  REFERENCES moving_sessions_session (id, starts_at, ends_at, status, doubled)
  ON UPDATE CASCADE ON DELETE CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("moving_sessions", "0001_first")]
    operations = [migrations.RunSQL(FOLLOW, "ALTER TABLE moving_sessions_seat DROP CONSTRAINT seat_follows_session;")]
