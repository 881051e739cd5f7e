"""The readable text of a mail or form: no link targets, pictures, quoted mail or hidden text."""

import re
from typing import Final

from lxml import etree
from lxml import html as lxml_html

# These elements separate words; all others do not ("so<b>lar</b>").
_BLOCKS: Final = frozenset(
    re.findall(
        r"\S+",
        """address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption
        figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol optgroup option p pre section
        summary table tbody tfoot thead ul""",
    )
)
_UNREAD: Final = frozenset(
    re.findall(
        r"\S+",
        """area audio base canvas embed head iframe img link map meta object script select style svg template title
        video""",
    )
)
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|(?:font-size|max-height|opacity)\s*:\s*0(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"[<\[(]?\b(?:https?://|www\.)[^\s<>\])]+[>\])]?|\[cid:[^\]\n]*\]", re.IGNORECASE)
_ROW: Final = "\x1e"
_CELL: Final = "\x1f"
_GAP: Final = re.compile(r"\s+")
_ANSWERED: Final = re.compile(
    r"^(?:on|am|le|el|il|op|den|w dniu)\b[^\n]{6,160}\n?[^\n]{0,80}"
    r"\b(?:wrote|schrieb|a \u00e9crit|escribi\u00f3|ha scritto|schreef|skrev|napisa\u0142)\b[^\n:]{0,80}:[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
# Where a quoted mail without any markup begins.
_ORIGINAL: Final = re.compile(
    r"^[-_ ]{2,40}(?:original message|urspr\u00fcngliche nachricht|message d'origine|mensaje original"
    r"|messaggio originale|oorspronkelijk bericht)[-_ ]*$"
    r"|^\*?(?:from|von|de|da|van|fr\u00e5n)\s?:[^\n]+\n"
    r"(?:\*?(?:sent|date|gesendet|datum|envoy\u00e9|enviado|inviato|verzonden|skickat|to|an|\u00e0|para|a|aan|till|cc|subject"
    r"|betreff|objet|asunto|oggetto|onderwerp|\u00e4mne)\s?:[^\n]*(?:\n|$)){2}",
    re.IGNORECASE | re.MULTILINE,
)
FORWARDED: Final = re.compile(
    r"^[-_ >]{0,40}(?:begin )?(?:forwarded message|weitergeleitete nachricht|message transf\u00e9r\u00e9"
    r"|message transmis|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht)\b",
    re.IGNORECASE | re.MULTILINE,
)
_FORWARDED_SUBJECT: Final = re.compile(r"\s*(?:fwd?|wg|tr|rv|i|enc|doorst)\s?:", re.IGNORECASE)


def is_forwarded(subject: str | None, text: str) -> bool:
    """Whether a mail is forwarded.

    >>> is_forwarded("WG: boat", ""), is_forwarded("Re: boat", ""), is_forwarded("", "---- Forwarded message ----")
    (True, False, True)
    """
    return bool(_FORWARDED_SUBJECT.match(subject or "") or FORWARDED.search(text))


def plain_text(source: str | None, subject: str | None = None) -> str:
    """Return the text of HTML as a person reads it: a line per block, a tab between the cells of a row.

    Quoted mails and signatures, as Odoo marks them when it stores a text, are left out, unless they are all there is
    or the mail is forwarded.

    >>> plain_text('<p>A <a href="https://x.example/boat">so<b>lar</b></a> roof<br>soon</p><p>Jo</p>')
    'A solar roof\\nsoon\\nJo'
    >>> plain_text('<table><tr><td>Budget</td><td>250000</td></tr></table>')
    'Budget\\t250000'
    """
    if not source or not source.strip():
        return ""
    try:
        tree = lxml_html.fromstring(f"<div>{_storable(source)}</div>")
    except (etree.ParserError, ValueError):
        return ""
    everything = _tidy(_pieces(tree, is_quoted_read=True))
    if is_forwarded(subject, everything):
        return everything
    return _own_words(_tidy(_pieces(tree, is_quoted_read=False))) or everything


def _storable(source: str) -> str:
    """Return the HTML without what parsers refuse: control characters and a declaration of the encoding."""
    source = re.sub(r"<\?xml[^<>]*>", "", source)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", source)


def _pieces(tree, *, is_quoted_read: bool) -> list[str]:
    pieces: list[str] = []
    # Without recursion: mails may nest tables to any depth.
    stack: list[tuple] = [(tree, False, False)]
    while stack:
        node, is_end, is_pre = stack.pop()
        name = node.tag if isinstance(node.tag, str) else ""
        edge = _ROW if name == "tr" else "\n" if name in _BLOCKS else ""
        if not is_end:
            pieces.append(edge)
            if name and name not in _UNREAD and not _is_hidden(node) and (is_quoted_read or not _is_quoted(node)):
                within = is_pre or name in ("pre", "textarea")
                pieces.append(_spaced(node.text, is_pre=within))
                stack.append((node, True, is_pre))
                stack.extend((child, False, within) for child in reversed(node))
                continue
        pieces.append(_CELL if name in ("td", "th") else edge)
        if node is not tree:
            pieces.append(_spaced(node.tail, is_pre=is_pre))
    return pieces


def _spaced(text: str | None, *, is_pre: bool) -> str:
    if not text or is_pre:
        return text or ""
    return _GAP.sub(" ", text)


def _is_hidden(node) -> bool:
    return node.get("hidden") is not None or bool(_HIDDEN.search(node.get("style") or ""))


def _is_quoted(node) -> bool:
    return node.get("data-o-mail-quote") == "1"


def _tidy(pieces: list[str]) -> str:
    return _GAP.sub(_gap, _ADDRESS.sub(" ", "".join(pieces))).strip()


def _gap(found: re.Match) -> str:
    """Merge adjacent separators into one: a new row, else a new cell, else a new line, else a space."""
    gap = found[0]
    return "\n" if _ROW in gap else "\t" if _CELL in gap else "\n" if "\n" in gap or "\r" in gap else " "


def _own_words(text: str) -> str:
    """Return the text without the quoted mail; all of it when nothing else is left."""
    own = _ANSWERED.sub("", text)
    if original := _ORIGINAL.search(own):
        own = own[: original.start()]
    return own.strip()
