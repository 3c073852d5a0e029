"""Forms about being heard: a window and who watches it, the questions in it, what was done, and what is known."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.domain import baseline
from clients.domain.instruments import said, shipped
from clients.domain.worry import ASQ, NOW, Known
from clients.forms.questions import AsqForm
from clients.models.window import LONGEST
from practice.models import User

DATE = {"type": "date"}
TIME = {"type": "time"}
LATEST = 21
"""From this hour on no hour of the same evening is put forward."""
HOW_OFTEN = (_("Not at all"), _("Several days"), _("More than half the days"), _("Nearly every day"))


class WindowForm(forms.Form):
    """From when to when, and who sits at the screen then."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    opens = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs=TIME, format="%H:%M"))
    closes = forms.TimeField(
        label=_("Until"), widget=forms.TimeInput(attrs=TIME, format="%H:%M"), help_text=_("Two hours at most.")
    )
    watcher = forms.ChoiceField(label=_("Who watches"), widget=forms.RadioSelect)
    there = forms.BooleanField(
        label=_("I will be at my screen and telephone then"), required=False,
        help_text=_("When you watch yourself. Anybody else is asked first, and only then the letter leaves."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, people: list[User], by: User, zone: ZoneInfo, now: datetime) -> None:
        there = now.astimezone(zone)
        first: dict[str, Any] = {"day": there.date(), "watcher": str(by.pk)}
        if there.hour < LATEST:
            first |= {"opens": time(there.hour + 1), "closes": time(there.hour + 2)}
        super().__init__(data, initial=first)
        self.people, self.by, self.zone = {str(one.pk): one for one in people}, by, zone
        choices: Any = self.fields["watcher"]
        choices.choices = [(key, _("I do") if one == by else one.name) for key, one in self.people.items()]

    def clean(self) -> dict[str, Any]:
        """A short window, and a promise for oneself."""
        cleaned: dict[str, Any] = super().clean() or {}
        if {"day", "opens", "closes"} <= set(cleaned) and not timedelta() < self.closes_at - self.opens_at <= LONGEST:
            self.add_error("closes", _("Please choose an end after the beginning, two hours later at most."))
        if cleaned.get("watcher") == str(self.by.pk) and not cleaned.get("there"):
            self.add_error(
                "there", _("Please tick this, or choose somebody else: nothing is sent that nobody watches.")
            )
        return cleaned

    @property
    def opens_at(self) -> datetime:
        """The instant it opens, where the practice is."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["opens"], tzinfo=self.zone)

    @property
    def closes_at(self) -> datetime:
        """The instant it closes."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["closes"], tzinfo=self.zone)

    @property
    def chosen(self) -> User:
        """Who is asked."""
        return self.people[self.cleaned_data["watcher"]]


class OwnAsqForm(AsqForm):
    """The suicide questions as somebody answers them alone, word for word and without the clinician's notes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["manner"]
        for field in self.fields.values():
            field.help_text = ""

    def clean(self) -> dict[str, Any]:
        """The fifth is needed as soon as one of the four is not a no."""
        cleaned = super().clean()
        if NOW in self.errors:
            self.errors[NOW] = self.error_class([str(_("Please answer this one too."))])
        return cleaned


class ActForm(forms.Form):
    """What was done about a worrying answer, in a line."""

    words = forms.CharField(
        label=_("What you did"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as: rang at 14:20 and spoke for ten minutes; we meet tomorrow."),
    )  # fmt: skip


class BaselineForm(forms.Form):
    """What is known and planned for. Whatever stands here, thoughts of suicide right now always call somebody."""

    words = forms.CharField(
        label=_("What is known"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: passive thoughts, plan reviewed 3 May."),
    )  # fmt: skip
    item9 = forms.TypedChoiceField(
        label=_("Thoughts of being better off dead, in the two-week questions: known up to"),
        coerce=int, widget=forms.RadioSelect,
        choices=list(enumerate(HOW_OFTEN)),
    )  # fmt: skip
    asq = forms.MultipleChoiceField(
        label=_("Suicide questions whose yes is known"), required=False, widget=forms.CheckboxSelectMultiple
    )
    hurt = forms.ChoiceField(
        label=_("Hurting oneself on purpose, in the first questions: known up to"), widget=forms.RadioSelect,
        choices=[("no", _("No")), ("talk", _("Would rather talk about it")), ("yes", _("Yes"))],
    )  # fmt: skip
    review_by = forms.DateField(
        label=_("Look at it again by"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=_("After this day nothing counts as known, and every such answer calls somebody again."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, known: Known, words: str, today: date) -> None:
        first = {"item9": known.item9, "asq": sorted(known.asq), "hurt": known.hurt, "words": words}
        super().__init__(data, initial=first | {"review_by": today + baseline.USUAL})
        self.today = today
        items: Any = self.fields["asq"]
        items.choices = [(item.key, said(item.short)) for item in shipped()[ASQ].items if item.key != NOW]

    def clean_review_by(self) -> date:
        """A day from today on, half a year away at most."""
        day: date = self.cleaned_data["review_by"]
        if day < self.today:
            raise forms.ValidationError(_("Please choose a day that is still to come."))
        if day > self.today + baseline.LONGEST:
            raise forms.ValidationError(_("Please look at it again within half a year."))
        return day

    @property
    def known(self) -> Known:
        """What was chosen, for the domain."""
        said_here = self.cleaned_data
        return Known(item9=said_here["item9"], asq=frozenset(said_here["asq"]), hurt=said_here["hurt"])
