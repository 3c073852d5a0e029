"""Reading a PDF again."""

import shutil
import subprocess

import pytest

can_be_read = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils reads the PDF again")


def text_of(data: bytes) -> str:
    """What stands on all of its pages, with single spaces."""
    ran = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return " ".join(ran.stdout.decode().split())
