"""A time outdoors without light is booked only when that is meant."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from routes.models import Route
from sessions.domain import light_chip
from sessions.domain.chip import LOOK


class InTheDark(forms.Form):
    """What a form about one session asks when the light does not last."""

    is_dark = forms.BooleanField(label=gettext_lazy("It will be dark, and that is meant"), required=False)

    asks_about_light = False
    """Whether the tick is shown."""

    def lacks_light(self, route: Route | None, starts_at: datetime, ends_at: datetime, *, zone: str) -> bool:
        """Whether the light does not last and nobody said that this is meant; the form then says so."""
        dark = [chip for chip in light_chip.of(route, starts_at, ends_at, zone=zone) if chip.tone == LOOK]
        self.asks_about_light = bool(dark)
        if not dark or self.cleaned_data.get("is_dark"):
            return False
        or_tick = _("Or tick that it is meant so.")
        self.add_error("starts", f"{dark[0].text}. {dark[0].reason} {or_tick}")
        return True
