"""What templates ask of questions: words in the reader's language, and which answers lead on."""

from django import template
from django.forms import BoundField

from clients.domain.instruments import LEFT_OUT, Instrument, Item, Status, Words
from clients.domain.instruments import said as in_language

register = template.Library()
SHORT = 22


@register.filter
def said(words: Words, language: str | None = None) -> str:
    """Words of an instrument in the reader's language, or in the one that is given."""
    return in_language(words, language)


@register.filter
def with_number(text: str, number: str) -> str:
    """Put the emergency number where a note asks for it."""
    return text.replace("{emergency}", number)


@register.filter
def is_left_out(value: str) -> bool:
    """True for the answer that leaves a question out."""
    return value == LEFT_OUT


@register.filter
def opens(item: Item | None, value: str) -> bool:
    """True for an answer that leads to more questions."""
    return item is not None and item.is_followed(value)


@register.filter
def stands_alone(item: Item | None, value: str) -> bool:
    """True for an answer that goes with no other: none of these, or leaving out."""
    alone = {choice.value for choice in item.scale.choices if choice.alone} if item else set()
    return value == LEFT_OUT or value in alone


@register.filter
def is_short(field: BoundField) -> bool:
    """True when the answers fit side by side: yes, no, and one to leave out."""
    choices = getattr(field.field, "choices", ())
    labels = [str(label) for value, label in choices if value != LEFT_OUT]
    return len(labels) <= 3 and all(len(label) < SHORT for label in labels)


@register.filter
def is_numeric(field: BoundField) -> bool:
    """True when the answers are bare numbers, which stand in one row."""
    labels = [str(label) for value, label in getattr(field.field, "choices", ()) if value != LEFT_OUT]
    return all(label.isdecimal() for label in labels)


@register.filter
def is_numbers(instrument: Instrument) -> bool:
    """True when the words are the practice's own and are not loaded: there are numbers in their place."""
    return instrument.status == Status.PACK_REQUIRED and in_language(instrument.items[0].text).isdecimal()
