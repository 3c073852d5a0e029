"""Forms about the risk assessment of a route: where to begin, what stands in it, and who approves it."""

from collections.abc import Sequence
from copy import copy
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from routes.domain import assessing, assessment_templates, risk
from routes.domain.assessing import Said
from routes.domain.assessment_gaps import Gap
from routes.domain.risk import Likelihood, Line, Severity
from routes.models import Hazard, RiskAssessment, Route
from routes.models.assessment import LONGEST

MOST = 40
"""Lines in one assessment."""


class BeginForm(forms.Form):
    """From a template, from the last signed version, or from nothing but the hazards of the record."""

    template = forms.ChoiceField(
        label=_("What is it like?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where to begin.")},
    )

    def __init__(self, data: Any = None, *, route: Route) -> None:
        super().__init__(data)
        last = assessing.newest(route)
        offered = [(one.key, _now(one.name), _now(one.about)) for one in assessment_templates.shipped().values()]
        if last:
            words = _now("Version %(n)s, its lines as they were signed") % {"n": last.version}
            offered.insert(0, (assessing.LAST, _now("As the last time"), words))
        offered.append(
            (assessing.NOTHING, _now("None of these"), _now("Only the hazards that stand in the route’s record"))
        )
        choices = [(key, format_html("{}<small>{}</small>", name, about)) for key, name, about in offered]
        self.fields["template"].choices = choices  # type: ignore[attr-defined]


class AssessmentForm(forms.ModelForm):
    """What stands beside the lines. Nothing is needed to keep a draft; signing asks for more."""

    class Meta:
        model = RiskAssessment
        fields = ["walked_on", "season", "hours", "group_limit", "alone", "words", "review_on"]
        widgets = {
            "walked_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "review_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "group_limit": forms.NumberInput(attrs={"class": "short"}),
            "hours": forms.Textarea(attrs={"rows": 1}),
            "alone": forms.Textarea(attrs={"rows": 2}),
            "words": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {"season": _("It holds"), "hours": _("At these hours"), "walked_on": _("You walked it on")}
        help_texts = {
            "review_on": _("A year after it was walked at the most; sooner after a storm or works."),
            "group_limit": _("Empty where no group walks here."),
            "alone": _("Who knows where you are, and what happens when you do not come back."),
            "words": _("What this sheet does not ask."),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_walked_on(self) -> date | None:
        """Nobody has walked it tomorrow."""
        walked: date | None = self.cleaned_data["walked_on"]
        if walked and walked > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return walked

    def clean(self) -> dict[str, Any]:
        """The two days fit together, in a draft too."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        walked, review = cleaned.get("walked_on"), cleaned.get("review_on")
        if walked and review and not timedelta(0) < review - walked <= LONGEST:
            self.add_error("review_on", _("After the day it was walked, and a year after it at the most."))
        return cleaned

    def said(self) -> Said:
        """The cleaned words, by column."""
        return Said(**{name: self.cleaned_data[name] for name in self.fields})  # type: ignore[typeddict-item]


def _scale(label: Any, choices: type[Likelihood] | type[Severity]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=lambda: [("", "…"), *((one.value, f"{one.value} · {one.label}") for one in choices)],
        coerce=int,
        empty_value=None,
        required=False,
    )


class LineForm(forms.Form):
    """One hazard. A line left empty, or left out, is not a line."""

    kind = forms.ChoiceField(label=_("What"), choices=[("", "…"), *Hazard.Kind.choices], required=False)
    words = forms.CharField(label=_("In words: where and when"), max_length=200, required=False)
    who = forms.CharField(label=_("Who may be harmed"), max_length=160, required=False)
    likelihood = _scale(_("How likely, as it is"), Likelihood)
    severity = _scale(_("How bad, as it is"), Severity)
    control = forms.CharField(
        label=_("What you do about it"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    likelihood_after = _scale(_("How likely, then"), Likelihood)
    severity_after = _scale(_("How bad, then"), Severity)
    gone = forms.BooleanField(label=_("Leave out"), required=False)

    def clean(self) -> dict[str, Any]:
        """A line that was begun says which kind it is; the rest can wait for the signature."""
        cleaned = super().clean() or {}
        if self.is_begun and not cleaned.get("kind") and "kind" not in self.errors:
            self.add_error("kind", _("Say which kind it is."))
        return cleaned

    @property
    def is_begun(self) -> bool:
        """Something stands in it, and it was not left out."""
        said = self.cleaned_data
        return not said.get("gone") and any(said.get(name) for name in risk.COLUMNS)

    @property
    def line(self) -> Line:
        """As the domain takes it."""
        return Line(**{name: self.cleaned_data[name] for name in risk.COLUMNS})

    @property
    def stood(self) -> Line | None:
        """What was kept in this place before, for the score in words; None for a new one."""
        return risk.lines([self.initial])[0] if self.initial else None


LineRows = forms.formset_factory(LineForm, extra=1, max_num=MOST, absolute_max=MOST + 20, validate_max=True)


class AssessmentPages:
    """The form of an assessment with its lines: valid together, or shown together."""

    def __init__(self, data: Any = None, *, made: RiskAssessment, today: date) -> None:
        # A form writes into its instance, and what was read has to stay what was read.
        self.words = AssessmentForm(data, instance=copy(made), today=today)
        self.lines = LineRows(data, prefix="lines", initial=[*made.rows])

    def is_valid(self) -> bool:
        """Both are asked, so that everything wrong is told at once."""
        return all([self.words.is_valid(), self.lines.is_valid()])

    @property
    def forms(self) -> list[forms.BaseForm]:
        """Every form on the page, in the order of the page."""
        return [*self.lines.forms, self.words]

    @property
    def _begun(self) -> list[LineForm]:
        return [form for form in self.lines.forms if form.is_begun]

    def told(self) -> list[Line]:
        """The lines as the domain takes them."""
        return [form.line for form in self._begun]

    def ask(self, gaps: Sequence[Gap]) -> None:
        """Put what is missing before it can be signed beside its field."""
        begun = self._begun
        for gap in gaps:
            form: forms.BaseForm = self.words if gap.line is None else begun[gap.line]
            form.add_error(gap.field if gap.field in form.fields else None, gap.words)


class ApproveForm(forms.Form):
    """Who approves may say something to it."""

    words = forms.CharField(
        label=_("In words"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
