"""When held leads are released: one by one, with a minimum interval."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta


def places(rows: Iterable[tuple[datetime, int]], clear: int, taken: Iterable[datetime] = ()) -> Iterator[datetime]:
    """Yield the moment of release of each lead: the wanted moment, or the earliest possible one after it.

    :param rows: the wanted moment, and the seconds between two leads of this kind; in order of priority
    :param clear: minimum seconds between any two releases
    :param taken: moments of other releases

    >>> nine = datetime(2026, 11, 23, 9)
    >>> def shown(rows, clear, *taken):
    ...     found = places([(nine + timedelta(seconds=at), gap) for at, gap in rows], clear, [
    ...         nine + timedelta(seconds=at) for at in taken])
    ...     return [int((moment - nine).total_seconds()) for moment in found]
    >>> shown([(0, 10)] * 3, 10), shown([(0, 10)] * 3, 10, 4, 15)
    ([0, 10, 20], [25, 35, 45])
    >>> shown([(0, 60), (0, 10), (0, 60), (0, 10)], 10)
    [0, 10, 60, 20]
    """
    busy, distance = sorted(taken), timedelta(seconds=clear)
    last: dict[int, datetime] = {}
    for wanted, gap in rows:
        moment = max(wanted, last[gap] + timedelta(seconds=gap)) if gap in last else wanted
        nr = bisect_right(busy, moment - distance)
        while nr < len(busy) and busy[nr] - moment < distance:
            moment = busy[nr] + distance
            nr = bisect_right(busy, moment - distance)
        insort(busy, moment)
        last[gap] = moment
        yield moment
