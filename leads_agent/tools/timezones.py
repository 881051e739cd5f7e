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
_MAIN = {
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "VN": "Asia/Ho_Chi_Minh",
}


def customer_timezone(tz: str | None, country: str | None, state: str | None) -> str | None:
    """Name of the time zone, or None when it cannot be told.

    :param tz: the zone set on the customer. Odoo fills it with that of whoever entered the customer, so it counts only
        where it lies in the customer's country, or where the country is not known
    :param country: ISO code of the country
    :param state: code of the state within the country

    >>> customer_timezone("Europe/Brussels", None, None)
    'Europe/Brussels'
    >>> customer_timezone("Europe/Brussels", "US", "NY")
    'America/New_York'
    >>> customer_timezone("America/Boise", "US", "NY")
    'America/Boise'
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
    if not country:
        return tz if tz in pytz.all_timezones_set else None
    zones = pytz.country_timezones.get(country, [])
    if tz in zones:
        return tz
    if zone := _ZONE_OF.get((country, state or "")) or _MAIN.get(country):
        return zone
    return zones[0] if len(zones) == 1 else None
