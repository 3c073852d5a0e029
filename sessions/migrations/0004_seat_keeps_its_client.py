"""A seat keeps its client: another client's key would not open the note."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("moving_sessions", "0003_answers_to_reminders"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="seat",
            trigger=pgtrigger.compiler.Trigger(
                name="seat_keeps_its_client",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."client_id" IS DISTINCT FROM (NEW."client_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d08fc2d73e9c0bb0dfd01682689405e3717f9590",
                    operation="UPDATE",
                    pgid="pgtrigger_seat_keeps_its_client_56f89",
                    table="moving_sessions_seat",
                    when="BEFORE",
                ),
            ),
        ),
    ]
