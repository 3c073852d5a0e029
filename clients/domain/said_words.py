"""Words that a message is looked through for: those that worry, and those that stop and start text messages. Data."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

from practice.domain import mail_text

HERE = Path(__file__).resolve().parent.parent


def folded(text: str) -> str:
    """Lower case, without accents and apostrophes, everything else that is no letter as one space."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w]+", " ", re.sub(r"['’‘`´]", "", plain)).split())


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


def worrying(*texts: str) -> tuple[str, ...]:
    """The words of our list that stand in what somebody wrote, as the list has them, each once. They decide nothing:
    somebody is asked to read. What is quoted is not looked through, so that a letter of ours raises nothing."""
    pattern, words = _worrying()
    found = [words[said] for text in texts for said in pattern.findall(folded(mail_text.own_lines(text)))]
    return tuple(dict.fromkeys(found))


def asks_to_stop(text: str) -> bool:
    """Whether a text message is one of the stop words and nothing else."""
    return folded(text) in _stopping()[0]


def asks_to_start(text: str) -> bool:
    """Whether a text message asks for more of them, and nothing else."""
    return folded(text) in _stopping()[1]
