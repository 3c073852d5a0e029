"""The form for a photograph."""

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.forms import PhotoField


class PhotoForm(forms.Form):
    """One photograph."""

    photo = PhotoField(label=_("Photograph"), error_messages={"required": _("Choose a photograph first.")})
