"""Mail that no person wrote to us: automatic answers, bounces, newsletters, spam. One rule for all incoming mail.

A machine's mail *about a person* (a website form, a portal, a mail forwarded by a colleague's mailbox) is not one of
them, although its headers may say the same; an automatic answer always is.
"""

import re
from email.message import Message
from typing import Final

from . import form_lines, mail_source

BOUNCE, ANSWER, NEWSLETTER, MACHINE, SPAM = "bounce", "answer", "newsletter", "machine", "spam"

_YES: Final = re.compile(r"\s*(?:yes|true|1|spam)\b", re.IGNORECASE)
_SPAM_HEADERS: Final = (
    "X-Spam-Flag",
    "X-Spam-Status",
    "X-Spam",
    "X-Barracuda-Spam-Flag",
    "X-Bogosity",
    "X-CRM114-Status",
    "X-DSPAM-Result",
    "X-Rspamd-Spam",
)
# Exchange: the level from -1 (safe) to 9, what its filter concluded, and how bulky a sender is, to 9.
_LEVEL: Final = re.compile(r"\s*(\d+)")
_REPORT: Final = re.compile(r"\b(?:SCL:[5-9]|SFV:SP[MO]|CAT:(?:H?SPM|H?PHSH|PHISH|MALW|BULK))\b", re.IGNORECASE)
_BULKY: Final = re.compile(r"\bBCL:([0-9])\b", re.IGNORECASE)
_SPAM_SUBJECT: Final = re.compile(r"\s*(?:\*{2,5}\s?spam\s?\*{2,5}|\[spam\]|\{spam\?\})", re.IGNORECASE)
_ANSWER_HEADERS: Final = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply-From",
    "X-Mail-Autoreply",
    "X-Autoreply-From",
    "X-POST-MessageClass",
    "X-Vacation-Message",
)
_ANSWER_SUBJECT: Final = re.compile(
    r"\s*(?:auto(?:matic|mated|-)? ?(?:reply|response|answer)|out[ -]of[ -](?:the )?office|automatische antwort"
    r"|abwesenheits(?:notiz|assistent|nachricht)|r[e\u00e9]ponse automatique|absence du bureau"
    r"|respuesta autom[a\u00e1]tica|risposta automatica|automatisch antwoord|afwezigheid|autosvar|automatiskt svar"
    r"|resposta autom[a\u00e1]tica"
    r"|odpowied\u017a automatyczna)\b",
    re.IGNORECASE,
)
_LIST_HEADERS: Final = (
    "List-Id",
    "List-Unsubscribe",
    "List-Post",
    "X-Mailing-List",
    "X-Campaign-Id",
    "X-Mailer-Campaign",
)
_BOUNCERS: Final = re.compile(r"(?:mailer-daemon|postmaster)@", re.IGNORECASE)


def why(mail: Message, subject: str, text: str) -> str:
    """Return why a mail is held back: a constant above, or an empty text for mail by or about a person.

    :param mail: its headers
    :param text: the text that a person would read

    >>> why(mail_source.headers(b"Auto-Submitted: auto-replied\\n\\n"), "Re: offer", "I am away")
    'answer'
    >>> form = "Name: Jo Baker\\nE-mail: jo@customer.example.org\\nPhone: +32 470 00 00 11"
    >>> why(mail_source.headers(b"Auto-Submitted: auto-generated\\n\\n"), "New enquiry", form)
    ''
    >>> why(mail_source.headers(b"X-Spam-Status: Yes, score=9\\n\\n"), "New enquiry", form)
    'spam'
    """
    if _is_spam(mail, subject):
        return SPAM
    if _is_bounce(mail):
        return BOUNCE
    if _is_answer(mail, subject):
        return ANSWER
    from_list = any(mail.get_all(name) for name in _LIST_HEADERS)
    sent = _first_word(mail, "Auto-Submitted")
    precedence = _first_word(mail, "Precedence")
    is_bulk = from_list or precedence in ("bulk", "list")
    is_automatic = sent not in ("", "no") or precedence == "junk" or bool(mail.get_all("X-Auto-Response-Suppress"))
    if not (is_bulk or is_automatic) or _is_about_a_person(mail, subject, text, from_list=from_list):
        return ""
    return NEWSLETTER if is_bulk else MACHINE


def _is_spam(mail: Message, subject: str) -> bool:
    if any(_YES.match(value) for name in _SPAM_HEADERS for value in mail_source.texts(mail, name)):
        return True
    levels = [_LEVEL.match(value) for value in mail_source.texts(mail, "X-MS-Exchange-Organization-SCL")]
    if any(level and int(level[1]) >= 5 for level in levels):
        return True
    if any(_REPORT.search(value) for value in mail_source.texts(mail, "X-Forefront-Antispam-Report")):
        return True
    bulky = [_BULKY.search(value) for value in mail_source.texts(mail, "X-Microsoft-Antispam")]
    if any(level and int(level[1]) >= 7 for level in bulky):
        return True
    return bool(_SPAM_SUBJECT.match(subject))


def _is_bounce(mail: Message) -> bool:
    kind = mail_source.text(mail, "Content-Type").lower()
    return bool(
        kind.startswith("multipart/report")
        or "report-type=delivery-status" in kind
        or mail.get_all("X-Failed-Recipients")
        or _BOUNCERS.match(mail_source.sender(mail))
    )


def _is_answer(mail: Message, subject: str) -> bool:
    return bool(
        _first_word(mail, "Auto-Submitted") in ("auto-replied", "auto-notified")
        or _first_word(mail, "Precedence") in ("auto_reply", "auto-reply", "autoreply")
        or any(_says_so(value) for name in _ANSWER_HEADERS for value in mail_source.texts(mail, name))
        or _ANSWER_SUBJECT.match(subject)
    )


def _says_so(value: str) -> bool:
    return value.strip().lower() not in ("no", "false", "0")


def _first_word(mail: Message, name: str) -> str:
    value = mail_source.text(mail, name).lower()
    return re.split(r"[\s;,(]", value, maxsplit=1)[0]


def _is_about_a_person(mail: Message, subject: str, text: str, *, from_list: bool) -> bool:
    """Whether a machine passes on a person's request: a form about somebody else, or a forwarded mail."""
    own = _domain(mail_source.sender(mail))
    if any(_domain(email) != own for _name, email in form_lines.inner_senders(text, subject)):
        return True
    lines = form_lines.stated(text)
    if "name" in lines and form_lines.is_form(lines) and (not lines.get("email") or _domain(lines["email"]) != own):
        return True
    answers = [one for value in mail_source.texts(mail, "Reply-To") for one in mail_source.addresses(value)]
    return bool(not from_list and own and any(_domain(email) != own for email in answers))


def _domain(email: str) -> str:
    """Return the last two parts of the domain, which a machine shares with the person who runs it."""
    return ".".join(email.rpartition("@")[2].lower().split(".")[-2:])
