"""Beginning a text of the practice's own, or one more language of a text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.domain import languages
from clients.domain.names import has_words
from clients.forms.texts import LONGEST_TITLE
from practice.models import Scope


class LanguageForm(forms.Form):
    """In which language, of those in which there is no such text yet."""

    language = forms.ChoiceField(label=_("Language"), error_messages={"required": _("Please choose a language.")})

    def __init__(self, *args: Any, without: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, name) for code, name in languages.known().items() if code not in without]
        first = [("", _("Please choose"))] if "en" in without else []
        self.fields["language"].choices = first + choices  # type: ignore[attr-defined]


class BeginForm(LanguageForm):
    """What the text is called and what it is about; all of it can be changed later but the language."""

    title = forms.CharField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"dir": "auto", "maxlength": None}),
        error_messages={"required": _("Please give it a title.")},
    )
    about = forms.MultipleChoiceField(
        label=_("What it is about"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one: it says which clauses are needed.")},
    )
    field_order = ("title", "about", "language")

    def clean_title(self) -> str:
        """Something that can be read out."""
        title = str(self.cleaned_data["title"])
        if not has_words(title):
            raise forms.ValidationError(_("Please give it a title."))
        return title
