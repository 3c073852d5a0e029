"""Asking for a consent, and the page on which it is signed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.domain import signature
from clients.domain.signers import Signer
from clients.domain.signing import LONGEST_NAME, LONGEST_SIGN, LONGEST_WORDS, Agreement
from clients.domain.to_sign import Person
from clients.models import ConsentText


class AskForm(forms.Form):
    """Which texts, whose signatures, and how: by letter, or together on this device."""

    SEND, HERE = "send", "here"

    how = forms.ChoiceField(label=_("How"), choices=[(SEND, _("By letter")), (HERE, _("Together here"))])

    def __init__(self, *args: Any, texts: Sequence[ConsentText], people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        chosen = ConsentText.objects.filter(pk__in=[text.pk for text in texts])
        self.fields["text"] = forms.ModelMultipleChoiceField(
            label=_("Texts"), queryset=chosen, error_messages={"required": _("Please choose at least one.")}
        )
        self.fields["who"] = forms.MultipleChoiceField(
            label=_("Who signs"),
            choices=[(one.signer.key, one.name) for one in people],
            error_messages={"required": _("Please choose at least one person.")},
        )

    @property
    def signers(self) -> list[Signer]:
        """Whose signatures are asked for, in the order of the page."""
        return [one.signer for one in self.people if one.signer.key in self.cleaned_data["who"]]

    @property
    def ticked(self) -> set[str]:
        """The people who are ticked as the page is drawn: as it was sent, or who is expected."""
        if self.is_bound:
            return self._sent("who")
        return {one.signer.key for one in self.people if one.is_expected}

    def _sent(self, name: str) -> set[str]:
        data: Any = self.data
        return set(data.getlist(name))

    @property
    def chosen(self) -> set[str]:
        """The texts that are ticked as the page is drawn; the only one is ticked beforehand."""
        if self.is_bound:
            return self._sent("text")
        field: Any = self.fields["text"]
        only = list(field.queryset[:2])
        return {str(only[0].pk)} if len(only) == 1 else set()


class WordsForm(forms.Form):
    """What she may add when she would rather talk first or stay indoors. It can stay empty."""

    words = forms.CharField(
        label=_("Anything you would like to say"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SignForm(forms.Form):
    """The plan, the yes to signing on a screen, and a name, typed or drawn. Nothing is chosen beforehand."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    sign = forms.CharField(required=False, max_length=LONGEST_SIGN)
    screen = forms.BooleanField(
        label=_("Reading and signing on a screen"),
        error_messages={"required": _("Please tick this, or ask for it on paper.")},
    )
    name = forms.CharField(label=_("Your full name"), required=False, max_length=LONGEST_NAME)
    drawing = forms.CharField(label=_("Your drawn name"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, words: dict[str, Any], sha256: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown"].initial = sha256
        plan = words.get("plan") or {"questions": []}
        self.questions = [question["key"] for question in plan["questions"]]
        for question in plan["questions"]:
            self.fields[f"plan_{question['key']}"] = forms.ChoiceField(
                label=question["label"],
                choices=[(choice["value"], choice["label"]) for choice in question["choices"]],
                widget=forms.RadioSelect,
                error_messages={"required": _("Please choose one; you can change it later.")},
            )
        if "sign" in plan:
            self.fields["sign"].label = plan["sign"]["label"]
            self.fields["sign"].help_text = plan["sign"]["help"]
        else:
            del self.fields["sign"]
        self.fields["screen"].label = words["disclosure"]["accept"]
        self.order_fields([*(f"plan_{key}" for key in self.questions), "sign", "screen", "name", "drawing"])

    @property
    def plan_fields(self) -> list[forms.BoundField]:
        """The questions of the plan, as they are drawn."""
        return [self[f"plan_{key}"] for key in self.questions]

    def clean_drawing(self) -> signature.Drawing | None:
        """Strokes, or nothing; anything else is refused and not shown again."""
        svg: str = self.cleaned_data["drawing"]
        if not svg:
            return None
        try:
            return signature.read(svg)
        except signature.NotASignature as error:
            raise forms.ValidationError(_("This drawing cannot be kept. Please draw again, or type.")) from error

    def clean(self) -> dict[str, Any]:
        """A name one way or the other."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        typed = sum(letter.isalpha() for letter in data.get("name", ""))
        if not self.errors.get("name") and not data.get("drawing", True) and typed < 2:
            self.add_error("name", _("Please type your full name, or draw it."))
        return data

    def agreement(self) -> Agreement:
        """What she agreed to, for the domain to check again."""
        data = self.cleaned_data
        plan = {key: data[f"plan_{key}"] for key in self.questions} | {"sign": data.get("sign", "")}
        return Agreement(
            plan=plan,
            accepts_screen=data["screen"],
            shown_sha256=data["shown"],
            name=data["name"],
            drawing=data["drawing"],
        )
