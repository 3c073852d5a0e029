"""`manage.py publish_consents`: make the texts in clients/consents/ ready to be asked for."""

from typing import Any

from django.core.management.base import BaseCommand

from clients.domain import consent_texts


class Command(BaseCommand):
    """Publishes what is new or changed; what was published stays, and so do texts that the practice has changed."""

    help = "Publish the consent texts that came with the product or were changed. Have a lawyer read them first."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was published."""
        published = consent_texts.publish_shipped()
        for text in published:
            self.stdout.write(f"Published: {text}.")
        if not published:
            self.stdout.write("Nothing is new: every text was published before.")
