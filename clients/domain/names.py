"""Names and words as people read them, without what nobody can see."""

import unicodedata

JOINERS = "\u200c\u200d"
"""Belong inside words of some scripts."""
BLANK_LETTERS = "\u115f\u1160\u3164\uffa0"
"""Letters by name that show nothing (Hangul fillers)."""


def plain(words: str) -> str:
    """The words without what nobody can see, such as a sign that turns the rest around, and with single spaces."""
    return " ".join("".join(c for c in words if unicodedata.category(c) != "Cf" or c in JOINERS).split())


def seen(name: str) -> str:
    """The name without what nobody can see, and with single spaces; "" when nothing is left that could be read out."""
    kept = plain(name)
    return kept if any(c.isalnum() and c not in BLANK_LETTERS for c in kept) else ""


def letters(text: str) -> int:
    """How many letters of any script can be seen in it."""
    return sum(sign.isalpha() and sign not in BLANK_LETTERS for sign in text)


def has_words(text: str) -> bool:
    """Whether there is anything in it that could be read out."""
    return bool(seen(text))
