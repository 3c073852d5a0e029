"""Words that a message is looked through for: those that worry, and those that stop and start text messages. Data."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
UNSEEN = ("Cf", "Mn", "Me")
"""What has no width or sits on another letter (Unicode Standard, 4.5)."""
OURS = 3
"""So many words in the order of a letter of ours are ours, and fewer are when they are a whole line of it (ours)."""


@cache
def _look_alikes() -> dict[int, str]:
    rows = tomllib.loads((HERE / "look_alikes.toml").read_text(encoding="utf-8"))["latin"]
    return {ord(strange): latin for row in rows for strange, latin in zip(*row, strict=True)}


def folded(text: str) -> str:
    """Lower case and Latin, without accents, apostrophes and what is not seen (a soft hyphen, a space of no width);
    everything else that is no letter is one space."""
    signs = (sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign) not in UNSEEN)
    plain = "".join(signs).translate(_look_alikes()).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"['’‘`´]", "", plain)).split())


@cache
def _worrying() -> tuple[re.Pattern[str], dict[str, str]]:
    languages = tomllib.loads((HERE / "worry_words.toml").read_text(encoding="utf-8"))
    words = {folded(word): word for one in languages.values() for word in one["words"]}
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b"), words


@cache
def _stopping() -> tuple[frozenset[str], frozenset[str]]:
    lists = tomllib.loads((HERE / "stop_words.toml").read_text(encoding="utf-8"))
    return frozenset(lists["stop"]), frozenset(lists["start"])


def worrying(*texts: str, ours: str = "") -> tuple[str, ...]:
    """The words of our list that stand in what somebody wrote, as the list has them, each once. They decide nothing:
    somebody is asked to read. Quoted lines are looked through too, for whoever quotes may write there; left out are
    those that stand word for word in `ours`, the letter that is answered, which may name a line for such words."""
    pattern, words = _worrying()
    known = _Known(ours)
    kept = ["\n".join(line for line in text.split("\n") if not known.has(folded(line))) for text in texts]
    return tuple(dict.fromkeys(words[said] for text in kept for said in pattern.findall(folded(text))))


class _Known:
    """The words of a letter of ours."""

    def __init__(self, ours: str) -> None:
        self.lines = {folded(line) for line in ours.split("\n")}
        self.whole = f" {folded(ours)} "

    def has(self, line: str) -> bool:
        """Whether a line with a word that worries is one of ours; of others nothing needs to be left out."""
        if not self.whole.strip() or not _worrying()[0].search(line):
            return False
        return line in self.lines or (len(line.split()) >= OURS and f" {line} " in self.whole)


def asks_to_stop(text: str) -> bool:
    """Whether a text message is one of the stop words and nothing else."""
    return folded(text) in _stopping()[0]


def asks_to_start(text: str) -> bool:
    """Whether a text message asks for more of them, and nothing else."""
    return folded(text) in _stopping()[1]
