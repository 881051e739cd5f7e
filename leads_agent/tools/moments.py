"""Conversion between UTC and the customer's local time, correct across daylight saving.

Datetimes are naive, as in Odoo: ``moment`` is in UTC, ``local`` is local time.
"""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytz


@cache
def zone_info(name: str) -> ZoneInfo:
    """Return the zone, from the time zone database that Odoo itself uses.

    :raises ValueError: when there is no such zone

    >>> zone_info("Europe/Berlin").key
    'Europe/Berlin'
    >>> zone_info("Mars/Olympus")
    Traceback (most recent call last):
    ...
    ValueError: Mars/Olympus
    """
    if name not in pytz.all_timezones_set:
        raise ValueError(name)
    with pytz.open_resource(name) as file:
        return ZoneInfo.from_file(file, key=name)


def to_local(moment: datetime, zone: str) -> datetime:
    """Return the local time of a moment.

    >>> to_local(datetime(2026, 7, 1, 12), "Europe/Berlin")
    datetime.datetime(2026, 7, 1, 14, 0)
    """
    return moment.replace(tzinfo=UTC).astimezone(zone_info(zone)).replace(tzinfo=None)


def to_moment(local: datetime, zone: str) -> datetime:
    """Return the moment of a local time.

    A time skipped in spring is moved by as much after the change; of a time that occurs twice in autumn, the first is
    used.

    >>> to_moment(datetime(2026, 7, 1, 14), "Europe/Berlin")
    datetime.datetime(2026, 7, 1, 12, 0)
    >>> to_local(to_moment(datetime(2026, 3, 29, 2, 30), "Europe/Berlin"), "Europe/Berlin")
    datetime.datetime(2026, 3, 29, 3, 30)
    >>> to_moment(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")
    datetime.datetime(2026, 10, 25, 0, 30)
    """
    return local.replace(tzinfo=zone_info(zone), fold=0).astimezone(UTC).replace(tzinfo=None)


def midnight(moment: datetime, zone: str, days: int = 0) -> datetime:
    """Return when the local day of a moment began, or a day that many days later.

    >>> midnight(datetime(2026, 7, 10, 13), "Pacific/Auckland")
    datetime.datetime(2026, 7, 10, 12, 0)
    >>> midnight(datetime(2026, 7, 10, 13), "America/Los_Angeles", 1)
    datetime.datetime(2026, 7, 11, 7, 0)
    """
    day = to_local(moment, zone).date() + timedelta(days=days)
    return to_moment(datetime.combine(day, time()), zone)
