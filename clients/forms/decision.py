"""The decision as a form: modes, limits, reasoning, and when to look again."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clients.domain.considerations import Considered
from clients.domain.decision import LONGEST
from clients.domain.facts import Level, Limit
from practice.models import OUTDOOR, Mode, User

STARTERS = (
    _("We considered …"),
    _("Walking may help because …"),
    _("What we agreed about today is …"),
)
SOON, USUAL = timedelta(days=91), timedelta(days=365)


class DecisionForm(forms.Form):
    """What a clinician decides. Considerations inform it; none is chosen for her beforehand except the limits."""

    modes = forms.MultipleChoiceField(
        label=_("Ways to meet that are agreed"),
        choices=lambda: [(mode.value, capfirst(mode.label)) for mode in Mode],
        widget=forms.CheckboxSelectMultiple,
    )
    limits = forms.MultipleChoiceField(
        label=_("Limits that go with it"), choices=Limit.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    reasoning = forms.CharField(
        label=_("Why, in your own words"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6})
    )
    look_again_on = forms.DateField(
        label=_("Look again by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    thought_about = forms.BooleanField(label=_("My own words above speak to these"), required=False)

    read_with = forms.ModelChoiceField(
        label=_("Read with a second clinician"),
        help_text=_("They read this decision, and nothing else of the chart. It stands meanwhile."),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody"),
    )

    read = forms.CharField(required=False, widget=forms.HiddenInput)
    """What lay on the page; the page says it anew each time."""

    def __init__(
        self,
        data: Any = None,
        *,
        considered: Considered,
        today: date,
        crisis_is_open: bool = False,
        readers: QuerySet[User] | None = None,
        supervisor: User | None = None,
    ) -> None:
        suggested = today + (SOON if considered.level >= Level.THERAPIST_REVIEW else USUAL)
        initial = {"limits": sorted(considered.limits), "look_again_on": suggested, "read_with": supervisor}
        super().__init__(data, initial=initial)
        if readers is not None:
            self.fields["read_with"].queryset = readers  # type: ignore[attr-defined]
        self.considered, self.today, self.crisis_is_open = considered, today, crisis_is_open
        self.warnings: list[str] = []

    def clean_look_again_on(self) -> date:
        """A day from today on, a year away at most."""
        day: date = self.cleaned_data["look_again_on"]
        if day < self.today:
            raise forms.ValidationError(_("Please choose a day that is still to come."))
        if day > self.today + LONGEST:
            raise forms.ValidationError(_("A decision lasts a year at most. Please choose an earlier day."))
        return day

    def clean_reasoning(self) -> str:
        """Words of her own, not a starter left alone."""
        reasoning: str = self.cleaned_data["reasoning"].strip()
        if reasoning.rstrip(" …") in {str(starter).rstrip(" …") for starter in STARTERS}:
            raise forms.ValidationError(_("Please finish the sentence in your own words."))
        return reasoning

    def clean(self) -> dict[str, Any]:
        """Outdoors waits while safety is open; anything else that speaks against a chosen mode asks for a tick."""
        cleaned: dict[str, Any] = super().clean() or {}
        modes = set(cleaned.get("modes", ()))
        if self.crisis_is_open and modes & OUTDOOR:
            self.add_error("modes", _("Meeting outdoors waits until it is written down what keeps this person safe."))
            return cleaned
        self.warnings = [one.words for one in self.considered.considerations if one.closes & modes]
        if self.warnings and not cleaned.get("thought_about"):
            self.add_error(
                "thought_about",
                _("Some findings speak against a way that you chose. Please say that you thought about them."),
            )
        return cleaned
