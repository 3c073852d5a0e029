"""Forms about a person: the enquiry, ways to reach her, whom to ring, beginning and end."""

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from clients.domain.contacts import Way
from clients.domain.names import seen
from clients.models import Client, ClientQuerySet, ContactPoint, EmergencyContact
from practice.models import User
from practice.rules import Permission, has


class NameField(forms.CharField):
    """A name that can be seen."""

    def clean(self, value: Any) -> str:
        """The name without what nobody can see."""
        name: str = super().clean(value)
        return _seen(name) if name else name


class SearchForm(forms.Form):
    """Which clients to list."""

    q = forms.CharField(label=_("Name"), required=False, max_length=80)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Enquiries and clients")), *Client.Status.choices]
    )
    mine = forms.BooleanField(label=_("Only my own"), required=False)

    def filter(self, clients: ClientQuerySet, *, user: User) -> ClientQuerySet:
        """Narrow a list; what cannot be read narrows nothing."""
        asked = self.cleaned_data if self.is_valid() else {}
        clients = clients.named(asked.get("q", ""))
        if asked.get("mine"):
            clients = clients.filter(care_team__user=user, care_team__until__isnull=True)
        if status := asked.get("status"):
            return clients.filter(status=status)
        return clients if asked.get("q") else clients.exclude(status=Client.Status.CLOSED)


class ContactForm(forms.ModelForm):
    """One way to reach a client."""

    class Meta:
        model = ContactPoint
        fields = [
            "kind", "value", "whose", "is_safe", "hours", "may_say", "sender", "is_preferred",
            "safe_from", "safe_until", "wants_invitations",
        ]  # fmt: skip
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("safe_from", "safe_until")
        }
        help_texts = {
            "is_safe": _("Leave it out when somebody might read or hear it who should not."),
            "hours": _("Such as: weekdays after 17:00."),
            "safe_from": _("What we send by ourselves arrives between these times; leave both empty for any hour."),
            "wants_invitations": _(
                "Only if they ask for it. Whoever can see that calendar, at home or at work, sees an appointment "
                "with its day and hour, and the address from which we write."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("choose")), *ContactPoint.Kind.choices]
        if self.instance._state.adding:
            self.initial["may_say"] = ContactPoint.MaySay.NAME_ONLY

    def clean(self) -> dict[str, Any]:
        """An e-mail address has the form of one, and nothing else takes invitations."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") != ContactPoint.Kind.EMAIL:
            cleaned["wants_invitations"] = False
        if cleaned.get("kind") == ContactPoint.Kind.EMAIL and cleaned.get("value"):
            try:
                validate_email(cleaned["value"])
            except forms.ValidationError:
                self.add_error("value", _("Please write an e-mail address, such as ines@example.org."))
        begins, ends = cleaned.get("safe_from"), cleaned.get("safe_until")
        if not self.errors and ((begins is None) != (ends is None) or (begins and begins == ends)):
            self.add_error("safe_until", _("Please give both times, or neither."))
        return cleaned

    @property
    def way(self) -> Way:
        """What was entered, for the domain."""
        return Way(**{name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data})


class EnquiryForm(ContactForm):
    """Somebody asked: her name, one line, one safe way to reach her."""

    name = forms.CharField(label=_("Name"), max_length=160)
    called = forms.CharField(label=_("Likes to be called"), max_length=80, required=False)
    pronouns = forms.CharField(label=_("Pronouns"), max_length=40, required=False)
    wish = forms.CharField(
        label=_("What they are looking for, in one line"), max_length=300, required=False,
        help_text=_("Their own words. No screening here: there is no relationship yet."),
    )  # fmt: skip
    therapist = forms.ModelChoiceField(
        label=_("For"), queryset=User.objects.none(), required=False, empty_label=_("nobody in particular")
    )

    field_order = ["name", "called", "pronouns", "wish", "therapist"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["safe_from"], self.fields["safe_until"]  # asked on her page, not in a first call
        self.user = user
        _offer_clinicians(self)
        self.is_clinician = has(user, Permission.SCREEN)
        if self.is_clinician:
            del self.fields["therapist"]

    def clean_name(self) -> str:
        """A name that can be seen."""
        return _seen(self.cleaned_data["name"])

    @property
    def lead(self) -> User | None:
        """A clinician writes down her own enquiries; the desk may name somebody."""
        return self.user if self.is_clinician else self.cleaned_data["therapist"]


class EmergencyForm(forms.Form):
    """Whom to ring if something happens. What may be said is between the client and her care team."""

    name = forms.CharField(label=_("Name"), max_length=160)
    relation = forms.CharField(
        label=_("Who that is to the client"), max_length=80, help_text=_("Such as: partner, sister, neighbour.")
    )
    phone = forms.CharField(label=_("Telephone"), max_length=40)
    may_say = forms.CharField(
        label=_("What may be said"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as: that we were walking together, and where. Nothing about why."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, kept: EmergencyContact | None = None, reads_chart: bool = False) -> None:
        shown = ("name", "relation", "phone", "may_say") if reads_chart else ("name", "relation", "phone")
        super().__init__(data, initial={name: getattr(kept, name) for name in shown} if kept else None)
        if not reads_chart:
            del self.fields["may_say"]

    def clean_name(self) -> str:
        """A name that can be seen."""
        return _seen(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        """A number that somebody could dial."""
        phone: str = self.cleaned_data["phone"].strip()
        if sum(letter.isdigit() for letter in phone) < 3:
            raise forms.ValidationError(_("Please write a telephone number."))
        return phone


class AdmitForm(forms.Form):
    """Whose client she becomes."""

    therapist = forms.ModelChoiceField(label=_("Therapist"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_clinicians(self)


class CloseForm(forms.Form):
    """How it ended."""

    reason = forms.CharField(
        label=_("How it ended"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Such as: went elsewhere, to whom; did not reply; finished, and well."),
    )  # fmt: skip


class EndEnquiryForm(forms.Form):
    """What became of an enquiry that does not become a treatment here."""

    outcome = forms.ChoiceField(
        label=_("What became of it?"), choices=Client.Outcome.choices, widget=forms.RadioSelect,
        initial=Client.Outcome.REFERRED,
    )  # fmt: skip
    referred_to = forms.CharField(
        label=_("To whom"), max_length=200, required=False, help_text=_("A name, a practice or a service.")
    )
    reason = forms.CharField(
        label=_("Why"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: no place in the evenings; looked for something else; did not reply."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Referred on says to whom; closed says why."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == Client.Outcome.REFERRED and not cleaned.get("referred_to"):
            self.add_error("referred_to", _("Please say to whom."))
        if cleaned.get("outcome") == Client.Outcome.CLOSED:
            cleaned["referred_to"] = ""
            if not cleaned.get("reason"):
                self.add_error("reason", _("Please say why."))
        return cleaned


class SendForm(forms.Form):
    """How the intake is answered."""

    HOW = [
        ("link", _("By mail, on their own telephone")),
        ("room", _("Together, in the room")),
        ("phone", _("Together, on the telephone")),
        ("video", _("Together, by video")),
    ]
    how = forms.ChoiceField(label=_("How would you like to ask?"), choices=HOW, widget=forms.RadioSelect)


def _seen(name: str) -> str:
    """The name without what nobody can see. Refused when nothing is left that could be read out."""
    if not (readable := seen(name)):
        raise forms.ValidationError(_("Please write a name."))
    return readable


def _offer_clinicians(form: forms.Form | forms.ModelForm) -> None:
    field: Any = form.fields["therapist"]
    field.queryset = User.objects.clinicians()
