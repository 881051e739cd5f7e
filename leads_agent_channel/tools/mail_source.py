"""Parse the untrusted source of a mail: sender, recipients, the mails it replies to, and its key."""

import codecs
import hashlib
import re
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

from .reading import plain_text

LONGEST_TEXT: Final = 10_000
LONGEST_KEY: Final = 500
# Headers with the address to which a mail was delivered.
_DELIVERED: Final = ("Delivered-To", "To", "Cc", "Resent-To", "Resent-Cc")
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]:;,\"']{1,64}@[^\s<>()\[\]:;,\"'@]{1,255}")
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,998}>")
_CHARSET: Final = re.compile(rb"(charset\s*=\s*)([\"']?)([^\s;\"'>]{1,60})\2", re.IGNORECASE)
_HEADERS_END: Final = re.compile(rb"\r?\n\r?\n")
# Charset names of some programs that Python does not know.
_CHARSETS: Final = {b"ansi": b"cp1252", b"iso-8859-8-i": b"iso-8859-8", b"x-sjis": b"shift_jis", b"cp-850": b"cp850"}


def headers(source: bytes) -> Message:
    """Return the raw headers of a mail.

    >>> headers(b"To: desk@ours.example.com\\r\\n\\r\\nTo: nobody")["To"]
    'desk@ours.example.com'
    """
    return BytesHeaderParser().parsebytes(source)


def texts(mail: Message, name: str) -> list[str]:
    """Return all values of a header as storable text, even when they are malformed.

    >>> texts(headers(b"Subject: =?utf-8?q?caf=C3=A9?=\\r\\n\\r\\n"), "subject")
    ['caf\\xe9']
    >>> texts(headers(b"Subject: caf\\xc3\\xa9\\x00\\r\\n\\r\\n"), "subject")
    ['caf\\xe9']
    """
    return [_decoded(value) for value in mail.get_all(name, [])]


def text(mail: Message, name: str) -> str:
    return next(iter(texts(mail, name)), "")


def addresses(value: str) -> list[str]:
    """Return the addresses in a header, in lower case.

    >>> addresses('"Baker, Jo" <Jo@Customer.example.org>, desk@ours.example.com')
    ['jo@customer.example.org', 'desk@ours.example.com']
    """
    return [found.lower() for found in _ADDRESS.findall(value)]


def sender(mail: Message) -> str:
    """Return the address of the sender, empty when there is none."""
    return next((one for value in texts(mail, "From") for one in reversed(addresses(value))), "")


def attached_senders(mail: Message) -> list[str]:
    """Return the senders of the mails attached to a mail, as their headers name them.

    >>> mail = message_from_bytes(b"Content-Type: message/rfc822\\n\\nFrom: Jo <jo@customer.example.org>\\n\\nHi")
    >>> attached_senders(mail)
    ['Jo <jo@customer.example.org>']
    """
    attached = (part for part in mail.walk() if part.get_content_type() == "message/rfc822" and part.is_multipart())
    return [text(one, "From") for part in attached for one in part.get_payload()]


def recipients(mail: Message) -> list[str]:
    """Return all recipients of a mail, without duplicates."""
    return list(dict.fromkeys(one for name in _DELIVERED for value in texts(mail, name) for one in addresses(value)))


def references(mail: Message) -> list[str]:
    """Return the last 32 Message-Ids of the mails that a mail replies to."""
    found = [one for name in ("References", "In-Reply-To") for value in texts(mail, name) for one in _ids(value)]
    return list(dict.fromkeys(found))[-32:]


def key(mail: Message, source: bytes) -> str:
    """Return the key that identifies a mail delivered twice: its Message-Id, or a hash of the source.

    >>> key(headers(b"Message-Id: <1@customer.example.org>\\n\\n"), b"")
    '<1@customer.example.org>'
    >>> key(headers(b"Subject: x\\n\\n"), b"x") == key(headers(b"Subject: y\\n\\n"), b"x")
    True
    """
    stated = text(mail, "Message-Id")
    return stated if stated and len(stated) <= LONGEST_KEY else f"<sha256-{hashlib.sha256(source).hexdigest()}@mail>"


def repaired(source: bytes, known_as: str) -> bytes:
    """Return the source as Odoo's gateway can read it: only storable characters, known charsets, an ID.

    >>> repaired(b"Content-Type: text/plain; charset=x-odd\\n\\nHi\\x00", "<1@mail>")
    b'Message-Id: <1@mail>\\nContent-Type: text/plain; charset=utf-8\\n\\nHi'
    >>> repaired(b"Message-Id: <2@mail>\\n\\nHi", "<2@mail>")
    b'Message-Id: <2@mail>\\n\\nHi'
    """
    source = _CHARSET.sub(_existing, source.replace(b"\x00", b""))
    if text(headers(source), "Message-Id") != known_as:
        end = _HEADERS_END.search(source)
        head, body = (source[: end.start()], source[end.start() :]) if end else (source, b"\n\n")
        head = re.sub(rb"(?im)^message-id:.*(?:\r?\n[ \t].*)*(?:\r?\n|\Z)", b"", head)
        if head[:1] in (b" ", b"\t"):
            # Else it would continue the previous line.
            head = b"X-Unnamed:" + head
        source = b"Message-Id: " + known_as.encode() + b"\n" + head + body
    return source


def words(source: bytes) -> str:
    """Return the text of a mail for display, empty when it cannot be read.

    >>> words(b"Content-Type: text/html\\n\\n<p>We need a <b>roof</b></p>")
    'We need a roof'
    """
    try:
        part = message_from_bytes(source, policy=policy.SMTP).get_body(("plain", "html"))
        content = part.get_content() if part else ""
        said = plain_text(content) if part and part.get_content_type() == "text/html" else content
    except Exception:  # Any part of a mail can be malformed; the source is kept anyway.
        said = ""
    return storable(said[:LONGEST_TEXT]).strip()


def storable(value: str) -> str:
    """Return the text without characters that PostgreSQL cannot store.

    >>> storable("a\\x00\\udcff")
    'a?'
    """
    return value.replace("\x00", "").encode(errors="replace").decode()


def _existing(found: re.Match) -> bytes:
    name = found[3].lower()
    try:
        codecs.lookup(name.decode("ascii", "replace"))
    except (LookupError, ValueError):
        return found[1] + found[2] + _CHARSETS.get(name, b"utf-8") + found[2]
    return found[0]


def _decoded(value: object) -> str:
    try:
        parts = [
            part if isinstance(part, str) else _from_bytes(part, charset) for part, charset in decode_header(value)
        ]
    except Exception:  # A malformed header is still returned as text.
        parts = [str(value)]
    return storable("".join(parts)).strip()


def _from_bytes(part: bytes, charset: str | None) -> str:
    for name in (charset, "utf-8"):
        try:
            if name and name != "unknown-8bit":
                return part.decode(name)
        except (LookupError, ValueError):
            continue
    return part.decode("latin-1")


def _ids(value: str) -> list[str]:
    return _MESSAGE_ID.findall(value)
