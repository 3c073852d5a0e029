"""The words of a mail: letters out of bytes, text out of HTML, and what the writer added to what she quotes."""

import codecs
import re
from collections import Counter
from html import unescape

BREAKS = frozenset({
    *("p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("hr", "section", "article", "pre", "blockquote", "dl", "dt", "dd", "option", "caption", "center"),
})  # fmt: skip
CELLS = frozenset({"td", "th"})
UNSEEN = frozenset({"script", "style", "title", "template"})
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
SAID = re.compile(
    r"\b(alt|title|aria-label|aria-description|placeholder|summary|label|value|content)=(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)",
    re.IGNORECASE,
)  # attributes that hold words for people
PICTURE = re.compile(r"data:[\w.+/;=-]+;base64,[\w+/=%-]*(?:\s++[\w+/=%-]{40,})*", re.IGNORECASE)
"""A picture that is written into a page (RFC 2397), on one line or on many."""
TITLE = re.compile(r"<title>([^<]*)", re.IGNORECASE)
LATIN = ("iso-8859-1", "latin-1", "windows-1252", "us-ascii", "ascii", "iso8859-1")
WIDE = re.compile(r"u(tf)?[-_ ]?(16|32)")
BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
WROTE = re.compile(
    r"^\s*(On|Am|Le|El|Il|Op|Em|Den|På)\b.{5,200}(wrote|schrieb|écrit|escribió|scritto|schreef|escreveu|skrev).{0,40}:\s*$"
)
DIVIDER = re.compile(r"^\s*(-{3,}\s*(Original Message|Ursprüngliche Nachricht|Mensaje original)\s*-{3,}|_{20,})\s*$")


def clean(text: str) -> str:
    """Without what is no letter; line ends are one sign."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def decoded(data: bytes, charset: str | None) -> str:
    """Letters out of bytes, whatever the mail claims: as it says, as UTF-8, or as Windows writes; a letter that is none
    of these is �. What is UTF-8 and claims to be Latin is UTF-8, and so is what claims to have two bytes a letter and
    shows no sign of it."""
    claims = (charset or "utf-8").lower()
    is_narrow = WIDE.match(claims) and b"\0" not in data and not data.startswith(BOMS)
    for name in (["utf-8"] if claims in LATIN or is_narrow else []) + [claims, "utf-8"]:
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def if_letters(data: bytes) -> str:
    """Bytes of which nobody says what they are, as letters; "" when they are none."""
    try:
        return "" if b"\0" in data else data.decode("utf-8")
    except UnicodeError:
        return ""


class _Reader:
    """Collects what a reader would see; quoted lines begin with “> ”. `ends`: how often each tag is still to close."""

    def __init__(self, ends: Counter[str]) -> None:
        self.lines, self.words = list[str](), list[str]()
        self.unseen, self.quoted, self.ends = "", 0, ends

    def tag(self, name: str, step: int) -> None:
        """A tag opens (1) or closes (-1)."""
        if name in BREAKS:
            self.end()
        if name in CELLS:
            self.words.append(" ")
        self.ends[name] -= step < 0
        if step < 0 and name == self.unseen:
            self.unseen = ""
        elif step > 0 and name in UNSEEN and not self.unseen and self.ends[name] > 0:
            self.unseen = name
        if name == "blockquote":
            self.quoted = max(self.quoted + step, 0)

    def text(self, data: str) -> None:
        """Letters between tags."""
        if not self.unseen:
            self.words.append(unescape(data))

    def end(self) -> None:
        """The end of a line."""
        if line := " ".join("".join(self.words).split()):
            self.lines.append("> " * min(self.quoted, 3) + line)
        self.words = []


def of_html(marked: str) -> str:
    """The text of an HTML page, a line a block. Nothing is fetched, and no markup is kept.

    Read in one pass, whatever is in it: the parser of the standard library takes hours for a wall of open tags. A tag
    that would hide all that follows (a title, a style) and is never closed hides nothing.
    """
    pieces = re.split(r"(<[^<>]*>)", _without_comments(marked))
    reader = _Reader(Counter(found[2].lower() for piece in pieces if (found := TAG.match(piece)) and found[1]))
    for piece in pieces:
        if found := TAG.match(piece):
            reader.tag(found[2].lower(), -1 if found[1] else 1)
        elif not piece.startswith("<!"):
            reader.text(piece)
    reader.end()
    text = "\n".join(reader.lines)
    return text if text.strip() else unescape(" ".join(piece for piece in pieces if not TAG.match(piece)))


def unseen(marked: str) -> list[str]:
    """What an HTML page says to whoever does not see its pictures, and in its title."""
    said = [unescape(found[2].strip("\"'")) for found in SAID.finditer(marked)]
    titles = (found[1] for found in TITLE.finditer(marked))
    return [" ".join(words.split()) for words in (*said, *map(unescape, titles)) if words.strip()]


def _without_comments(marked: str) -> str:
    kept, at = list[str](), 0
    while (begins := marked.find("<!--", at)) >= 0 and (ends := marked.find("-->", begins)) >= 0:
        kept.append(marked[at:begins])
        at = ends + 3
    return "".join(kept) + marked[at:]


def unquoted(text: str) -> str:
    """What the writer added, for the page: quoted lines are left out, what stands below “On … wrote:” when all of it
    is quoted, and below Outlook's divider. Where nothing would be left, everything stands."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        starts = [at for at in (number, number - 1) if at >= 0 and WROTE.match(" ".join(lines[at : number + 1]))]
        if DIVIDER.match(line) or (starts and _is_all_quoted(lines, number + 1)):
            lines = lines[: (starts or [number])[0]]
            break
    kept = "\n".join(line for line in lines if not line.startswith(">")).strip()
    return kept or text.strip()


def _is_all_quoted(lines: list[str], first: int) -> bool:
    below = (lines[at] for at in range(first, len(lines)))
    return all(not line.strip() or line.startswith(">") for line in below)
