"""What is chosen on the storm morning board: a way and a room for each session, and why nobody pays."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.domain import rooms
from sessions.domain.storm import BECAUSE, Board, Card, Way
from sessions.domain.storm_send import Order
from sessions.models import Session


class CardForm(forms.Form):
    """One session. No room chosen is any that is free."""

    way = forms.ChoiceField(choices=Way.choices, widget=forms.RadioSelect)
    room = forms.ChoiceField(required=False)
    saw = forms.CharField(widget=forms.HiddenInput, max_length=12)

    def __init__(self, data: QueryDict | None, *, card: Card) -> None:
        prefix = str(card.session.pk)
        self.card = card
        first = {"way": card.proposed, "room": str(card.room.pk) if card.room else ""}
        super().__init__(data if data and f"{prefix}-way" in data else None, prefix=prefix, initial=first)
        way: Any = self.fields["way"]
        way.label = _("What happens with %(start)s, %(who)s") % {"start": card.starts, "who": card.row.title}
        way.choices = [(one, capfirst(Way(one).label)) for one in self._ways(card)]
        room: Any = self.fields["room"]
        room.label = _("Room for %(who)s") % {"who": card.row.title}
        room.choices = [("", _("a free room")), *((str(one.pk), one.name) for one in card.rooms)]

    @staticmethod
    def _ways(card: Card) -> list[str]:
        return [one for one in Way.values if one != Way.ROOM or card.rooms]


class WhyForm(forms.Form):
    """Why nobody pays, for all of them together."""

    why = forms.ChoiceField(
        label=gettext_lazy("Nobody is charged, because of"),
        required=False,
        choices=[("", gettext_lazy("what each card says")), *((one, Session.Waived(one).label) for one in BECAUSE)],
    )


class BoardForm:
    """The forms of a whole board."""

    def __init__(self, data: QueryDict | None, board: Board) -> None:
        self.board = board
        self.why = WhyForm(data)
        self.cards = [CardForm(data, card=card) for card in board.open]
        self.refusals: list[str] = []

    def is_valid(self) -> bool:
        """Whether everything that came can be read."""
        found = [form.is_valid() for form in [self.why, *self._came]]
        if not all(found):
            self.refusals.append(_("Something was sent that is not on this page. Please choose again."))
        return all(found)

    @property
    def _came(self) -> list[CardForm]:
        return [form for form in self.cards if form.is_bound]

    def orders(self) -> list[Order]:
        """What is to be done, in the order of starts. A room that is not there is named among the refusals."""
        wanted = [form for form in self._came if form.cleaned_data["way"] != Way.KEEP]
        indoors = [form for form in wanted if form.cleaned_data["way"] == Way.ROOM]
        given = rooms.assign(
            [(form.card.session, self._room(form)) for form in indoors], self.board.rooms
        )  # fmt: skip
        self.refusals += self._without([form for form in indoors if form.card.session.pk not in given])
        return [
            Order(
                session=form.card.session,
                way=Way(form.cleaned_data["way"]),
                saw=form.cleaned_data["saw"],
                waived=self.why.cleaned_data["why"] or form.card.waived,
                room=given.get(form.card.session.pk) if form in indoors else None,
            )
            for form in wanted
            if form not in indoors or form.card.session.pk in given
        ]

    @staticmethod
    def _room(form: CardForm) -> Any:
        return next((room for room in form.card.rooms if str(room.pk) == form.cleaned_data["room"]), None)

    @staticmethod
    def _without(forms_of: Sequence[CardForm]) -> list[str]:
        said = _("%(start)s, %(who)s: no such room is free then. Choose video, another room or another time.")
        return [said % {"start": form.card.starts, "who": form.card.row.title} for form in forms_of]
