"""Journeys: a real Chromium against a real granian, a real worker and a real mail server, on a database of its own."""

import email
import email.policy
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Playwright's sync API keeps a loop running in this thread; the ORM calls between its steps are not inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = ROOT / "tests" / "vendor" / "axe" / "axe.min.js"
# axe measures by setting inline styles, which the policy refuses: those refusals are not the page's.
POLICY = """document.addEventListener('securitypolicyviolation', event => {
  if (!window.axeMeasures) console.error('policy: ' + event.violatedDirective + ' ' + event.sourceFile);
});"""
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def until(question: Callable[[], Any], *, seconds: float = 20, what: str = "it") -> Any:
    """Ask until the answer is true; fail with what was waited for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


@dataclass
class Tray:
    """The mail server's letters, oldest first."""

    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        content = envelope.content or b""
        content = content if isinstance(content, bytes) else content.encode()
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        return "250 taken"

    def to(self, address: str, subject: str = "") -> EmailMessage:
        """The newest letter to an address, waiting for it to arrive."""

        def found() -> EmailMessage | None:
            mine = [one for one in self.letters if address in str(one["to"]) and subject in str(one["subject"])]
            return mine[-1] if mine else None

        answer: EmailMessage = until(found, what=f"a letter to {address}")
        return answer

    def link(self, address: str, beginning: str) -> str:
        """The newest link to an address whose path begins so, waiting for its letter."""
        pattern = re.compile(rf"https?://\S+?{beginning}[A-Za-z0-9_-]+/?")

        def found() -> str | None:
            mine = [one for one in self.letters if address in str(one["to"])]
            bodies = [one.get_body(preferencelist=("plain",)) for one in mine]
            links = [link for body in bodies if body for link in pattern.findall(body.get_content())]
            return links[-1] if links else None

        answer: str = until(found, what=f"a link {beginning} to {address}")
        return answer


class MailServer(Controller):
    """Speaks SMTP on loopback."""

    def factory(self) -> SMTP:
        return SMTP(self.handler, enable_SMTPUTF8=True)


@dataclass
class Served:
    """The product as it runs: its address and its mail."""

    url: str
    tray: Tray


@pytest.fixture
def served(fresh_db: Any, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """granian and a Celery worker on a fresh database; both are gone afterwards."""
    redis.from_url(os.environ["REDIS_URL"]).flushdb()  # hints that other tests left
    port, tray = free_port(), Tray()
    mail = MailServer(tray, hostname="127.0.0.1", port=free_port())
    mail.start()
    environment = os.environ | {
        "DATABASE_URL": fresh_db.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
        "ALONGSIDE_URL": f"http://127.0.0.1:{port}",
        "PYTHONPATH": str(ROOT),
    }
    python = [sys.executable, "-m"]
    web = [*python, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
           "--blocking-threads", "4", "practice.config.wsgi:application"]  # fmt: skip
    worker = [*python, "celery", "-A", "practice.config.celery", "worker", "-B", "-P", "solo", "--without-gossip",
              "--without-mingle", "-s", str(tmp_path / "beat"), "--loglevel", "WARNING"]  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        children = [
            subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
            for command in (web, worker)
        ]
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: _answers(url), seconds=30, what="the web server")
            yield Served(url, tray)
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(20)
            mail.stop()
    broken = [line for line in (tmp_path / "log").read_text().splitlines() if '"level": "error"' in line]
    assert not broken, "\n".join(broken[:5])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/livez", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run."""
    if CHROMIUM is None:
        pytest.fail("No Chromium was found. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A browser window that notes what must not happen: errors, foreign requests, violated policies."""

    context: BrowserContext
    host: str
    faults: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """A tab that is watched."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("console", lambda line: self._hear(line.type, line.text))
        page.on("request", lambda request: self._see(request.url))
        return page

    def _hear(self, kind: str, text: str) -> None:
        # A refusal that the page explains (422, 409, 404) is logged by Chromium as an error of the network; what the
        # policy refuses is heard by POLICY, which knows when it was axe that tried.
        if kind == "error" and "Failed to load resource" not in text and "Content Security Policy" not in text:
            self.faults.append(f"console: {text}")

    def _see(self, url: str) -> None:
        if not url.startswith((self.host, "data:", "blob:", "about:")):
            self.faults.append(f"request to another host: {url}")


@pytest.fixture
def window(chromium: Browser, served: Served) -> Iterator[Callable[..., Watched]]:
    """Opens windows: `window(PHONE)`. At the end none of them may have seen a fault."""
    opened: list[Watched] = []

    def open_one(size: dict[str, int] = DESK, **options: Any) -> Watched:
        context = chromium.new_context(viewport=size, locale="en-GB", timezone_id="Europe/London", **options)
        context.set_default_timeout(10_000)
        context.add_init_script(POLICY)
        opened.append(Watched(context, served.url))
        return opened[-1]

    yield open_one
    faults = [fault for one in opened for fault in one.faults]
    for one in opened:
        one.context.close()
    assert not faults, "\n".join(faults)


def accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that axe-core can find on this page as it stands."""
    page.evaluate("window.axeMeasures = true")
    page.evaluate(AXE.read_text())
    run = "async () => (await axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa']})).violations"
    found = page.evaluate(run)
    page.evaluate("() => new Promise(done => setTimeout(done, 50))")
    page.evaluate("window.axeMeasures = false")
    said = [
        f"{one['id']}: {node['html'][:120]} ({node.get('failureSummary', '')[:160]})"
        for one in found
        for node in one["nodes"]
    ]
    assert not said, f"{page.url}\n" + "\n".join(said)


def sign_in(page: Page, served: Served, address: str, password: str) -> None:
    """Through the front door, waiting for its answer."""
    page.goto(f"{served.url}/account/login/")
    page.locator("input[name=login]").fill(address)
    page.locator("input[type=password]").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
