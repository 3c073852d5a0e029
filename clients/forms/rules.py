"""Changing a rule, and loading the words of an instrument."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clients.domain import packs
from clients.domain.packs import BrokenPack, Pack
from clients.domain.rule_changes import Line
from clients.models import RuleChange


class RuleForm(forms.Form):
    """What a rule asks for from now on, and why."""

    to = forms.ChoiceField(
        label=_("From now on"),
        widget=forms.RadioSelect,
        choices=lambda: [(one.value, capfirst(one.label)) for one in RuleChange.To],
    )
    why = forms.CharField(
        label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands beside the rule with your name and the day."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, line: Line) -> None:
        super().__init__(data, initial={"to": line.change.to} if line.change else None)


class PackForm(forms.Form):
    """A file with the words of one instrument, and the sentence about being entitled to them."""

    file = forms.FileField(label=_("The words, as a TOML file"), allow_empty_file=True)
    entitled = forms.BooleanField(
        label=_("The practice is entitled to use this copy, under the licence that its owner gives."),
        error_messages={"required": _("Words are loaded only with this sentence agreed to.")},
    )

    pack: Pack

    def clean_file(self) -> Any:
        """Checked against the instrument that it is for."""
        file = self.cleaned_data["file"]
        try:
            self.pack = packs.read(file.read(packs.LARGEST + 1))
        except BrokenPack as error:
            raise forms.ValidationError(str(error)) from error
        return file
