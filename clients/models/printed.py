"""Which paper is the print of which decision."""

import uuid

import pgtrigger
from django.db import models

from clients.models.decision import Decision
from practice.models import Paper


class PrintedDecision(models.Model):
    """One print of one decision; a decision may be printed again, once it was read with somebody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="prints")
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [pgtrigger.Protect(name="printed_decision_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.paper}"
