"""Whom a mail of a portal or a contact form is about: lines like ``Name:``, ``E-mail:``, ``Phone:``, in any order."""

import re
from collections.abc import Iterator
from typing import Final

from .reading import is_forwarded

_WHOSE: Final = r"(?:(?:your|contact|customer|client|lead|sender|guest|buyer|visitor|ihre?|votre|su|uw)[ '\u2019]s? ?)?"
_LABELS: Final = {
    "first_name": r"first ?names?|given name|vorname|pr\u00e9nom|nombre|voornaam",
    "last_name": r"last ?name|surname|family name|nachname|nom de famille|apellidos?|achternaam|cognome",
    "name": r"(?:full ?)?name|contact(?: person)?|nom(?: complet| et pr\u00e9nom)?|nombre completo|naam|nome|customer"
    r"|client",
    "email": r"e-?mail(?:[ -]?(?:address|adresse?|id))?|mail|courriel|adresse (?:e-?mail|mail)"
    r"|correo(?: electr\u00f3nico)?",
    "phone": r"(?:tele)?phone(?: ?(?:number|no\.?))?|tel\.?|telefon(?:nummer)?|telefoon|telefono|t\u00e9l\.?"
    r"|t\u00e9l\u00e9phone|tel\u00e9fono|(?:mobile|cell|contact|whatsapp)(?: ?(?:phone|number|no\.?))?|mobil|m\u00f3vil"
    r"|portable|handy|gsm",
    "street": r"(?:street ?)?address|street|adresse|anschrift|stra\u00dfe|strasse|rue|direcci\u00f3n|indirizzo|adres",
    "zip": r"zip(?: ?code)?|post ?code|postal ?code|plz|postleitzahl|code postal|cp|c\u00f3digo postal|cap",
    "city": r"city|town|ort|stadt|wohnort|ville|ciudad|citt\u00e0|plaats|woonplaats",
    "company": r"company(?: name)?|organi[sz]ation|firma|soci\u00e9t\u00e9|entreprise|empresa|bedrijf|azienda",
    "message": r"message|comments?|enquiry|inquiry|question|remarks?|notes?|nachricht|anfrage|mensaje|messaggio"
    r"|bericht",
    "other": r"subject|betreff|country|land|pays|budget|price|source|date|time"
    r"|ip(?: address)?|url|page|property|listing"
    r"|reference|ref",
}
_ANY: Final = "|".join(f"(?P<{kind}>{_WHOSE}(?:{labels}))" for kind, labels in _LABELS.items())
# At the start of a line in any case; within a line only capitalised, as forms write labels.
_LINE: Final = re.compile(rf"^[ *\u2022>\-]*(?:{_ANY})[ *]*(?:[:=\t]|$)", re.IGNORECASE | re.MULTILINE)
_INSIDE: Final = re.compile(rf"(?<=[ ,;|])(?=[A-Z])(?i:{_ANY})[ ]?[:=]")
_EMAIL: Final = re.compile(r"[^\s<>()\[\]:;,\"'|]{1,64}@[^\s<>()\[\]:;,\"'|@]{1,180}\.[^\W\d_]{2,24}")
_PHONE: Final = re.compile(r"[+(]?[0-9][0-9 ().\-/\u00a0\u2010-\u2014]{4,24}[0-9]")
_FROM: Final = re.compile(
    r"^[ *>]*(?:from|von|de|da|van|fr\u00e5n|od)[ *]?:[ *]*(.{1,300})$", re.IGNORECASE | re.MULTILINE
)
_LONGEST: Final = 100
# A longer text is not about one person; the rest of it is not searched.
_LONGEST_TEXT: Final = 20_000


def stated(text: str) -> dict[str, str]:
    """Return what the lines of a form say about a person: the first valid value of each kind.

    >>> stated("Name: Jo Baker\\nE-mail: jo@writer.example.org\\nPhone: +32 470 00 00 00")
    {'name': 'Jo Baker', 'email': 'jo@writer.example.org', 'phone': '+32 470 00 00 00'}
    >>> stated("Email: jo@writer.example.org Name: Jo Baker Zip: 1180 Message: call me")
    {'email': 'jo@writer.example.org', 'name': 'Jo Baker', 'zip': '1180'}
    """
    found: dict[str, str] = {}
    for kind, value in _values(text[:_LONGEST_TEXT]):
        read = _read(kind, value)
        if read and kind not in found:
            found[kind] = read
    first, last = found.pop("first_name", ""), found.pop("last_name", "")
    if (first or last) and "name" not in found:
        found["name"] = f"{first} {last}".strip()
    return found


def is_form(values: dict[str, str]) -> bool:
    """Whether there are enough such lines to be a form."""
    return len(values) >= 2 and bool(values.keys() & {"email", "phone"})


def inner_senders(text: str, subject: str = "") -> list[tuple[str, str]]:
    """Return the senders of forwarded mails, the outermost first, as pairs of name and e-mail.

    >>> inner_senders("FYI\\n---- Forwarded message ----\\nFrom: Jo Baker <jo@writer.example.org>\\nDate: today")
    [('Jo Baker', 'jo@writer.example.org')]
    >>> inner_senders("From: Jo Baker <jo@writer.example.org>", "Re: offer")
    []
    """
    text = text[:_LONGEST_TEXT]
    if not is_forwarded(subject, text):
        return []
    senders = []
    for line in _FROM.finditer(text):
        if address := _EMAIL.search(line[1]):
            name = re.sub(r"\[?mailto:?", "", line[1][: address.start()]).strip(" <[(\"'*\t")
            senders.append((_name(name), address[0]))
    return senders


def _values(text: str) -> Iterator[tuple[str, str]]:
    labels = sorted(
        {match.start(match.lastgroup): match for match in (*_INSIDE.finditer(text), *_LINE.finditer(text))}.items()
    )
    for nr, (_start, match) in enumerate(labels):
        end = labels[nr + 1][1].start() if nr + 1 < len(labels) else len(text)
        yield match.lastgroup, _first_line(text[match.end() : end])


def _first_line(text: str) -> str:
    for line in text.split("\n", 4)[:4]:
        if value := line.strip(" \t*:=|>,;"):
            return value
    return ""


def _read(kind: str, value: str) -> str:
    match kind:
        case "email":
            address = _EMAIL.search(value)
            return address[0] if address else ""
        case "phone":
            number = _PHONE.search(value)
            return number[0].strip() if number and sum(map(str.isdigit, number[0])) <= 15 else ""
        case "name" | "first_name" | "last_name":
            return _name(value)
        case "zip":
            return value if len(value) <= 12 and any(map(str.isdigit, value)) else ""
        case "street" | "city" | "company":
            return value if len(value) <= _LONGEST and "@" not in value else ""
    return ""


def _name(value: str) -> str:
    is_name = len(value) <= _LONGEST and len(value.split()) <= 6 and not re.search(r"[@0-9<>:/]", value)
    return value if is_name else ""
