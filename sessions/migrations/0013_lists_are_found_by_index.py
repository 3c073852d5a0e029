"""Lists find their rows by an index that grows no slower with what lies behind."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0028_when_a_way_may_be_used"),
        ("moving_sessions", "0011_waiting_places"),
        ("practice", "0010_clinician_record"),
        ("routes", "0007_facts_nobody_stated"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="session",
            name="session_of_therapist",
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(
                condition=models.Q(("answer__in", ["cannot", "indoors"])),
                fields=["starts_at"],
                name="seat_not_as_booked",
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                fields=["therapist", "starts_at"], include=("ends_at", "status", "id"), name="session_of_therapist"
            ),
        ),
    ]
