"""Mails as they come in, written out: of people with every kind of program, and of machines."""

import base64
from email import message_from_bytes, policy
from email.message import EmailMessage

HEAD = (
    "From: Mary Lee <mary.lee@example.org>\nTo: post@practice.example\nSubject: Thursday\n"
    "Message-ID: <one@example.org>\nDate: Thu, 26 Nov 2026 09:00:00 +0000\nMIME-Version: 1.0\n"
)
QUOTED = "On Wed, 25 Nov 2026 at 18:00, Larch Street wrote:\n> Hello Mary\n> For help at any hour: 988"


def plain(text: str = "I am running late.", **headers: str) -> bytes:
    """A plain one; headers by name, a low line for a hyphen."""
    message = EmailMessage()
    given = {"From": "Mary Lee <mary.lee@example.org>", "To": "post@practice.example", "Subject": "Thursday"}
    given |= {"Message-ID": "<one@example.org>", "Date": "Thu, 26 Nov 2026 09:00:00 +0000"}
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()


def html(body: str, charset: str = "utf-8") -> bytes:
    """HTML alone."""
    return (HEAD + f"Content-Type: text/html; charset={charset}\n\n").encode() + body.encode(charset)


def with_file(data: bytes, name: str, media_type: str, text: str = "See the file.") -> bytes:
    """Some text and one file."""
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "mary.lee@example.org", "post@x.example", "<file@x>"
    message.set_content(text)
    main, sub = media_type.split("/")
    message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def calendar_answer(partstat: str = "DECLINED") -> bytes:
    """What Outlook sends when somebody presses Decline."""
    body = (
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1@alongside\n"
        f"ATTENDEE;PARTSTAT={partstat}:mailto:mary.lee@example.org\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    return (HEAD + 'Content-Type: text/calendar; method=REPLY; charset="utf-8"\n\n' + body).encode()


def _report(head: str, words: str, status: str, original: str) -> bytes:
    return (
        f'{head}MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n boundary="b0und"\n\n'
        f"--b0und\nContent-Type: text/plain; charset=us-ascii\n\n{words}\n\n"
        f"--b0und\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--b0und\n{original}\n--b0und--\n"
    ).encode()


def postfix(message_id: str, to: str = "mary.lee@example.org", status: str = "5.1.1", action: str = "failed") -> bytes:
    """As Postfix reports (bounce(8))."""
    return _report(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.practice.example (Mail Delivery System)\n"
        "Auto-Submitted: auto-replied\n"
        "Subject: Undelivered Mail Returned to Sender\nTo: post@practice.example\nMessage-Id: <dsn1@mx>\n",
        "This is the mail system at host mx.practice.example.\n\nI'm sorry to have to inform you that your "
        "message could\n"
        f"not be delivered to one or more recipients.\n\n<{to}>: host mx.example.org said: 550 5.1.1 User unknown",
        "Reporting-MTA: dns; mx.practice.example\nX-Postfix-Queue-ID: 4F1\n\n"
        f"Final-Recipient: rfc822; {to}\nOriginal-Recipient: rfc822;{to}\nAction: {action}\nStatus: {status}\n"
        f"Remote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; 550 5.1.1 <{to}>: User unknown\n",
        f"Content-Type: message/rfc822\n\nFrom: no-reply@practice.example\nTo: {to}\nMessage-ID: {message_id}\n"
        "Subject: Thursday, 14:00\n\nHello\n",
    )


def exchange(message_id: str, to: str = "mary.lee@example.org") -> bytes:
    """As Exchange Online reports: the headers alone come back."""
    return _report(
        "From: Microsoft Outlook <postmaster@example.org>\nSubject: Undeliverable: Thursday, 14:00\n"
        "To: post@practice.example\nMessage-ID: <dsn2@prod.outlook.com>\nX-MS-Exchange-Message-Is-Ndr:\n",
        "Your message couldn't be delivered.",
        "Reporting-MTA: dns;AM0PR01.eurprd01.prod.exchangelabs.com\n\n"
        f"Final-Recipient: rfc822;{to}\nAction: failed\nStatus: 5.1.10\n"
        "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP lookup\n",
        f"Content-Type: text/rfc822-headers\n\nFrom: no-reply@practice.example\nTo: {to}\nMessage-ID: {message_id}\n",
    )


def gmail(message_id: str, to: str = "mary.lee@example.org") -> bytes:
    """As Gmail reports: it answers the mail that it is about."""
    return _report(
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nAuto-Submitted: auto-replied\n"
        f"Subject: Delivery Status Notification (Failure)\nTo: post@practice.example\nReferences: {message_id}\n"
        f"In-Reply-To: {message_id}\nX-Failed-Recipients: {to}\nMessage-ID: <dsn3@mx.google.com>\n",
        f"** Address not found **\n\nYour message wasn't delivered to {to}",
        f"Reporting-MTA: dns; googlemail.com\n\nFinal-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.\n",
        "Content-Type: message/rfc822\n\nSubject: Thursday, 14:00\n\nHello\n",
    )


def with_report(to: str = "post@practice.example", text: str = "I want to die. Look what came back to me.") -> bytes:
    """Of a person, who sends on what came back to her."""
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "Mary Lee <mary.lee@example.org>", to, "<hers@x>"
    message.set_content(text)
    message.add_attachment(message_from_bytes(postfix("<else@elsewhere>"), policy=policy.default))
    return message.as_bytes()


def big(megabytes: int) -> bytes:
    """So many megabytes of a picture that nobody asked for, behind some words."""
    noise = base64.encodebytes(b"\x00" * (megabytes * 1_000_000)).decode()
    return (
        HEAD + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee the film.\n'
        "--b\nContent-Type: video/mp4; name=walk.mp4\nContent-Disposition: attachment; filename=walk.mp4\n"
        f"Content-Transfer-Encoding: base64\n\n{noise}\n--b--\n"
    ).encode()
