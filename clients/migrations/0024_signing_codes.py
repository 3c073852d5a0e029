import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0023_calls_wait_in_a_row"),
    ]

    operations = [
        migrations.CreateModel(
            name="SigningCode",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "hashed",
                    models.CharField(
                        help_text="keyed, over purpose, request and digits; they are kept nowhere", max_length=64
                    ),
                ),
                ("sent_to", models.EmailField(max_length=254)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0, help_text="how often something else was typed")),
                ("used_at", models.DateTimeField(blank=True, help_text="when it was first typed rightly", null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="clients.consentrequest"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["request", "-made_at"], name="signing_code_newest")],
            },
        ),
    ]
