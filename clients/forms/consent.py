"""Asking for a consent, and the page on which it is signed."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.domain import agreement, names, signature
from clients.domain.agreement import LONGEST_INITIALS, LONGEST_NAME, LONGEST_SIGN, Agreement, Initialled
from clients.domain.signers import Signer
from clients.domain.signing import LONGEST_WORDS
from clients.domain.to_sign import Person
from clients.models import Consent, ConsentText
from practice.models import Scope


class AskForm(forms.Form):
    """Which texts, whose signatures, and how: by letter, or together on this device."""

    SEND, HERE = "send", "here"

    how = forms.ChoiceField(label=_("How"), choices=[(SEND, _("By letter")), (HERE, _("Together here"))])

    def __init__(
        self, *args: Any, texts: Sequence[ConsentText], people: Sequence[Person], due: Collection[UUID], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.due = people, due
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
        """The texts that are ticked as the page is drawn: as it was sent; what is to be signed anew; the only one."""
        if self.is_bound:
            return self._sent("text")
        if self.due:
            return {str(pk) for pk in self.due}
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


class InitialsField(forms.CharField):
    """Initials of any script."""

    default_error_messages = {"required": _("Please put your initials here.")}

    def __init__(self) -> None:
        super().__init__(label=_("Your initials"), max_length=LONGEST_INITIALS)

    def clean(self, value: Any) -> str:
        """One to six letters."""
        text: str = super().clean(value)
        if not agreement.are_initials(text):
            raise forms.ValidationError(_("Initials are one to six letters."))
        return text


class SignForm(forms.Form):
    """The plan, initials where a clause asks, and a name, typed or drawn. Nothing is chosen beforehand."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    sign = forms.CharField(required=False, max_length=LONGEST_SIGN)
    code = forms.CharField(
        label=_("The six digits"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    name = forms.CharField(label=_("Your full name"), required=False, max_length=LONGEST_NAME)
    drawing = forms.CharField(label=_("Your drawn name"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asked: Consent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = asked.shown.get("plan")
        self.fields["shown"].initial = self.initial["shown"] = asked.shown_sha256
        self.questions = [question["key"] for question in agreement.plan_questions(asked)]
        for question in agreement.plan_questions(asked):
            self.fields[f"plan_{question['key']}"] = forms.ChoiceField(
                label=question["label"],
                choices=[(choice["value"], choice["label"]) for choice in question["choices"]],
                widget=forms.RadioSelect,
                error_messages={"required": _("Please choose one; you can change it later.")},
            )
        if plan:
            self.fields["sign"].label, self.fields["sign"].help_text = plan["sign"]["label"], plan["sign"]["help"]
        else:
            del self.fields["sign"]
        self.clauses = agreement.initialled(asked.shown)
        for clause in self.clauses:
            self.fields[f"initials_{clause.key}"] = InitialsField()
        initials = [f"initials_{clause.key}" for clause in self.clauses]
        self.order_fields([*(f"plan_{key}" for key in self.questions), "sign", *initials, "code", "name", "drawing"])

    @property
    def plan_fields(self) -> list[forms.BoundField]:
        """The questions of the plan, as they are drawn."""
        return [self[f"plan_{key}"] for key in self.questions]

    @property
    def initials(self) -> list[tuple[Initialled, forms.BoundField]]:
        """The clauses that ask for initials, each with its field."""
        return [(clause, self[f"initials_{clause.key}"]) for clause in self.clauses]

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
        typed = names.letters(data.get("name", ""))
        if not self.errors.get("name") and not data.get("drawing", True) and typed < agreement.LEAST_LETTERS:
            self.add_error("name", _("Please type your full name, or draw it."))
        return data

    def agreement(self) -> Agreement:
        """What she agreed to, for the domain to check again."""
        data = self.cleaned_data
        return Agreement(
            plan={key: data[f"plan_{key}"] for key in self.questions} | {"sign": data.get("sign", "")},
            initials={clause.key: data[f"initials_{clause.key}"] for clause in self.clauses},
            shown_sha256=data["shown"],
            name=data["name"],
            drawing=data["drawing"],
        )


class TakeBackForm(forms.Form):
    """Which ways of meeting are taken back; nothing is ticked beforehand.

    Where only one stands there is no choice, and `asks_first` holds until what it means was looked at.
    """

    ALL = "all"

    def __init__(self, *args: Any, signed: Consent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing = [mode for mode in signed.modes if mode not in signed.withdrawn_modes]
        self.asks_first = len(standing) == 1 and "sure" not in self.data
        if len(standing) > 1:
            self.fields["what"] = forms.MultipleChoiceField(
                label=_("What is taken back?"),
                choices=[*((mode, Scope(mode).label.capitalize()) for mode in standing), (self.ALL, _("All of it"))],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Please tick what is taken back.")},
            )

    @property
    def modes(self) -> list[str] | None:
        """The ways that are taken back; None for all of it."""
        what: list[str] = self.cleaned_data.get("what", [self.ALL])
        return None if self.ALL in what else what


class ConversationForm(forms.Form):
    """That it was talked through: when, with whom, what was asked, in which language and through whom."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    who = forms.CharField(label=_("With whom"), max_length=160)
    asked = forms.CharField(
        label=_("What was asked, and what you answered"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    interpreter = forms.CharField(label=_("Who interpreted"), required=False, max_length=160)
    language = forms.CharField(label=_("Language you talked in"), required=False, max_length=60)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        """Not a day to come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class DueAgainForm(forms.Form):
    """Why a signature is to be asked for anew."""

    because = forms.CharField(
        label=_("What happened"),
        max_length=300,
        help_text=_("An incident, another kind of path, something new in body or life. The client does not read it."),
    )
