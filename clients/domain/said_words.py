"""Words that a message is looked through for: those that worry, and those that stop and start text messages. Data."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
UNSEEN = ("Cf", "Mn", "Me")
"""What has no width or sits on another letter (Unicode Standard, 4.5)."""
OURS = 3
"""So many words in the order of a letter of ours are ours, and fewer are when they are a whole line of it (ours)."""
CHUNK = re.compile(r"\S+")
LOOSE = re.compile(r"(?<![\w*])\*++|\*++(?!\w)|[^\w*]+|_+")
"""What stands between words, where a star between letters is a letter (k*ll)."""


@cache
def _look_alikes() -> tuple[dict[int, str], dict[int, str], frozenset[str]]:
    """Letters that look like Latin ones, signs that stand for letters, and what shows nothing."""
    rows = tomllib.loads((HERE / "look_alikes.toml").read_text(encoding="utf-8"))
    latin = {ord(strange): latin for row in rows["latin"] for strange, latin in zip(*row, strict=True)}
    signs = {ord(sign): letter for sign, letter in zip(*rows["signs"], strict=True)}
    return latin, signs, frozenset(rows["blank"])


def folded(text: str) -> str:
    """Lower case and Latin, without accents, apostrophes and what is not seen (a soft hyphen, a space of no width);
    everything else that is no letter is one space."""
    return _spaced(_plain(text))


def _plain(text: str) -> str:
    latin, _signs, blank = _look_alikes()
    letters = unicodedata.normalize("NFKD", text.replace("\ufdfa", " "))  # one sign that it would write as 18 letters
    unseen = {ord(sign): "" for sign in set(letters) if _is_unseen(sign, blank)}
    return re.sub(r"['’‘`´]", "", letters.translate(latin | unseen).casefold())


def _is_unseen(sign: str, blank: frozenset[str]) -> bool:
    kind = unicodedata.category(sign)
    return kind in UNSEEN or sign in blank or (kind == "Cc" and not sign.isspace())


def _spaced(plain: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _readings(text: str) -> Iterator[str]:
    """A text as it is written; with letters for the signs that stand for them; and with that, without signs between
    letters. In all three l is i, for 1 stands for either."""
    plain = _plain(text)
    unmasked = CHUNK.sub(_unmasked, plain)
    glued = " ".join(re.sub(r"[\W_]+", "", chunk) for chunk in unmasked.split())
    return (one.replace("l", "i") for one in (_spaced(plain), _spaced(unmasked), glued))


def _starred(text: str) -> str:
    """A text as `_readings` has it where signs are letters, with its stars between letters; "" where it has none."""
    plain = CHUNK.sub(_unmasked, _plain(text)) if "*" in text else ""
    spaced = " ".join(LOOSE.sub(" ", plain).split()).replace("l", "i")
    return spaced if "*" in spaced else ""


def _unmasked(found: re.Match[str]) -> str:
    """One word with letters for signs, where it has a letter or is a single sign: a number stays one, and so does an
    exclamation mark after which nothing comes."""
    chunk = found[0]
    if len(chunk) > 1 and not any(sign.isalpha() for sign in chunk):
        return chunk
    ends = chunk.rstrip("!") if len(chunk) > 1 else chunk
    return ends.translate(_look_alikes()[1]) + chunk[len(ends) :]


@cache
def _worrying() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    """A pattern for what `_readings` gives, one for what `_starred` gives, and by what the first finds, with or without
    spaces, the word of our list. A word is whole, or its letters stand apart; those of a phrase may stand together."""
    languages = tomllib.loads((HERE / "worry_words.toml").read_text(encoding="utf-8"))
    words = {folded(word).replace("l", "i"): word for one in languages.values() for word in one["words"]}
    known = {phrase.replace(" ", ""): word for phrase, word in reversed(words.items())} | words
    return _pattern(words, _either_way), _pattern(words, _with_stars), known


def _pattern(phrases: Iterable[str], way: Callable[[str], str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    ways = (" ?".join(way(word) for word in phrase.split()) for phrase in longest_first)
    firsts = "".join({phrase[0] for phrase in longest_first})
    return re.compile(rf"\b(?=[{firsts}])(?:{'|'.join(ways)})\b")


def _either_way(word: str) -> str:
    return f"(?:{word}|{' '.join(word)})" if len(word) > 1 else word


def _with_stars(word: str) -> str:
    return word[0] + "".join(f"[{letter}*]" for letter in word[1:])


def _found(text: str) -> list[str]:
    """The words of our list in a text, in whichever way it is read."""
    pattern, starry, words = _worrying()
    said = [found for one in _readings(text) for found in pattern.findall(one)]
    masked = [found.replace(" ", "").replace("*", ".") for found in starry.findall(_starred(text))]
    behind = [next(one for one in words if re.fullmatch(found, one)) for found in masked]
    return [words.get(one) or words[one.replace(" ", "")] for one in (*said, *behind)]


@cache
def _stopping() -> tuple[frozenset[str], frozenset[str]]:
    lists = tomllib.loads((HERE / "stop_words.toml").read_text(encoding="utf-8"))
    return frozenset(lists["stop"]), frozenset(lists["start"])


def worrying(*texts: str, ours: str = "") -> tuple[str, ...]:
    """The words of our list that stand in what somebody wrote, as the list has them, each once. They decide nothing:
    somebody is asked to read. Quoted lines are looked through too, for whoever quotes may write there; left out are
    those that stand word for word in `ours`, the letter that is answered, which may name a line for such words."""
    known = _Known(ours)
    kept = ["\n".join(line for line in text.split("\n") if not known.has(line)) for text in texts]
    return tuple(dict.fromkeys(word for text in kept for word in _found(text)))


class _Known:
    """The words of a letter of ours."""

    def __init__(self, ours: str) -> None:
        self.lines = {folded(line) for line in ours.split("\n")}
        self.whole = f" {folded(ours)} "

    def has(self, written: str) -> bool:
        """Whether a line with a word that worries is one of ours; of others nothing needs to be left out."""
        line = folded(written) if self.whole.strip() else ""
        is_ours = line in self.lines or (len(line.split()) >= OURS and f" {line} " in self.whole)
        return is_ours and bool(line and _found(written))


def asks_to_stop(text: str) -> bool:
    """Whether a text message is one of the stop words and nothing else."""
    return folded(text) in _stopping()[0]


def asks_to_start(text: str) -> bool:
    """Whether a text message asks for more of them, and nothing else."""
    return folded(text) in _stopping()[1]
