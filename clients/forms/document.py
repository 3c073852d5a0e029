"""A document from outside: what it is, and why it is put aside."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clients.domain.documents import LONGEST_REASON, LONGEST_TITLE
from clients.models import Document
from practice.forms import UploadField


class DocumentForm(forms.Form):
    """The file and what it is. Nothing is chosen beforehand; the name of the file counts for nothing."""

    file = UploadField(label=_("The document"))
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=lambda: [(kind.value, capfirst(kind.label)) for kind in Document.Kind],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(
        label=_("What the list calls it"),
        help_text=_("Such as: court order of 3 March."),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PutAsideForm(forms.Form):
    """Why, and whether it belongs to somebody else."""

    reason = forms.CharField(
        label=_("Why it is put aside"),
        help_text=_("Such as: replaced by the order of 3 March."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_misfiled = forms.BooleanField(
        label=_("It belongs to somebody else: nobody opens it here any more"), required=False
    )
