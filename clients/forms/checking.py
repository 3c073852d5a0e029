"""The file that somebody would like to have checked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.domain.papers import LARGEST


class CheckForm(forms.Form):
    """One file, of any kind: what it is, its bytes say."""

    file = forms.FileField(
        label=_("The signed paper, as a PDF"),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        help_text=_("Up to 20 MB. It is looked at and not kept."),
        error_messages={"required": _("Please choose a file."), "empty": _("This file is empty.")},
    )

    @property
    def data_of_file(self) -> bytes:
        """The bytes, and one more than are looked at, so that a larger one is known."""
        content: bytes = self.cleaned_data["file"].read(LARGEST + 1)
        return content
