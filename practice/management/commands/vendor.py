"""Fetch the borrowed CSS, scripts, fonts and icons named in static/vendor/vendor.toml, or check them."""

import hashlib
import re
import shutil
import subprocess
import tempfile
import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

STATIC = Path(__file__).resolve().parents[2] / "static"
VENDOR = STATIC / "vendor"
LIST = VENDOR / "vendor.toml"
MAP_POINTER = re.compile(rb"\n?(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=[^\n]*)\s*$")
LICENCE_NOTE = "<!-- {package} {version}, {licence} licence: vendor/{package}/LICENSE. Built by `manage.py vendor`. -->"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def unpack(name: str, version: str, into: Path) -> Path:
    """Download one npm package with the ordinary client and return its folder; nothing of it is ever run."""
    done = subprocess.run(
        ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"],
        cwd=into, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise CommandError(f"{name}@{version} could not be fetched: {done.stderr.strip()[-300:]}")
    folder = into / re.sub(r"[^a-z0-9]+", "-", f"{name}-{version}")
    folder.mkdir()
    shutil.unpack_archive(into / done.stdout.strip().splitlines()[-1], folder, filter="data")
    return folder / "package"


def plain(data: bytes) -> bytes:
    """Take off the pointer to a source map: we ship none, and hashed static files refuse a pointer to nothing."""
    return MAP_POINTER.sub(b"\n", data)


def sprite(icons: dict[str, Any], folder: Path) -> bytes:
    """Turn the picked icons into one SVG file of <symbol>s, drawn in the colour of the text around them."""
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', LICENCE_NOTE.format(**icons)]
    for name in sorted(icons["names"]):
        drawing = (folder / "icons" / f"{name}.svg").read_text()
        strokes = re.sub(r"\s+", " ", drawing.split(">", 2)[2].rsplit("</svg>", 1)[0]).strip().replace("> <", "><")
        lines.append(f'<symbol id="{name}" viewBox="0 0 24 24">{strokes}</symbol>')
    return "\n".join([*lines, "</svg>", ""]).encode()


class Command(BaseCommand):
    help = "Fetch the files named in static/vendor/vendor.toml; with --check, compare them with their hashes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a file differs")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        wanted = tomllib.loads(LIST.read_text())
        if check:
            self.check_all(wanted)
        else:
            self.fetch_all(wanted)

    def check_all(self, wanted: dict[str, Any]) -> None:
        wrong = [path for path, sha in held(wanted).items() if not path.is_file() or digest(path.read_bytes()) != sha]
        if wrong:
            raise CommandError("Changed or missing: " + ", ".join(str(path.relative_to(STATIC)) for path in wrong))
        self.stdout.write(f"{len(held(wanted))} borrowed files are as they were fetched.")

    def fetch_all(self, wanted: dict[str, Any]) -> None:
        hashes: dict[Path, str] = {}
        with tempfile.TemporaryDirectory() as there:
            for package in wanted["package"]:
                source = unpack(package["name"], package["version"], Path(there))
                for name, place in package["files"].items():
                    data = place["text"].encode() if "text" in place else plain((source / name).read_bytes())
                    put(data, VENDOR / package["folder"] / place["to"], hashes)
            icons = wanted["icons"]
            source = unpack(icons["package"], icons["version"], Path(there))
            put(sprite(icons, source), STATIC / icons["file"], hashes)
            put((source / "LICENSE").read_bytes(), VENDOR / "lucide-static" / "LICENSE", {})
        LIST.write_text(with_hashes(LIST.read_text(), hashes, wanted))
        self.stdout.write(f"{len(hashes)} files fetched.")


def held(wanted: dict[str, Any]) -> dict[Path, str]:
    """Return every borrowed file with the hash it must have."""
    files = {
        VENDOR / package["folder"] / place["to"]: place["sha256"]
        for package in wanted["package"]
        for place in package["files"].values()
    }
    return files | {STATIC / wanted["icons"]["file"]: wanted["icons"]["sha256"]}


def put(data: bytes, path: Path, hashes: dict[Path, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    hashes[path] = digest(data)


def with_hashes(text: str, hashes: dict[Path, str], wanted: dict[str, Any]) -> str:
    """Return the list with its sha256 values renewed, everything else (order, comments) as it was."""
    fresh = iter([hashes[STATIC / wanted["icons"]["file"]]] + [hashes[path] for path in list(held(wanted))[:-1]])
    return re.sub(r'sha256 = "[0-9a-f]*"', lambda found: f'sha256 = "{next(fresh)}"', text)
