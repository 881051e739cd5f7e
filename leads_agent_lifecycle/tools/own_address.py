"""The e-mail and phone number that people give as their own in a text, never those of others they mention.

An address that may not be the speaker's is ignored: it stays in the conversation for users to read.
"""

import difflib
import re
from dataclasses import dataclass

EMAIL = re.compile(r"(?<![\w.+-])[\w.!#$%&'+/=?^`{|}~-]*[\w!#$%&+/=?^`{|}~-]@[\w-]+(?:\.[\w-]+)+")
# Only numbers with a country prefix are recognised.
NUMBER = re.compile(r"(?:\+|\b00)\d[\d ()./-]{6,20}\d")
# At this similarity, a second address is a correction of the first one.
ALIKE = 0.75

_PLACE = "\ue000"
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)|\n+")
_CLAUSE = re.compile(r"[;,()]+(?:\s|$)|\s+(?:and|but|or|et|mais|ou|und|aber|oder|en|maar|of|y|pero|o|e|ma|mas)\s+")
_REACHED = r"(?:e-?mail|mail|adress?e?s?|address|number|num[eé]ro|nummer|n[uú]mero|phone|mobile|cell|handy|tel\w*|gsm)"
# Phrases for the speaker's own address.
_OWN = re.compile(
    rf"""
    \b(?:my|mine|our|mon|ma|mes|notre|meine?|unsere?|mijn|onze|mi|nuestro|minha|meu|nosso|mio|mia|nostr[oa])\b
        (?:\s+(?:own|new|private|work|business|correct|right|real|direct|propre|nouve\w+|bonne?|neue|nieuwe
            |nuev[oa]|nov[oa]))*
        \s+{_REACHED}
    | \bmine\b | \b(?:i\s*['’]?\s*m|i\s+am|je\s+suis|ich\s+bin|ik\s+ben|soy|sou|sono)\b
    | \b(?:me|us|moi|nous|mich|mir|uns|mij|ons|mí|nosotros|mim)\b
    | \b(?:rappelez|appelez|contactez|[eé]crivez|joignez|rufen|schreiben)[-\s]*(?:-?moi|-?nous|sie\s+mich)
    | \b(?:ll[aá]m[ae]|escr[ií]b[ae]|contact[ae])(?:me|nos)\b | \b(?:chiam|scriv|contatt)\w*mi\b
    | \b(?:send|mail|e-?mail|reply|answer|forward)\b.*\bto\s*$ | \bwr(?:ite|iting|ote)\s+from\s*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PEOPLE = r"""
    colleagues? | co-?workers? | boss | manager | husband | wife | partner | son | daughter | mother | father
    | mum | mom
    | dad | brother | sister | friends? | neighbou?rs? | assistant | secretary | accountant | landlord | tenant | lawyer
    | supplier | customers? | clients? | cousin | uncle | aunt | parents | girlfriend | boyfriend | somebody | someone
    | coll[eè]gues? | patronn?e? | mari | femme | fils | fille | m[eè]re | p[eè]re | fr[eè]re | s[oœ]e?ur
    | amie?s? | voisine?
    | comptable | quelqu['’]un | koll?eg\w* | chef\w* | mann | frau | sohn | tochter | mutter | vater | bruder
    | schwester
    | freund\w* | nachbar\w* | steuerberater\w* | jemand\w* | baas | vrouw | zoon | dochter | moeder | vader
    | broer | zus
    | vriend\w* | buur\w* | boekhouder | iemand | colegas? | compañer[oa]s? | jef[ea] | marido | esposa | mujer
    | hij[oa]
    | madre | padre | herman[oa] | amig[oa]s? | vecin[oa] | alguien | chefe | esposo | filh[oa] | m[aã]e | pai
    | irm[aã]o?
    | vizinh[oa] | contador | algu[eé]m | collegh?[aei] | capo | marito | moglie | figli[oa] | fratello | sorella
    | amic[oa]
    | vicin[oa] | commercialista | qualcuno
"""
# Phrases for somebody else's address, or ours.
_OTHER = re.compile(
    rf"""
    \b(?:{_PEOPLE})\b(?:['’]s)?
    | \b(?!(?:it|that|here|what|there|who|how|let)['’]s)\w+['’]s\s+(?:\w+\s+)?{_REACHED}
    | \b(?:he|she|they|him|his|her|hers|their|theirs|them|lui|elle|leur|ihm|ihn|ihr|hem|haar|hun|ella|ele|ela|loro)\b
    | \b(?:you|your|yours|vous|votre|vos|ihre?|euch|eure?|jullie|uw|usted|su|sus|vuestr[oa]|seu|sua|vostr[oa]|voi)\b
    | \b(?:ask|contact|check\s+with|(?:talk|speak|spoke|talked)\s+(?:to|with)|demande[zr]?(?:\s+[aà])?
    |fragen?(?:\s+sie)?
        |vraag|pregunt[ae]|pergunte|chied[ai]|copy|copied|cc|bcc|via|instead\s+of|rather\s+than)\b (?!\s+(?:me|us
        |moi)\b)
    | \b(?:reach|call|phone|ring|text|mail|e-?mail|appelez|rufen\s+sie|bel|llame|ligue)\s+
        (?!(?:me|us|back|now|is|to|at|on|or)\b|my\b|address\b|adress\w*\b|number\b|:)\w[\w'’]*\s+(?:\w+\s+)?
        (?:at|on|under|au|sous|unter|op|al|no|:)\s*$
    | \b(?:wrote|written|mailed|called|phoned|tried|contacted|[eé]crit|geschrieben|geschreven|escrit\w*|scritto)\b
        (?:\s+(?:to|[aà]|an|naar|para))?\s*$
    | \b(?:called|phoned|rang|mailed|wrote|texted|contacted)\s+(?:me|us)\b.*$
    | \b(?:from|by|de\s+la\s+part\s+de|von|van|por)\s*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Phrases that make the next address somebody else's, unless it says otherwise.
_SOMEBODY = re.compile(
    rf"""
    \b(?:{_PEOPLE})\b | \b(?:he|she|they|him|his|her|their|them|elle|ihm|ihn|hem|haar|ella|ela)\b
    | \b(?:ask|contact|(?:talk|speak)\s+(?:to|with)|demande[zr]?|fragen?|vraag|pregunt[ae]|pergunte|chied[ai])\b
      (?!\s+(?:me|us|moi)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Phrases for an address that is wrong.
_WRONG = re.compile(
    r"""\b(?:not|isn['’]?t|no\s+longer|old|wrong|pas|plus|ancien\w*|nicht|alte?|falsch|niet|oude?|no\s+es|ya\s+no
    |viej[oa]
    |n[aã]o|antig[oa]|non)\s*(?:is|was|:|e-?mail|mail|address|number)*\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_CORRECTS = re.compile(
    r"""
    \b(?:sorry|oops|whoops|typo|mistyped|misspel\w+|mistake|correction|corrected?|i\s+meant?|rather|actually|instead
    |should\s+(?:be|read)|wrong|not|new|pardon|d[eé]sol[eé]e?|erreur|faute|je\s+voulais\s+dire|plut[oô]t|en\s+fait
    |entschuldig\w+|verzeihung|tippfehler|vertippt|falsch|ich\s+meinte|korrektur|richtig|typfout|foutje?|ik\s+bedoel\w*
    |correctie|eigenlijk|perd[oó]n|disculp\w+|error|quise\s+decir|correcci[oó]n|desculp\w+|erro|quis\s+dizer
    |corre[cç][aã]o
    |na\s+verdade|scus[aio]|errore|sbagliat\w+|volevo\s+dire|correzione|corretto)\b
    | ^\s*\* | \*\s*$
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
# Words used around an address by people who give their own.
_FILLERS = re.compile(
    r"""
    hi | hello | hey | yes | ok | okay | sure | it | is | its | this | that | here | thanks | thank | please | at | on
    | under | the | mail | email | phone | tel | sorry | oops | typo | correction | actually | rather | meant | mean
    | should | be | bonjour | oui | est | merci | voici | hallo | ja | es | ist | das | hier | danke | bitte | het | dit
    | hola | si | gracias | sim | obrigad[oa] | ciao | grazie | ecco | pardon | no | new | address | number
    """,
    re.IGNORECASE | re.VERBOSE,
)
MOST_WORDS = 3
PLACEHOLDER = re.compile(
    r"(?:visitor|guest|visiteur|besucher|bezoeker|visitante|visitatore)\s*(?:#?\s*\d+|\(.*\))?", re.IGNORECASE
)


@dataclass(frozen=True)
class OwnAddresses:
    """The addresses that people gave as their own.

    :param corrects: whether it replaces an earlier address
    :param is_bare: whether the text contains nothing else
    """

    email: str = ""
    phone: str = ""
    corrects: bool = False
    is_bare: bool = False


def read_own(text: str, before: str = "") -> OwnAddresses:
    """Return the speaker's own e-mail and number in a text, the last one of each.

    :param before: the speaker's previous message, which a text with only an address may continue

    >>> read_own("I am at ada@example.com, or +33 1 55 55 01 23")
    OwnAddresses(email='ada@example.com', phone='+33 1 55 55 01 23', corrects=False, is_bare=False)
    >>> read_own("Ask bob@example.com") == read_own("my colleague's number is +32 2 555 01 99") == OwnAddresses()
    True
    >>> read_own("Ask bob@example.com, or me at ada@example.com").email
    'ada@example.com'
    >>> read_own("sorry, it is ada@example.com")
    OwnAddresses(email='ada@example.com', phone='', corrects=True, is_bare=False)
    >>> read_own("My e-mail is not ada@exmaple.com but ada@example.com").email
    'ada@example.com'
    >>> read_own("bob@example.com", before="Ask my colleague Bob").email, read_own("bob@example.com").is_bare
    ('', True)
    """
    found: list[str] = []

    def keep(match: re.Match) -> str:
        found.append(match.group().strip())
        return f"{_PLACE}{len(found) - 1}{_PLACE}"

    marked = NUMBER.sub(keep, EMAIL.sub(keep, text))
    own = {"email": "", "phone": ""}
    previous = next(reversed([sentence for sentence in _SENTENCE.split(before) if sentence.strip()]), "")
    for sentence in _SENTENCE.split(marked):
        is_own = _goes_on(previous, True)
        for clause in _CLAUSE.split(sentence):
            for place, *around in _addresses(clause):
                is_own = _is_own(*around, is_own)
                if is_own and not _WRONG.search(around[0]):
                    own["email" if "@" in found[place] else "phone"] = found[place]
            if _PLACE not in clause:
                is_own = _goes_on(clause, is_own)
        previous = sentence if sentence.strip() else previous
    rest = re.sub(rf"{_PLACE}\d+{_PLACE}", " ", marked)
    is_told = any(own.values())
    return OwnAddresses(
        **own, corrects=is_told and bool(_CORRECTS.search(rest)), is_bare=len(found) == 1 and not rest.strip(" .*")
    )


def is_alike(one: str, other: str) -> bool:
    """Return whether two addresses differ only by a typing error.

    >>> is_alike("ada@exmaple.com", "ada@example.com"), is_alike("ada@example.com", "moreau@office.example.org")
    (True, False)
    """
    return difflib.SequenceMatcher(None, one, other).ratio() >= ALIKE


def is_name(text: str | None) -> bool:
    """Return whether a text is a name, and not an address, a number or a placeholder for a visitor.

    >>> [is_name(text) for text in ("Ada", "李", "Visitor #12", "Visitor (Chat)", "+33 1 55", "ada@example.com", None)]
    [True, True, False, False, False, False, False]
    """
    words = (text or "").strip()
    return bool(re.search(r"[^\W\d_]", words)) and not EMAIL.fullmatch(words) and not PLACEHOLDER.fullmatch(words)


def _addresses(clause: str) -> list[tuple[int, str, str]]:
    """Return the addresses of a clause, each with the text before and after it, up to the next one."""
    parts = re.split(rf"{_PLACE}(\d+){_PLACE}", clause)
    return [(int(parts[nr]), parts[nr - 1], parts[nr + 1]) for nr in range(1, len(parts), 2)]


def _owner(words: str, otherwise: bool | None = None, others: re.Pattern = _OTHER) -> bool | None:
    """Return whether an address after these words is the speaker's own; the last phrase counts."""
    own, other = _last_end(_OWN, words), _last_end(others, words)
    return otherwise if max(own, other) < 0 else own >= other


def _goes_on(words: str, otherwise: bool) -> bool:
    """Return whether an address without a phrase of its own is the speaker's own after these words."""
    return bool(_owner(words, otherwise, _SOMEBODY))


def _last_end(pattern: re.Pattern, words: str) -> int:
    return max((match.end() for match in pattern.finditer(words)), default=-1)


def _is_own(before: str, after: str, otherwise: bool) -> bool:
    """Whether an address is the speaker's own, by the words before it, else after it, else by the previous ones."""
    owner = _owner(before, _owner(after))
    if owner is not None:
        return owner
    words = [word for word in _WORD.findall(f"{before} {after}") if not _FILLERS.fullmatch(word)]
    return otherwise and len(words) <= MOST_WORDS
