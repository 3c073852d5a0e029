"""Where messages come in: what may be set, and the sentence for what may not."""

import pytest

from practice.config.addresses import Misconfigured
from practice.config.receiving import Receiving

BOX = {"ALONGSIDE_IMAP_URL": "imaps://post%40practice.example@mail.example/INBOX", "ALONGSIDE_IMAP_PASSWORD": "secret"}


def test_nothing_needs_to_be_set():
    assert Receiving.read({}) == Receiving("", None)


def test_a_mailbox_is_read_and_its_password_is_shown_nowhere(tmp_path):
    box = Receiving.read(BOX).imap
    assert box and (box.user, box.host, box.port, box.folder) == ("post@practice.example", "mail.example", 993, "INBOX")
    (tmp_path / "password").write_text("from a file\n")
    kept = {"ALONGSIDE_IMAP_URL": BOX["ALONGSIDE_IMAP_URL"], "ALONGSIDE_IMAP_PASSWORD_FILE": str(tmp_path / "password")}
    found = Receiving.read(kept).imap
    assert found and found.password == "from a file"
    assert "secret" not in repr(Receiving.read(BOX | {"ALONGSIDE_IMAP_PASSWORD": "secret"}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ALONGSIDE_REPLY_ADDRESS": "post+x@practice.example"}, "ALONGSIDE_REPLY_ADDRESS"),
        ({"ALONGSIDE_REPLY_ADDRESS": "a" * 22 + "@practice.example"}, "at most 21"),
        ({"ALONGSIDE_REPLY_ADDRESS": "post@practice.example\nBcc: x"}, "ALONGSIDE_REPLY_ADDRESS"),
        ({"ALONGSIDE_IMAP_URL": "https://mail.example"}, "imaps://"),
        ({"ALONGSIDE_IMAP_URL": "imap://post@mail.example"}, "unless the mailbox is on this machine"),
        ({"ALONGSIDE_IMAP_URL": "imaps://post:secret@mail.example"}, "holds a password"),
        ({"ALONGSIDE_IMAP_PASSWORD": ""}, "must hold the password"),
        ({"ALONGSIDE_IMAP_PASSWORD_FILE": "/nowhere/at/all"}, "must hold the password"),
        ({"ALONGSIDE_IMAP_PASSWORD": "", "ALONGSIDE_IMAP_PASSWORD_FILE": "/nowhere/at/all"}, "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence_without_the_password(changes, words):
    with pytest.raises(Misconfigured, match=words) as refused:
        Receiving.read(BOX | changes)
    assert "secret" not in str(refused.value)
