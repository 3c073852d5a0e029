"""Who signs beside a client, and on what day she was born."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.domain import ages, signatories
from clients.domain.names import seen
from clients.domain.signatories import Named
from clients.models import Client, Signatory
from practice.models import Practice

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
OLDEST = 120


def _today() -> date:
    return Practice.load().day_of(timezone.now())


class SignatoryForm(forms.ModelForm):
    """One person who signs. An address that somebody else reads too needs a second look."""

    sure = forms.BooleanField(label=_("Keep it all the same"), required=False)

    is_same = forms.BooleanField(
        label=_("It is the same person, only the spelling of the name is put right"), required=False,
        help_text=_("Without it, another name is somebody new, who is asked anew; so is another relation, always."),
    )  # fmt: skip

    class Meta:
        model = Signatory
        fields = ["name", "relation", "email", "must_sign", "may_see", "authority_seen_on"]
        labels = {
            "relation": _("Who that is to the client"),
            "must_sign": _("Nothing is agreed without this signature"),
            "may_see": _("What they may be told"),
            "authority_seen_on": _("Day on which the paper was seen that shows they may sign"),
        }
        help_texts = {
            "email": _("The letter with the link goes here, so nobody else should read it."),
            "must_sign": _("Leave it out for somebody who may sign as well, and need not."),
            "may_see": _("The desk goes by it when they ring. Nobody reads answers or notes, whatever is chosen."),
        }
        widgets = {"may_see": forms.RadioSelect, "authority_seen_on": DAY}

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client, self.warnings = client, list[str]()
        if self.instance._state.adding or not signatories.was_asked(self.instance):
            del self.fields["is_same"]
        relation: Any = self.fields["relation"]
        relation.choices = [("", _("choose")), *Signatory.Relation.choices]

    def clean_name(self) -> str:
        """A name that can be seen."""
        if not (readable := seen(self.cleaned_data["name"])):
            raise forms.ValidationError(_("Please write a name."))
        return readable

    def clean_relation(self) -> str:
        """Parents and guardians sign for somebody under age alone."""
        relation: str = self.cleaned_data["relation"]
        if relation not in Signatory.UNTIL_OF_AGE:
            return relation
        if self.client.birth_date is None:
            raise forms.ValidationError(_("First keep the date of birth: without it the client counts as of age."))
        oldest = Practice.load().majority_age or ages.OLDEST_MAJORITY
        if (ages.on(self.client.birth_date, _today()) or 0) >= oldest:
            raise forms.ValidationError(
                _("The client is of age. Whoever signs for somebody of age is a legal representative.")
            )
        return relation

    def clean_authority_seen_on(self) -> date | None:
        """A paper was not seen in the future."""
        day: date | None = self.cleaned_data["authority_seen_on"]
        if day and day > _today():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        """Warn once of letters that could reach the wrong eyes."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self.warnings = signatories.clashes(
                self.client,
                cleaned["email"],
                points=self.client.contact_points.values_list("value", flat=True),
                others=self.client.signatories.current(),
                but=self.instance.pk,
            )
            if self.warnings and not cleaned.get("sure"):
                self.add_error("sure", _("Please look at the address, or say that it is right."))
        return cleaned

    @property
    def said(self) -> Named:
        """What was entered, for the domain."""
        return Named(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class BirthDateForm(forms.Form):
    """The day on which a client was born."""

    born = forms.DateField(
        label=_("Date of birth"), required=False, widget=DAY,
        help_text=_("It says whether a parent or guardian signs too. Left empty, the client counts as of age."),
    )  # fmt: skip

    def clean_born(self) -> date | None:
        """A day on which somebody who lives can have been born."""
        born: date | None = self.cleaned_data["born"]
        today = _today()
        if born and not (today.year - OLDEST <= born.year and born <= today):
            raise forms.ValidationError(_("Please look at the year."))
        return born
