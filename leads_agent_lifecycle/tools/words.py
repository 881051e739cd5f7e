"""The purpose of a message that is a single stop or start word."""

import re
import unicodedata

# Longer messages are not a single word.
LONGEST = 80
# Lines that mail programs on phones add below the text, in plain words.
MOBILE = re.compile(
    r"(sent|envoye|verstuurd|verzonden|gesendet|von mein\w+|enviado|inviato|get outlook|obtenir outlook)\b"
)
# Lines where mail programs begin to quote the message replied to.
DIVIDER = re.compile(r"^\s*(>|[-_]{5,})")
SIGNATURE = re.compile(r"^-- ?$")


def plain(text: str) -> str:
    """Return a text without case, accents, repeated spaces and surrounding punctuation.

    >>> plain(" Arrêt ! "), plain("«STOP».\\n"), plain("ＳＴＯＰ 🛑"), plain("¡Baja!"), plain("Opt-out")
    ('arret', 'stop', 'stop', 'baja', 'opt-out')
    >>> plain("Stop by on Friday."), plain("?!"), plain("")
    ('stop by on friday', '', '')
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(sign for sign in folded if unicodedata.category(sign) not in ("Mn", "Cf"))
    words = " ".join(kept.split())
    ends = [place for place, sign in enumerate(words) if sign.isalnum()]
    return words[ends[0] : ends[-1] + 1] if ends else ""


def own_words(text: str) -> str:
    """Return the text typed in a mail, without the quotation, the signature and the line of a phone.

    >>> own_words("STOP\\n\\nOn Mon, 30 Nov 2026, Anna\\n<anna@example.com> wrote:\\n> Dear Ada,\\n> ...")
    'STOP'
    >>> own_words("Arrêt\\n\\nEnvoyé de mon iPhone"), own_words("Baja\\n-- \\nAda Moreau")
    ('Arrêt', 'Baja')
    >>> own_words("Stop by on Friday:\\nwe are open")
    'Stop by on Friday:\\nwe are open'
    """
    lines = []
    for line in text.replace("\r", "").split("\n"):
        if DIVIDER.match(line) or SIGNATURE.match(line):
            break
        lines.append(line.strip())
    parts = [part for part in re.split(r"\n{2,}", "\n".join(lines).strip()) if part]
    while len(parts) > 1 and (parts[-1].endswith(":") or MOBILE.match(plain(parts[-1][: 2 * LONGEST]))):
        parts.pop()
    return "\n\n".join(parts)
