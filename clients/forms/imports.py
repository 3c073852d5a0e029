"""Forms about a list of clients: the file, and what its columns hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.domain import sheet
from clients.domain.columns import Column
from practice.models import User
from practice.rules import Permission, has


class ListForm(forms.Form):
    """The file, and whose clients they are."""

    file = forms.FileField(
        label=_("The list"),
        help_text=_("A CSV file with headings in its first row, up to 1 MB and 2,000 people."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        error_messages={"empty": _("This file is empty.")},
    )
    therapist = forms.ModelChoiceField(
        label=_("In the care of"), queryset=User.objects.none(), empty_label=_("choose a therapist")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        field: Any = self.fields["therapist"]
        field.queryset = User.objects.clinicians()
        if not has(user, Permission.SEE_ALL_CLIENTS):
            del self.fields["therapist"]
        elif has(user, Permission.SCREEN):
            field.initial = user

    @property
    def data_of_file(self) -> bytes:
        """The bytes, and one more than are read, so that a larger one is known."""
        content: bytes = self.cleaned_data["file"].read(sheet.LARGEST + 1)
        return content

    @property
    def lead(self) -> User:
        """A therapist brings in her own clients; who sees everybody says whose they are."""
        return self.cleaned_data.get("therapist") or self.user


class ColumnsForm(forms.Form):
    """What each column holds. A name is needed, and nothing stands in two columns."""

    DAY, MONTH = "day", "month"
    order = forms.ChoiceField(
        label=_("How dates are written"),
        choices=[(DAY, _("day first: 9/3/1984 is in March")), (MONTH, _("month first: 3/9/1984 is in March"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, headings: tuple[str, ...], columns: list[str], month_first: bool) -> None:
        super().__init__(data, initial={"order": self.MONTH if month_first else self.DAY})
        self.names = [f"column_{number}" for number in range(len(headings))]
        for name, heading, chosen in zip(self.names, headings, columns, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=heading or _("(no heading)"),
                choices=[("", _("leave out")), *Column.choices],
                initial=chosen,
                required=False,
            )

    @property
    def columns(self) -> list[str]:
        """What was chosen, in the order of the columns."""
        return [self.cleaned_data.get(name, "") for name in self.names]

    @property
    def month_first(self) -> bool:
        """Whether 3/9/1984 is in March."""
        return bool(self.cleaned_data["order"] == self.MONTH)

    def clean(self) -> dict[str, Any]:
        """A name, and each thing once."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [column for column in self.columns if column]
        for twice in sorted({column for column in chosen if chosen.count(column) > 1}):
            self.add_error(None, _("“%(what)s” is chosen for two columns.") % {"what": Column(twice).label})
        if not {Column.NAME, Column.FIRST, Column.LAST} & set(chosen):
            self.add_error(None, _("Please say which column holds the name."))
        if Column.NAME in chosen and {Column.FIRST, Column.LAST} & set(chosen):
            self.add_error(None, _("Please choose the full name, or first and last name, and not both."))
        return cleaned
