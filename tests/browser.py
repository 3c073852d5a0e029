"""The browser of the journeys: `python -m tests.browser` says whether one is here, and how to get it."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find() -> str | None:
    """The path of a Chromium; CHROMIUM in the environment comes first."""
    given = os.environ.get("CHROMIUM")
    found = [given] if given else [shutil.which(name) for name in NAMES]
    return next((path for path in found if path), ON_MACOS if Path(ON_MACOS).exists() else None)


if __name__ == "__main__":
    if find() is None:
        sys.exit("The browser journeys were not run: no Chromium was found. Debian, Ubuntu: apt-get install chromium")
