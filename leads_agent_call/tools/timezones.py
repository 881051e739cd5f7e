"""Where a customer may be: every time zone that is possible for the address and the phone number.

A call has to be legal in all of them. The time zone of the user who created or calls the customer is irrelevant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import phonenumbers
import pytz
from phonenumbers import NumberParseException
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from .zone_data import COUNTRIES, MAIN, PREFIXES, SHORTEST_ZIP, STATES, ZIPS

Zones = tuple[str, ...]
MANY_ZONES = tuple(country for country, zones in pytz.country_timezones.items() if len(zones) > 1)


@dataclass(frozen=True, slots=True)
class Address:
    """What is known of a customer's place.

    :param country: ISO code
    :param state: code of the state within the country
    :param confirmed: the zone that a user confirmed
    """

    country: str = ""
    state: str = ""
    zip: str = ""
    confirmed: str = ""


NOWHERE = Address()


@dataclass(frozen=True, slots=True)
class Prefix:
    """What a number says about its place.

    :param region: the country of the number
    :param is_geographic: the number belongs to a part of the country
    """

    region: str = ""
    zones: Zones = ()
    is_geographic: bool = False


@lru_cache(maxsize=16_384)
def possible_zones(address: Address, number: str = "") -> Zones:
    """Return the possible time zones of a customer who is called at a number.

    They are those of the most precise part of the address, and those of the number's prefix. If only the country is
    known, a prefix within it narrows them down. A confirmed zone is final, unless the address contradicts it. For an
    address that may be anywhere, such as forces abroad, the number is ignored: it may still be the one from home.

    :param number: in E.164
    :returns: empty when nothing is known

    >>> possible_zones(Address("US", "TN", "37902"))
    ('America/New_York',)
    >>> possible_zones(Address("US", "TN"))
    ('America/Chicago', 'America/New_York')
    >>> possible_zones(Address("US"), "+18085551234")
    ('Pacific/Honolulu',)
    >>> possible_zones(Address("US", "TN", "37902"), "+18085551234")
    ('America/New_York', 'Pacific/Honolulu')
    >>> possible_zones(Address("BR", "AC")), possible_zones(Address("PR"))
    (('America/Rio_Branco',), ('America/Puerto_Rico',))
    >>> possible_zones(Address("US", "AE", "09012"), "+12125550123")
    ()
    >>> possible_zones(Address(), "+18005551234"), possible_zones(Address(confirmed="Asia/Tokyo"), "+18005551234")
    ((), ('Asia/Tokyo',))
    """
    place = address_zones(address)
    if address.confirmed:
        return (address.confirmed,) if not place or address.confirmed in place else _sorted((*place, address.confirmed))
    if address.country and not place:
        return ()
    prefix = number_prefix(number)
    is_country_alone = place == _of_country(address.country)
    if is_country_alone and prefix.is_geographic and set(prefix.zones) <= set(place):
        return prefix.zones
    if place and prefix.region == address.country and not prefix.is_geographic:
        # The prefix only identifies the country, which the address already does.
        return place
    return _sorted((*place, *prefix.zones))


def shown_zone(address: Address, number: str = "") -> str | None:
    """Return one of the possible zones, for showing the local time: the confirmed one, else that of most people.

    >>> shown_zone(Address("US", "TN")), shown_zone(Address("RU")), shown_zone(Address())
    ('America/New_York', 'Europe/Moscow', None)
    """
    zones = possible_zones(address, number)
    if address.confirmed:
        return address.confirmed
    wanted = (MAIN.get(address.country or number_prefix(number).region), *address_zones(address), *zones)
    return next((zone for zone in wanted if zone in zones), None)


@cache
def address_zones(address: Address) -> Zones:
    """Return the zones of the most precise part of an address that has any.

    >>> address_zones(Address("US", "IN")), address_zones(Address("AU", "", "2880"))
    (('America/Chicago', 'America/New_York'), ('Australia/Broken_Hill',))
    >>> len(address_zones(Address("RU"))) > 20, address_zones(Address("US", "AE")), address_zones(Address("FR"))
    (True, (), ('Europe/Paris',))
    """
    state = _of_state(address.country, address.state)
    by_zip = _of_zip(address.country, address.zip)
    if by_zip and state:
        # The zip is of another state: one of the two is wrong.
        return _sorted(set(by_zip) & set(state) or (*by_zip, *state))
    # An empty tuple, unlike None, means anywhere in the world, as for forces abroad.
    return next((zones for zones in (by_zip, state) if zones is not None), _of_country(address.country))


@lru_cache(maxsize=16_384)
def number_prefix(number: str) -> Prefix:
    """Return the place of a number in E.164, from libphonenumber's table of prefixes.

    >>> number_prefix("+18085551234")
    Prefix(region='US', zones=('Pacific/Honolulu',), is_geographic=True)
    >>> number_prefix("+32475550103")
    Prefix(region='BE', zones=('Europe/Brussels',), is_geographic=False)
    >>> number_prefix("+18005551234"), number_prefix("")
    (Prefix(region='', zones=(), is_geographic=False), Prefix(region='', zones=(), is_geographic=False))
    """
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return Prefix()
    region = phonenumbers.region_code_for_number(parsed) or ""
    country = _of_country(region)
    # libphonenumber counts mobile numbers of Indonesia as geographic, since a few of them are.
    is_mobile = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    if phonenumbers.is_number_geographical(parsed) and not (is_mobile and region == "ID"):
        zones = _sorted(set(_of_prefix(number[1:])) & set(country) or country)
        return Prefix(region, zones, is_geographic=zones != country or len(zones) == 1)
    # A toll-free number of a plan shared by several countries belongs to none of them.
    if parsed.country_code == phonenumbers.country_code_for_region("US") or not country:
        return Prefix()
    return Prefix(region, country)


@cache
def _of_prefix(digits: str) -> Zones:
    """Return the zones of the longest known prefix; if only longer ones are known, those of all of them."""
    for length in range(min(len(digits), TIMEZONE_LONGEST_PREFIX), 0, -1):
        prefix = digits[:length]
        if prefix in PREFIXES:
            return PREFIXES[prefix]
        if prefix in TIMEZONE_DATA:
            return _below(prefix)
    return ()


@cache
def _below(prefix: str) -> Zones:
    return tuple({zone for other, zones in TIMEZONE_DATA.items() if other.startswith(prefix) for zone in zones})


@cache
def _of_country(country: str) -> Zones:
    return _sorted(COUNTRIES.get(country) or pytz.country_timezones.get(country, ()))


@cache
def _of_state(country: str, state: str) -> Zones | None:
    """Return the zones of a state, None if unknown."""
    if not state or country not in STATES:
        return None
    default, states = STATES[country]
    zones = [zone for zone, codes in states.items() if state in codes.split()]
    if not zones and not default:
        return None
    return _sorted(filter(None, zones or [default]))


@cache
def _of_zip(country: str, text: str) -> Zones | None:
    """Return the zones of a zip, None if unknown."""
    code = "".join(char for char in text.upper() if char.isalnum())
    table = _zip_table(country)
    # The zip is incomplete: not typed to the end, or without its leading zeros.
    if not table or len(code) < SHORTEST_ZIP.get(country, 5):
        return None
    return next((table[code[:length]] for length in range(len(code), 0, -1) if code[:length] in table), None)


@cache
def _zip_table(country: str) -> dict[str, Zones]:
    """Return ``{first characters: zones}``, with ranges expanded; later lines of the table override earlier ones."""
    table = {}
    for key, zones in ZIPS.get(country, {}).items():
        first, _dash, last = key.partition("-")
        table |= dict.fromkeys(_codes(first, last or first), zones)
    return table


def _codes(first: str, last: str) -> Iterable[str]:
    """Expand a range of codes.

    >>> list(_codes("098", "101")), list(_codes("H", "J"))
    (['098', '099', '100', '101'], ['H', 'I', 'J'])
    """
    if first.isdigit():
        return [f"{code:0{len(first)}}" for code in range(int(first), int(last) + 1)]
    return [first[:-1] + chr(char) for char in range(ord(first[-1]), ord(last[-1]) + 1)]


def _sorted(zones: Iterable[str]) -> Zones:
    return tuple(sorted(set(zones)))
