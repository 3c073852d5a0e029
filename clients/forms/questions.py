"""Questions as fields: one page of an instrument, and the suicide questions as a clinician asks them."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clients.domain import asq
from clients.domain.answering import Change, Kept, mark
from clients.domain.asking import Step, still_open
from clients.domain.instruments import LEFT_OUT, Answer, Answers, Instrument, Item, said, shipped
from clients.domain.screening import BadAnswer, check, clean, missing
from clients.models import Screening


class PartForm(forms.Form):
    """One page of questions. Every question can be left out; none is taken for granted.

    Beside each field lies a mark of the answer that stood when the page was drawn (`was.…`), so that what another page
    answered meanwhile is not overwritten by one that did not touch it. With `only`, the form is one answer.
    """

    def __init__(
        self, data: Any = None, *, step: Step, kept: Answers | None = None, language: str = "en", only: str = ""
    ) -> None:
        super().__init__(data, initial=dict(kept or {}))
        self.step, self.kept = step, dict(kept or {})
        self.changes: dict[str, Change] = {}
        for item in step.every_item:
            if only in ("", item.key):
                self.fields[item.key] = _field(item, language)

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The fields as they are drawn: each question with what follows from it, and what stood there before."""
        return [
            {
                "item": item,
                "field": self[item.key],
                "follow_ups": [self[one.key] for one in item.follow_ups],
                "was": [(f"was.{one.key}", mark(self.kept.get(one.key))) for one in (item, *item.follow_ups)],
            }
            for item in self.step.part.items
        ]

    @property
    def is_stale(self) -> bool:
        """Whether the questions were written anew since the page was drawn."""
        return self.data.get("version", self.step.instrument.version) != self.step.instrument.version

    def clean(self) -> dict[str, Any]:
        """Gather what this page says; an answer that is not one is refused in words and the rest is kept."""
        for key, value in list(self.cleaned_data.items()):
            was = self.data.get(f"was.{key}")
            if key not in self.data and was is None:
                continue
            try:
                answer = check(self.step.instrument.find(key), _unfolded(value))
            except BadAnswer as error:
                self.add_error(key, str(error))
            else:
                self.changes[key] = Change(answer, was)
        return self.cleaned_data

    def look_over(self, kept: Kept) -> None:
        """Show what stands now; say what clashed, and ask once more for what is still open."""
        data: Any = self.data
        self.kept, self.data = kept.answers, data.copy()
        for key in kept.clashes:
            self.add_error(key, self._clash(self.step.instrument.find(key)))
        for key in still_open(self.step, kept.answers):
            if key not in self.errors:
                self.add_error(key, _("Please choose an answer, or leave this one out."))
        for item in self.step.every_item:
            is_words = item.scale.kind == "text"
            if item.key not in self.errors or (item.key in kept.clashes and not is_words):
                _put(self.data, item.key, kept.answers.get(item.key, ""))

    def _clash(self, item: Item) -> str:
        there = self.kept.get(item.key, "")
        if item.scale.kind == "text":
            said_there = _(
                "Other words were kept from another page meanwhile: “%(there)s”. Go on, and yours replace them."
            )
            return said_there % {"there": there}
        said_there = _("Meanwhile another page kept “%(there)s” here, and you chose “%(here)s”. Which one holds?")
        return said_there % {
            "there": self._labels(item, there),
            "here": self._labels(item, self.changes[item.key].answer),
        }

    def _labels(self, item: Item, answer: Answer) -> str:
        """An answer in the words that the page offers."""
        chosen = {answer} if isinstance(answer, str) else set(answer)
        choices = getattr(self.fields[item.key], "choices", ())
        return ", ".join(str(label) for value, label in choices if value in chosen) or str(_("nothing"))


def _unfolded(value: Any) -> Any:
    """Boxes ticked, as one answer. Raises BadAnswer when leaving out is ticked beside others."""
    if not isinstance(value, list) or LEFT_OUT not in value:
        return value or ""
    if len(value) > 1:
        raise BadAnswer(_("Leaving it out does not go with an answer. Please keep one of the two."))
    return LEFT_OUT


def _put(data: Any, key: str, answer: Answer) -> None:
    data.setlist(key, [answer] if isinstance(answer, str) and answer else list(answer))


