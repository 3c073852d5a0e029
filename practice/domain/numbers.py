"""Telephone numbers, so that one that is written as at home and one that comes from a network are known as the same."""

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "data" / "calling_codes.toml"


@cache
def _codes() -> dict[str, list[str]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def e164(written: str, country: str) -> str:
    """“07700 900123” in GB and “+44 (0)7700 900123” are both +447700900123 (ITU-T E.164); "" when it is no number, or
    one whose country cannot be known."""
    text = written.strip().replace("(0)", "")
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    code, trunk = _codes().get(country, ["", ""])
    if text.startswith("+"):
        whole = digits
    elif digits.startswith("00"):
        whole = digits[2:]
    elif not code:
        return ""
    elif trunk and digits.startswith(trunk):
        whole = code + digits[len(trunk) :]
    else:
        whole = code + digits
    return f"+{whole}" if 7 <= len(whole) <= 15 else ""
