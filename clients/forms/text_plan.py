"""Writing the questions of the plan for meeting somebody whom the client knows."""

from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from clients.domain.consent_files import MOST_ANSWERS, Draft
from clients.domain.names import has_words
from clients.forms.texts import LONGEST_TITLE, keys_once, line


class QuestionForm(forms.Form):
    """One question with what can be answered. Without any words it is left out."""

    key = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
    label = line(_("Question"), LONGEST_TITLE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, MOST_ANSWERS + 1):
            self.fields[f"value_{n}"] = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
            self.fields[f"label_{n}"] = line(_("Answer %(n)s") % {"n": n}, LONGEST_TITLE)
            self.fields[f"said_{n}"] = line(_("Answer %(n)s, as it is read back") % {"n": n})

    @property
    def rows(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        """Its answers, those without words as well: what is stored, what is chosen, what is read back."""
        return [(self[f"value_{n}"], self[f"label_{n}"], self[f"said_{n}"]) for n in range(1, MOST_ANSWERS + 1)]

    @property
    def used(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        """The answers with words or with something wrong."""
        return [row for row in self.rows if any(has_words(one.value() or "") or one.errors for one in row[1:])]

    @property
    def spare(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        """The answers that may be added."""
        used = [value.name for value, _label, _said in self.used]
        return [row for row in self.rows if row[0].name not in used]

    @property
    def stands(self) -> bool:
        """True as soon as it or one of its answers has words."""
        return has_words(self["label"].value() or "") or bool(self.used)

    def question(self) -> dict[str, Any]:
        """What was typed; answers without words are left out."""
        data = self.cleaned_data
        choices = [
            {name: data.get(f"{name}_{n}", "") for name in ("value", "label", "said")}
            for n in range(1, MOST_ANSWERS + 1)
        ]
        choices = [choice for choice in choices if choice["label"] or choice["said"]]
        return {"key": data.get("key", ""), "label": data.get("label", ""), "choices": choices}


class Questions(forms.BaseFormSet):  # type: ignore[type-arg]
    """The questions in their order, then an empty one."""

    @classmethod
    def of(cls, draft: Draft, data: Any = None) -> "Questions":
        """Filled with the questions of a draft."""
        rows = []
        for one in draft.body.get("plan", {}).get("questions", []):
            rows.append({"key": one["key"], "label": one["label"]})
            for n, choice in enumerate(one["choices"], start=1):
                rows[-1] |= {f"{name}_{n}": said for name, said in choice.items()}
        return cast("Questions", QuestionRows(data, initial=[*rows, {}], prefix="question"))

    def questions(self, before: Draft) -> list[dict[str, Any]]:
        """What was typed; a question or an answer that is new is given a key."""
        known = before.body.get("plan", {}).get("questions", [])
        typed = [one for form in self.forms if (one := form.question())["label"] or one["choices"]]
        keys = keys_once([one["key"] for one in typed], known=[one["key"] for one in known])
        values = {one["key"]: [choice["value"] for choice in one["choices"]] for one in known}
        for key, one in zip(keys, typed, strict=True):
            one["key"], choices = key, one["choices"]
            once = keys_once([choice["value"] for choice in choices], known=values.get(key, []))
            one["choices"] = [choice | {"value": value} for choice, value in zip(choices, once, strict=True)]
        return typed


QuestionRows = forms.formset_factory(
    QuestionForm, formset=Questions, extra=0, max_num=12, absolute_max=20, validate_max=True
)
