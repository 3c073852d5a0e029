"""Two invented documents for the demo, drawn as a scanner brings them and added by the verb of real work."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from clients.domain import documents
from clients.models import Client, Document
from practice.domain import uploads
from practice.models import User

HEART = (
    "Mill Lane Surgery, 2 Mill Lane, London N1 0XY",
    "",
    "Re: Mr Tomas Kessler",
    "",
    "A soft murmur, known since childhood and looked into",
    "in 2019. No treatment is needed. Walking and running",
    "are fine as long as he can talk meanwhile.",
    "",
    "Dr Imogen Field",
)
KNEES = (
    "Heath Physiotherapy",
    "",
    "Ms W. van den Broek: report after eight sessions",
    "",
    "Even paths for up to an hour. Down steep hills only",
    "with poles. A bench on the way does her good.",
    "",
    "Peter Ash, physiotherapist",
)


def add(heart: Client, knees: Client, *, by: User) -> None:
    """A doctor's letter and a report."""
    kinds = Document.Kind
    documents.add(heart, _scanned(HEART), kind=kinds.DOCTOR, title="Dr Field about the heart murmur", by=by)
    documents.add(knees, _scanned(KNEES), kind=kinds.REPORT, title="Physiotherapy: knees after eight sessions", by=by)


def _scanned(lines: tuple[str, ...]) -> uploads.Upload:
    """One page with these lines, as any scan is taken in."""
    page = Image.new("L", (827, 1169), 250)
    font = ImageFont.load_default(26)
    for row, line in enumerate(lines):
        ImageDraw.Draw(page).text((90, 120 + 42 * row), line, fill=40, font=font)
    out = BytesIO()
    page.save(out, "PNG")
    return uploads.read(out.getvalue())
