"""Forms about the practice itself, and the field for a document from outside."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from practice.domain import quiet, uploads
from practice.domain.uploads import Upload
from practice.models import Practice, User

ACCEPTED = ",".join([*uploads.ENDINGS, *(f".{ending}" for ending in uploads.ENDINGS.values()), ".jpeg"])
"""For the browser's chooser, each by name: a telephone then offers its camera, and turns its own format into a JPEG."""


class UploadField(forms.FileField):
    """A PDF or a picture of at most 10 MB, known by its first bytes; cleaned, it is an `Upload`, or None when empty."""

    words = _("A PDF, or a photograph or scan as JPEG, PNG or WebP, up to 10 MB.")
    accepted = ACCEPTED
    taken = staticmethod(uploads.read)

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": self.accepted})
        super().__init__(help_text=self.words, widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        """The bytes and what they are; anything else says why beside the field."""
        file: UploadedFile | None = super().clean(data, initial)
        if not file:
            return None
        try:
            return self.taken(file.read(uploads.LARGEST + 1))
        except uploads.NotTaken as error:
            raise forms.ValidationError(str(error)) from error


class PhotoField(UploadField):
    """A picture to look at on a page: a JPEG of at most 1600 pixels a side, whatever came."""

    words = _("A photograph as JPEG, PNG or WebP, up to 10 MB. Where and when it was taken is not kept.")
    accepted = "image/jpeg,image/png,image/webp"
    taken = staticmethod(uploads.photograph)


class ArrivalsForm(forms.ModelForm):
    """How long whoever comes in has, and how long an enquiry is kept."""

    class Meta:
        model = Practice
        fields = ["bridging_days", "enquiry_days"]
        labels = {
            "bridging_days": _("Days to bring in what is on paper"),
            "enquiry_days": _("Days that an enquiry is kept"),
        }
        help_texts = {
            "bridging_days": _(
                "For clients who were in treatment before they came in here. So long, what is missing asks for a look "
                "and stops nothing. 0 leaves this out."
            ),
            "enquiry_days": _(
                "An enquiry that came to nothing is deleted for good so many days after its last step. "
                "Whoever is on the waiting list stays."
            ),
        }
        widgets = {name: forms.NumberInput(attrs={"class": "short"}) for name in fields}


class SigningForm(forms.ModelForm):
    """How long people have to sign, how often they are reminded, and from which age they agree alone."""

    class Meta:
        model = Practice
        fields = ["consent_days", "consent_reminders", "grace_days", "majority_age", "minor_age", "guardians"]
        labels = {
            "consent_days": _("Days to answer"),
            "consent_reminders": _("Reminders at most"),
            "grace_days": _("Days of grace"),
            "majority_age": _("Age of majority"),
            "minor_age": _("Age from which a young person may agree alone"),
            "guardians": _("Whose signature a young person needs"),
        }
        help_texts = {
            "consent_days": _("So long the link to sign works. What is not answered by then has to be asked anew."),
            "consent_reminders": _(
                "The first goes a week after the letter, each further one a fortnight after the one before. "
                "Nobody is reminded who wants to talk first. 0 leaves reminders out."
            ),
            "grace_days": _(
                "So long, an agreement that merely ran out asks for a look and stops no booking. What was declined or "
                "taken back stops it at once."
            ),
            "majority_age": _(
                "From this birthday a person agrees alone to everything, and parents see nothing any more. It differs "
                "between places; until it is set, nobody under 21 can be asked to sign."
            ),
            "minor_age": _(
                "To therapy, without a parent or guardian. It differs between places; leave it empty where one of them "
                "always has to agree."
            ),
            "guardians": _("Of the parents and guardians who are named for a client under age."),
        }
        widgets = {
            name: forms.NumberInput(attrs={"class": "short"})
            for name in ("consent_days", "consent_reminders", "grace_days", "majority_age", "minor_age")
        } | {"guardians": forms.RadioSelect}

    def clean(self) -> dict[str, Any]:
        """Whoever agrees alone before coming of age does so at a lower age."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        minor, majority = cleaned.get("minor_age"), cleaned.get("majority_age")
        if minor is not None and "majority_age" in cleaned and (majority is None or minor > majority):
            self.add_error("minor_age", _("Please write an age of majority that is not below this one."))
        return cleaned


class RoutesForm(forms.ModelForm):
    """Who stands by the risk assessment of a route."""

    class Meta:
        model = Practice
        fields = ["routes_need_approval"]
        labels = {"routes_need_approval": _("A second person approves each risk assessment")}
        help_texts = {
            "routes_need_approval": _(
                "Then a route cannot be booked before somebody other than the assessor has approved it. Without it the "
                "assessor stands by it alone, and every assessment says so. What was signed before stays as it is."
            ),
        }


class AskingForm(forms.ModelForm):
    """Whether clients ask for a time on their pages, within which rules, and what is late."""

    class Meta:
        model = Practice
        fields = [
            "clients_ask", "asks_need_approval", "ask_notice_hours", "ask_ahead_days", "hold_hours",
            "cancel_notice_hours",
        ]  # fmt: skip
        labels = {
            "clients_ask": _("Clients may ask for a time on their pages"),
            "asks_need_approval": _("It waits for our yes"),
            "ask_notice_hours": _("Hours beforehand at least"),
            "ask_ahead_days": _("Days ahead at most"),
            "hold_hours": _("Hours for which what was asked for is held"),
            "cancel_notice_hours": _("Hours beforehand from which a cancellation is late"),
        }
        help_texts = {
            "clients_ask": _("For what a service says so, and where nothing speaks against it."),
            "asks_need_approval": _("Otherwise it is booked at once, as long as nothing has to be talked about first."),
        }
        widgets = {
            name: forms.NumberInput(attrs={"class": "short"})
            for name in ("ask_notice_hours", "ask_ahead_days", "hold_hours", "cancel_notice_hours")
        }


class FinalWordForm(forms.ModelForm):
    """When it is settled whether early starts are outdoors."""

    class Meta:
        model = Practice
        fields = ["final_word_at", "final_word_before"]
        labels = {
            "final_word_at": _("Final word on the weather at"),
            "final_word_before": _("About starts of the next day before"),
        }
        help_texts = {
            "final_word_at": _("From two hours before, Today reminds of what nobody has decided yet."),
            "final_word_before": _("Later starts are decided in the morning, before anybody sets out."),
        }
        widgets = {name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in fields}

    def clean(self) -> dict[str, Any]:
        """A final word that falls into the quiet hours would reach nobody that evening."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        word, practice = cleaned.get("final_word_at"), self.instance
        if word and quiet.lies_between(word, practice.quiet_from, practice.quiet_until):
            self.add_error("final_word_at", _("Choose an hour outside the quiet hours, so that it reaches people."))
        return cleaned


class ChangeCoverForm(forms.Form):
    """One of the people on the cover list."""

    who = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none())

    def __init__(self, data: Any = None, *, people: Sequence[User]) -> None:
        super().__init__(data)
        who: Any = self.fields["who"]
        who.queryset = User.objects.filter(pk__in=[one.pk for one in people]).order_by("name")


class AddCoverForm(ChangeCoverForm):
    """Somebody who joins it."""

    def __init__(self, data: Any = None, *, people: Sequence[User]) -> None:
        super().__init__(data, people=people)
        who: Any = self.fields["who"]
        who.label, who.empty_label = _("Who else covers"), _("choose")


class MessagesForm(forms.ModelForm):
    """When nothing leaves by itself, and how fast what is late goes after an outage."""

    class Meta:
        model = Practice
        fields = ["quiet_from", "quiet_until", "late_a_minute"]
        labels = {
            "quiet_from": _("No messages from"),
            "quiet_until": _("Until"),
            "late_a_minute": _("Late messages a minute"),
        }
        help_texts = {
            "quiet_from": _("Reminders wait for the morning, or leave before. The same time twice: at any hour."),
            "late_a_minute": _("After an outage, at most so many of what is more than five minutes late."),
        }
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "late_a_minute": forms.NumberInput(attrs={"class": "short"}),
        }
