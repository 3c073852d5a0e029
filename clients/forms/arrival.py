"""Forms about somebody who comes in mid-treatment: who they are, and what is on paper."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clients.domain import languages, signers
from clients.domain.decision import LONGEST
from clients.domain.facts import Limit
from clients.domain.on_paper import OLDEST_CONSENT, Ring
from clients.domain.signers import OWN
from clients.forms.decision import STARTERS
from clients.forms.person import ContactForm, EmergencyForm, NameField
from clients.models import Client, ConsentText, Signatory
from practice.domain.uploads import Upload
from practice.forms import UploadField
from practice.models import Mode

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AlreadyForm(ContactForm):
    """Who they are, one safe way to reach them, and whom to ring, which can follow later."""

    name = NameField(label=_("Name"), max_length=160)
    called = forms.CharField(label=_("Likes to be called"), max_length=80, required=False)
    pronouns = forms.CharField(label=_("Pronouns"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    ring_name = forms.CharField(label=_("Name"), max_length=160, required=False)
    ring_relation = forms.CharField(
        label=_("Who that is to the client"), max_length=80, required=False,
        help_text=_("Such as: partner, sister, neighbour."),
    )  # fmt: skip
    ring_phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    ring_may_say = forms.CharField(
        label=_("What may be said"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    ring: Ring | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = languages.offered()
        if len(spoken) > 1:
            field: Any = self.fields["language"]
            field.choices = list(spoken.items())
        else:
            del self.fields["language"]

    def clean(self) -> dict[str, Any]:
        """Whom to ring is left out, or whole."""
        cleaned = super().clean()
        said = {name: cleaned.get(f"ring_{name}", "") for name in ("name", "relation", "phone", "may_say")}
        if any(said.values()):
            whole = EmergencyForm(said, reads_chart=True)
            if whole.is_valid():
                self.ring = Ring(**whole.cleaned_data)
            for name, errors in whole.errors.items():
                self.add_error(f"ring_{name}", errors)
        return cleaned

    def said(self) -> dict[str, Any]:
        """What was entered, for the domain."""
        names = ("name", "called", "pronouns")
        said = {name: self.cleaned_data[name] for name in names} | {"way": self.way, "ring": self.ring}
        return said | {"language": self.cleaned_data.get("language") or "en"}


class OnPaperForm(forms.Form):
    """What was signed on paper, by whom and when; and the decision that was made, dated then. Each can be left out."""

    decided_on = forms.DateField(label=_("Decided on"), required=False, widget=DAY)
    modes = forms.MultipleChoiceField(
        label=_("Ways to meet that are agreed"),
        choices=lambda: [(mode.value, capfirst(mode.label)) for mode in Mode],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reasoning = forms.CharField(
        label=_("Why, in your own words"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    limits = forms.MultipleChoiceField(
        label=_("Limits that go with it"), choices=Limit.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    look_again_on = forms.DateField(label=_("Look again by"), required=False, widget=DAY)

    def __init__(
        self, *args: Any, client: Client, texts: list[ConsentText], today: date, with_decision: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.client, self.texts, self.today = client, texts, today
        self.beside: dict[str, Signatory] = {str(one.pk): one for one in client.signatories.current()}
        for text in texts:
            if self.beside:
                self.fields[f"who_{text.key}"] = self._who()
            self.fields[f"signed_{text.key}"] = forms.DateField(label=_("Signed on"), required=False, widget=DAY)
            self.fields[f"scan_{text.key}"] = UploadField(label=_("Scan or photograph"), required=False)
        if not with_decision:
            for name in ("decided_on", "modes", "reasoning", "limits", "look_again_on"):
                del self.fields[name]
        self.with_decision, self.decides = with_decision, False

    def _who(self) -> forms.MultipleChoiceField:
        others = [(key, f"{one.name}, {one.get_relation_display()}") for key, one in self.beside.items()]
        return forms.MultipleChoiceField(
            label=_("Who signed this paper"),
            choices=[(OWN, self.client.name), *others],
            widget=forms.CheckboxSelectMultiple,
            initial=[OWN],
            required=False,
        )

    @property
    def agreements(self) -> Iterator[tuple[ConsentText, list[forms.BoundField], forms.BoundField | None]]:
        """Each text with its date and its scan, and where several may have signed it, with who did."""
        for text in self.texts:
            who = self[f"who_{text.key}"] if self.beside else None
            yield text, [self[f"signed_{text.key}"], self[f"scan_{text.key}"]], who

    def clean(self) -> dict[str, Any]:
        """Something was filled in, and each part of it is whole."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for text in self.texts:
            self._agreement(text, cleaned)
        self.decides = any(cleaned.get(name) for name in ("decided_on", "modes", "reasoning", "limits"))
        if self.decides:
            self._decision(cleaned)
        if not self.errors and not self.decides and not self.consents():
            self.add_error(None, _("Nothing is filled in yet. Write a date, or leave this page for later."))
        return cleaned

    def _agreement(self, text: ConsentText, cleaned: dict[str, Any]) -> None:
        signed, upload = cleaned.get(f"signed_{text.key}"), cleaned.get(f"scan_{text.key}")
        if signed:
            self._not_ahead(f"signed_{text.key}", signed, oldest=self.today - OLDEST_CONSENT)
            self._standing(f"who_{text.key}", signed, cleaned)
        elif upload and f"signed_{text.key}" not in self.errors:
            self.add_error(f"signed_{text.key}", _("Please write the day on which this was signed."))

    def _standing(self, name: str, signed: date, cleaned: dict[str, Any]) -> None:
        if not self.beside or name in self.errors:
            return
        if not cleaned.get(name):
            self.add_error(name, _("Please say who signed this paper."))
        for key in cleaned.get(name, ()):
            if why := signers.no_standing(self.client, self.beside.get(key), on=signed):
                self.add_error(name, why)

    def _not_ahead(self, name: str, day: date, *, oldest: date) -> None:
        if day > self.today:
            self.add_error(name, _("This day has not come yet."))
        elif day < oldest:
            self.add_error(name, _("That is long ago. Please look at the year."))

    def _decision(self, cleaned: dict[str, Any]) -> None:
        for name in ("decided_on", "modes", "reasoning", "look_again_on"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Please fill this in, or leave the whole decision out."))
        decided, again = cleaned.get("decided_on"), cleaned.get("look_again_on")
        if decided and decided < self.today - LONGEST:
            self.add_error("decided_on", _("A decision lasts a year at most. Please write a new one."))
        elif decided:
            self._not_ahead("decided_on", decided, oldest=self.today - LONGEST)
        if again and again < self.today:
            self.add_error("look_again_on", _("Please choose a day that is still to come."))
        elif again and decided and again > decided + LONGEST:
            self.add_error("look_again_on", _("A decision lasts a year at most. Please choose an earlier day."))
        if cleaned.get("reasoning", "").strip().rstrip(" …") in {str(one).rstrip(" …") for one in STARTERS}:
            self.add_error("reasoning", _("Please finish the sentence in your own words."))

    def consents(self) -> list[tuple[ConsentText, date, Upload | None, Signatory | None]]:
        """What was signed, when, its scan, and by whom: a line for each of them, the client as None."""
        data = self.cleaned_data
        found = [(text, data.get(f"signed_{text.key}"), data.get(f"scan_{text.key}")) for text in self.texts]
        return [
            (text, day, scan or None, self.beside.get(key))
            for text, day, scan in found
            if day
            for key in data.get(f"who_{text.key}", [OWN])
        ]

    def decision(self) -> dict[str, Any]:
        """What was decided, for the domain."""
        names = ("decided_on", "modes", "limits", "look_again_on")
        return {name: self.cleaned_data[name] for name in names} | {"reasoning": self.cleaned_data["reasoning"].strip()}
