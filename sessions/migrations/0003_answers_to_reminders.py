"""A seat keeps what the client answered to her reminder, and when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moving_sessions", "0002_seat_follows_session")]
    operations = [
        migrations.AddField(
            model_name="seat",
            name="answer",
            field=models.CharField(
                blank=True,
                choices=[
                    ("coming", "will be there"),
                    ("indoors", "indoors today, please"),
                    ("cannot", "cannot come"),
                ],
                default="",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="seat",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
