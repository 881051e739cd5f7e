"""The time zone of a customer, for showing what time it is at the other end of the line."""

import pytz

# Countries that span several zones, by the code of the state; the zone in which most of the state lives.
_BY_STATE = {
    "US": {
        "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
        "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
        "America/Denver": "CO ID MT NM UT WY",
        "America/Phoenix": "AZ",
        "America/Los_Angeles": "CA NV OR WA",
        "America/Anchorage": "AK",
        "Pacific/Honolulu": "HI",
    },
    "CA": {
        "America/Toronto": "ON QC",
        "America/Vancouver": "BC",
        "America/Edmonton": "AB NT",
        "America/Winnipeg": "MB NU",
        "America/Regina": "SK",
        "America/Halifax": "NS NB PE",
        "America/St_Johns": "NL",
        "America/Whitehorse": "YT",
    },
    "AU": {
        "Australia/Sydney": "NSW ACT",
        "Australia/Melbourne": "VIC",
        "Australia/Brisbane": "QLD",
        "Australia/Adelaide": "SA",
        "Australia/Perth": "WA",
        "Australia/Hobart": "TAS",
        "Australia/Darwin": "NT",
    },
}
_ZONE_OF = {
    (country, state): zone
    for country, zones in _BY_STATE.items()
    for zone, states in zones.items()
    for state in states.split()
}
# Countries whose further zones are islands and outposts: the zone of nearly everybody.
_MAIN = {"DE": "Europe/Berlin", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "NZ": "Pacific/Auckland", "CN": "Asia/Shanghai"}


def customer_timezone(tz: str | None, country: str | None, state: str | None) -> str | None:
    """Name of the time zone, or None when it cannot be told.

    :param tz: the zone set on the customer, which wins when it exists
    :param country: ISO code of the country
    :param state: code of the state within the country

    >>> customer_timezone("Europe/Brussels", "US", "NY")
    'Europe/Brussels'
    >>> customer_timezone(None, "US", "CA")
    'America/Los_Angeles'
    >>> customer_timezone(None, "FR", None)
    'Europe/Paris'
    >>> customer_timezone(None, "DE", None)
    'Europe/Berlin'
    >>> customer_timezone(None, "US", None) is None
    True
    >>> customer_timezone("Mars/Olympus", None, None) is None
    True
    """
    if tz and tz in pytz.all_timezones_set:
        return tz
    if not country:
        return None
    if zone := _ZONE_OF.get((country, state or "")) or _MAIN.get(country):
        return zone
    zones = pytz.country_timezones.get(country, [])
    return zones[0] if len(zones) == 1 else None
