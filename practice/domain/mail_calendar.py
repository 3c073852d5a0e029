"""What an answer to an invitation says: whether she comes, and in words (RFC 5545, 5546)."""

import re

FOLD = re.compile(r"\r?\n[ \t]")
MASKED = re.compile(r"\\([nN,;\\])")


def in_words(written: str) -> str:
    """A calendar in lines as they are meant: unfolded (RFC 5545, 3.1), with the signs that are masked (3.3.11)."""
    return MASKED.sub(lambda found: "\n" if found[1] in "nN" else found[1], FOLD.sub("", written))


def partstat(written: str) -> str:
    """Accepted, declined, tentative; "" when it is no answer (RFC 5546, 3.2.3)."""
    words = FOLD.sub("", written)
    found = re.search(r"PARTSTAT=\"?(ACCEPTED|DECLINED|TENTATIVE)", words)
    return found[1].lower() if found and "METHOD:REPLY" in words else ""