def _field(item: Item, language: str = "en") -> forms.Field:
    label, note = said(item.text, language), said(item.note, language)
    if label.isdecimal():  # the words stand in the practice's own copy
        label = _("Question %(number)s") % {"number": label}
    if item.scale.kind == "text":
        return forms.CharField(
            label=label, help_text=note, required=False, max_length=item.scale.longest,
            widget=forms.Textarea(attrs={"rows": 3}),
        )  # fmt: skip
    choices: list[tuple[str, Any]] = [(choice.value, said(choice.text, language)) for choice in item.scale.choices]
    if item.needed:
        choices.append((LEFT_OUT, _("Leave this one out")))
    if item.scale.kind == "many":
        return forms.MultipleChoiceField(
            label=label, help_text=note, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    return forms.ChoiceField(label=label, help_text=note, required=False, choices=choices, widget=forms.RadioSelect)


class HereForm(forms.Form):
    """One instrument on one page, written down by a clinician. What was not answered stays open."""

    manner = forms.ChoiceField(
        label=_("Asked"), widget=forms.RadioSelect,
        choices=lambda: [(one.value, capfirst(one.label)) for one in Screening.Manner if one != Screening.Manner.LINK],
    )  # fmt: skip

    def __init__(self, data: Any = None, *, instrument: Instrument, known: Answers | None = None) -> None:
        super().__init__(data, initial=dict(known or {}))
        self.instrument = instrument
        self.answers: dict[str, Answer] = {}
        for item in instrument.every_item():
            if not item.live:
                self.fields[item.key] = _field(item)

    @property
    def pages(self) -> list[dict[str, Any]]:
        """The parts with their questions; what is asked live is only named, with no field."""
        return [
            {
                "part": part,
                "questions": [
                    {"item": item, "field": self[item.key], "follow_ups": [self[one.key] for one in item.follow_ups]}
                    for item in part.items
                    if not item.live
                ],
                "live": [item for item in part.items if item.live],
            }
            for part in self.instrument.parts
        ]

    def clean(self) -> dict[str, Any]:
        """Gather what was answered. `answers` holds it."""
        self.answers = clean(self.instrument, _given(self, self.instrument))
        if not self.answers:
            self.add_error(None, _("Nothing is answered yet."))
        return self.cleaned_data


def _given(form: forms.Form, instrument: Instrument) -> dict[str, Answer]:
    """The answers among a form's fields; one that was not offered becomes its field's error."""
    given: dict[str, Answer] = {}
    for item in instrument.every_item():
        if not (value := form.cleaned_data.get(item.key)):
            continue
        try:
            given[item.key] = check(item, LEFT_OUT if value == [LEFT_OUT] else value)
        except BadAnswer as error:
            form.add_error(item.key, str(error))
    return given


class AsqForm(forms.Form):
    """The suicide questions, word for word, each with yes, no or refused; the fifth only when it is called for."""

    manner = forms.ChoiceField(
        label=_("Asked"), widget=forms.RadioSelect,
        choices=lambda: [(one.value, capfirst(one.label)) for one in Screening.Manner if one != Screening.Manner.LINK],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = shipped()[asq.KIND]
        for item in self.instrument.items:
            self.fields[item.key] = forms.ChoiceField(
                label=said(item.text),
                help_text=said(item.note),
                choices=[(choice.value, said(choice.text)) for choice in item.scale.choices],
                widget=forms.RadioSelect,
                required=item.opened_by is None,
            )

    @property
    def four(self) -> list[forms.BoundField]:
        """The questions that are always asked."""
        return [self[item.key] for item in self.instrument.items if item.opened_by is None]

    @property
    def fifth(self) -> forms.BoundField:
        """The question about right now."""
        return self["now"]

    def clean(self) -> dict[str, Any]:
        """The fifth question is needed as soon as one of the four is not a no."""
        cleaned: dict[str, Any] = super().clean() or {}
        given = {key: value for key, value in cleaned.items() if value}
        if "now" in missing(self.instrument, given):
            self.add_error("now", _("Please ask this one too: one of the four was not a no."))
        return cleaned

    @property
    def answers(self) -> dict[str, Answer]:
        """What was answered, by item."""
        return {item.key: self.cleaned_data[item.key] for item in self.instrument.items if self.cleaned_data[item.key]}
