"""Words for money in many languages: currencies, scales, names of amounts, and units of other quantities."""

import re
from typing import Final

_WORD: Final = re.compile(r"\S+")

# Currency signs in Unicode order; without the cent.
SIGNS: Final = "$\u00a3-\u00a5\u058f\u060b\u09f2\u09f3\u0e3f\u17db\u20a0-\u20c0\ufdfc\ufe69\uff04\uffe1\uffe5\uffe6"
# In capitals, each is a currency; in lower case, some are ordinary words.
CODES: Final = frozenset(
    _WORD.findall(
        """AED AFN ALL AMD AOA ARS AUD AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
        CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
        HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
        MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
        RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD
        TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG Ft"""
    )
)
WORDS: Final = frozenset(
    _WORD.findall(
        """aed ars aud bgn brl cad chf clp cny czk dkk egp eur gbp hkd huf idr ils inr jpy kes krw mxn myr ngn nok nzd
        php pkr pln ron rsd rub sar sek sgd thb twd uah usd vnd xaf xof zar
        dollar dollars d\u00f3lares dolares euro euros pound pounds quid bucks franc francs franken sfr fr yen yuan
        rupee rupees rs peso pesos reais krone kroner krona kronor kr k\u010d lei leu lv \u043b\u0432
        zloty zlotys z\u0142oty
        z\u0142otych z\u0142 zl forint rand ruble rubles \u0440\u0443\u0431 lira liras shekel shekels dirham dirhams
        riyal riyals baht"""
    )
)
SCALES: Final = {
    word: times
    for times, words in (
        (1_000, "k thousand thousands grand tsd tausend mille mil duizend tys"),
        (
            1_000_000,
            "m mm mn mio mln million millions millionen mill\u00f3n millones milh\u00e3o milh\u00f5es milione milioni"
            " miljoen",
        ),
        (1_000_000_000, "b bn billion billions mrd mia md milliard milliards milliarde milliarden miliardi miljard"),
        (100_000, "lakh lakhs lac lacs"),
        (10_000_000, "crore crores cr"),
    )
    for word in _WORD.findall(words)
}
THINGS: Final = frozenset(
    _WORD.findall(
        """km kms kilometer kilometers kilometre kilometres mi mile miles mph kmh m m2 m3 cm mm sqm sqft ft feet acre
        acres ha kg lbs t tons kw kwh kwp mw l litre litres liter liters year years yrs month months week weeks day days
        hour hours h min minutes people persons pcs pieces units panels rooms beds jahre monate tage stunden uhr
        st\u00fcck ans mois jours heures a\u00f1os meses d\u00edas horas"""
    )
)
# Words that name the amount after them.
# Those of the first line may also end longer words: Kaufpreis.
_ENDS: Final = "price preis betrag miete"
_NAMES: Final = """budget value amount cost costs revenue rent investment wert kosten prix montant valeur co\u00fbt
    loyer precio presupuesto importe valor coste costo prezzo importo valore prijs bedrag waarde pre\u00e7o
    or\u00e7amento cena bud\u017cet kwota pris belopp"""
NAME: Final = re.compile(
    rf"(?:{'|'.join(_WORD.findall(_ENDS))})\b|\b(?:{'|'.join(_WORD.findall(_NAMES))})\b", re.IGNORECASE
)
_ALL_NAMES: Final = tuple(_WORD.findall(f"{_ENDS} {_NAMES}"))


def name_places(text: str) -> list[tuple[int, int]]:
    """Return the places where amounts are named, from left to right.

    >>> name_places("Kaufpreis or BUDGET, undervalued")
    [(4, 9), (13, 19)]
    """
    small = text.lower()
    # Most texts contain none: searching for plain words is much faster than the expression.
    return [name.span() for name in NAME.finditer(text)] if any(map(small.__contains__, _ALL_NAMES)) else []


OTHER_NAME: Final = re.compile(
    r"\b(?:zip|plz|post\w*|cap|cp|ref\w*|order|invoice|no|nr|num\w*|id|code|date|phone|tel\w*|mobile|fax|mileage|center"
    r"|centre)\b",
    re.IGNORECASE,
)
