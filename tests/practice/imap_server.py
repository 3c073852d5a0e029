"""A small IMAP server on loopback: the few commands that reading a mailbox needs, spoken over a real socket."""

import re
import socketserver
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Mailbox:
    """What it holds: by number, each with its flags. `moves` is whether it can do MOVE (RFC 6851)."""

    inbox: dict[int, bytes] = field(default_factory=dict)
    kept: list[bytes] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    moves: bool = True
    password: str = "open sesame"

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            self.inbox[max(self.inbox, default=100) + 1] = mail


class Handler(socketserver.StreamRequestHandler):
    """One conversation (RFC 3501, with UIDs)."""

    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, _space, rest = line.decode().strip().partition(" ")
            command = rest.split(" ")[0].upper()
            if command == "UID":
                command = "UID " + rest.split(" ")[1].upper()
            answer = getattr(self, "do_" + command.lower().replace(" ", "_"), None)
            if answer is None:
                self.say(f"{tag} BAD what?")
            else:
                self.say(f"{tag} {answer(rest)} done")
            if command == "LOGOUT":
                return

    @property
    def box(self) -> Mailbox:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        return box

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def do_capability(self, rest: str) -> str:
        self.say("* CAPABILITY IMAP4rev1" + (" MOVE" if self.box.moves else ""))
        return "OK"

    def do_login(self, rest: str) -> str:
        return "OK" if self.box.password in rest else "NO wrong"

    def do_select(self, rest: str) -> str:
        self.say(f"* {len(self.box.inbox)} EXISTS")
        return "OK [READ-WRITE]" if "INBOX" in rest else "NO no such folder"

    def do_create(self, rest: str) -> str:
        return "NO it is there"

    def do_uid_search(self, rest: str) -> str:
        self.say("* SEARCH " + " ".join(map(str, sorted(self.box.inbox))))
        return "OK"

    def do_uid_fetch(self, rest: str) -> str:
        uid, many = int(rest.split(" ")[2]), int((re.search(r"<0\.(\d+)>", rest) or [0, 0])[1])
        data = self.box.inbox[uid][:many]
        self.wfile.write(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(data)}}}\r\n".encode() + data + b")\r\n")
        return "OK"

    def do_uid_move(self, rest: str) -> str:
        self.box.kept.append(self.box.inbox.pop(int(rest.split(" ")[2])))
        return "OK"

    def do_uid_copy(self, rest: str) -> str:
        self.box.kept.append(self.box.inbox[int(rest.split(" ")[2])])
        return "OK"

    def do_uid_store(self, rest: str) -> str:
        self.box.deleted.add(int(rest.split(" ")[2]))
        return "OK"

    def do_expunge(self, rest: str) -> str:
        for uid in self.box.deleted & set(self.box.inbox):
            del self.box.inbox[uid]
        return "OK"

    def do_logout(self, rest: str) -> str:
        self.say("* BYE")
        return "OK"


class Server(socketserver.ThreadingTCPServer):
    """Listens until it is closed: `with Server(box) as server: …`."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        super().__init__(("127.0.0.1", 0), Handler)

    def __enter__(self) -> "Server":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *args: Any) -> None:
        self.shutdown()
        self.server_close()
