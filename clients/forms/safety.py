"""The safety assessment, the plan for harder days, and how the call of the next day went."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clients.domain import plan_page, safety
from clients.models import SafetyAssessment
from clients.models.safety import Contact, Intent, Means, Method, Thoughts

LONGEST = 4000
SOON = timedelta(days=28)


def _choice(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **more)


def _words(
    label: Any, *, rows: int = 3, required: bool = False, longest: int = LONGEST, **more: Any
) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    field = forms.CharField(label=label, required=required, max_length=longest, widget=area, **more)
    field.widget.attrs.pop("maxlength", None)  # a browser would cut what is pasted without a word
    return field


def _contacts() -> list[tuple[str, Any]]:
    return [(one.value, capfirst(one.label)) for one in Contact]


class AssessmentForm(forms.Form):
    """What was asked, what was found, what was decided and who was told. Nothing is chosen beforehand."""

    manner = _choice(_("We spoke"), _contacts)
    thoughts = _choice(_("Thoughts of dying"), Thoughts.choices)
    thoughts_words = _words(_("Since when, how often, how strong"), rows=2)
    intent = _choice(_("Whether they mean to act"), Intent.choices)
    intent_words = _words(_("In their words"), rows=2)
    method = _choice(_("A plan"), Method.choices)
    method_words = _words(_("What, where, when; what has been got ready"), rows=2)
    means = _choice(_("Means"), Means.choices)
    means_words = _words(_("What, and what was done about it"), rows=2)
    history = _words(_("What happened before"), help_text=_("Earlier attempts, self-harm, losses; what helped then."))
    holds = _words(_("What holds them"), help_text=_("People, animals, plans, faith; what speaks for staying."))
    outcome = _choice(_("How we leave it"), SafetyAssessment.Outcome.choices)
    decision = _words(_("What we decided, and why"), required=True)
    told = _words(
        _("Who was told, and when"),
        required=True,
        help_text=_("Such as: crisis team at 14:20, spoke to Jo; partner is on the way."),
    )
    thought_about = forms.BooleanField(
        label=_("I have thought about this, and my words say how"), required=False
    )  # fmt: skip
    read = forms.CharField(required=False, widget=forms.HiddenInput)
    """Which suicide questions the page showed, and how they came out; the page says it anew each time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[Any] = []

    @property
    def questions(self) -> list[dict[str, forms.BoundField]]:
        """What is asked with a choice, each with its words."""
        return [{"field": self[name], "words": self[f"{name}_words"]} for name in safety.ASKED]

    def clean(self) -> dict[str, Any]:
        """Leaving it as settled with something grave on the page asks for a tick, not for a permission."""
        cleaned: dict[str, Any] = super().clean() or {}
        settles = cleaned.get("outcome") in SafetyAssessment.SETTLES
        if settles and safety.heard_nothing(cleaned):
            text = _("Nothing was said about thoughts, intent, a plan or means: please choose another way to leave it.")
            self.add_error("outcome", text)
            return cleaned
        if settles and cleaned.get("intent") in (Intent.YES, Intent.UNSAID):
            self.warnings.append(
                _("The page says that they mean to act, or would not say; and that they are safe for now.")
            )
        if settles and cleaned.get("method") == Method.MADE and cleaned.get("means") in (Means.NEAR, Means.UNSAID):
            self.warnings.append(
                _("The page names a plan with its means within reach, and that they are safe for now.")
            )
        if self.warnings and not cleaned.get("thought_about"):
            self.add_error("thought_about", _("Please read this once more, and say that you thought about it."))
        return cleaned

    @property
    def said(self) -> dict[str, str]:
        """The words, as the domain takes them."""
        asked = (name for question in safety.ASKED for name in (question, f"{question}_words"))
        return {name: self.cleaned_data[name].strip() for name in (*asked, *safety.TOLD)}


class PlanForm(forms.Form):
    """The plan in the client's own words, a few lines a part, and when the two look at it again."""

    manner = _choice(_("Made together"), _contacts)
    look_again_on = forms.DateField(
        label=_("Look at it again by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    read = forms.CharField(required=False, widget=forms.HiddenInput)
    """Which version the page began with; the page says it anew each time."""

    HINTS = {
        "people": _("One a line, with the number: then it can be rung from the page."),
        "helpers": _(
            "You, a doctor, a clinic, with numbers. The lines that answer at any hour stand on the page by themselves."
        ),
        "safer": _("What is locked away, handed over or thrown out, and who helps with it."),
    }

    def __init__(self, *args: Any, today: date, version: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.version = today, str(version)
        self.fields["look_again_on"].initial = today + SOON
        for part, heading in plan_page.headings().items():
            longest = plan_page.ROW * plan_page.ROWS
            self.fields[part] = _words(heading, longest=longest, help_text=self.HINTS.get(part, ""))

    @property
    def parts(self) -> list[forms.BoundField]:
        """The parts, in the order of the page."""
        return [self[part] for part in safety.PARTS]

    def clean_look_again_on(self) -> date:
        """A day to come, a year away at most."""
        day: date = self.cleaned_data["look_again_on"]
        if day <= self.today:
            raise forms.ValidationError(_("Please choose a day that is still to come."))
        if day > self.today + safety.LONGEST:
            raise forms.ValidationError(_("Please choose a day within a year."))
        return day

    def clean(self) -> dict[str, Any]:
        """At least one part, none longer than the page has room for, and nothing written over what was not read."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("read", "") != self.version and self.said != self.initial:
            self.add_error(None, _("A newer version was written since this page was opened. Please read it first."))
        for part in safety.PARTS:
            if plan_page.lines(cleaned.get(part, "")) > plan_page.ROWS:
                self.add_error(part, _("Please keep this to five lines: the plan is one page."))
        if not any(cleaned.get(part) or part in self.errors for part in safety.PARTS):
            self.add_error(None, _("Please write at least one part."))
        return cleaned

    @property
    def said(self) -> dict[str, str]:
        """The parts that were written, without empty lines."""
        lines = {part: self.cleaned_data.get(part, "").splitlines() for part in safety.PARTS}
        said = {part: "\n".join(line.strip() for line in own if line.strip()) for part, own in lines.items()}
        return {part: text for part, text in said.items() if text}


class DoneForm(forms.Form):
    """How it went."""

    words = _words(
        _("How it went"), required=True, help_text=_("How they are, what was agreed, and when you speak next.")
    )
