"""What was asked before requests were kept and is still open gets a request of its own, so that it can be sent again."""

from datetime import timedelta

from django.db import migrations


def give(apps, schema_editor):
    consents = apps.get_model("clients", "Consent").objects.filter(request=None, status__in=["asked", "talk"])
    requests = apps.get_model("clients", "ConsentRequest").objects
    for one in consents.only("pk", "client_id", "asked_by_id", "asked_at"):
        made = requests.create(
            client_id=one.client_id,
            asked_by_id=one.asked_by_id,
            asked_at=one.asked_at,
            expires_at=one.asked_at + timedelta(days=30),
        )
        consents.filter(pk=one.pk).update(request=made)


class Migration(migrations.Migration):
    dependencies = [("clients", "0018_signers_requests_steps")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
