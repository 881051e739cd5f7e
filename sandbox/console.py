"""Messages for the user: steps with their duration, and errors as one sentence.

Everything is printed to standard error, so that standard output only contains the result of a command.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

STEPS = "SANDBOX_STEPS"
# Set by the signal handler: Python drops exceptions raised in some places (import callbacks), so steps check it too.
stop_is_wanted = False


class Trouble(Exception):
    """An error that the user can fix; printed without a traceback."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, measure it and store its duration for `timings`."""
    if stop_is_wanted:
        raise KeyboardInterrupt
    say(f"==> {title}")
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    # Stored in the environment, because the process is replaced once the virtual environment exists.
    os.environ[STEPS] = json.dumps([*timings(), [title, round(seconds, 1)]])
    if seconds >= 0.5:
        say(f"    {seconds:.1f} s")


def timings() -> list[tuple[str, float]]:
    """Return the steps done so far, with their seconds."""
    return [(title, seconds) for title, seconds in json.loads(os.environ.get(STEPS, "[]"))]


def table(rows: list[tuple[str, ...]]) -> str:
    """Return the rows in aligned columns.

    >>> print(table([("a", "bb"), ("ccc", "d")]))
      a    bb
      ccc  d
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(f"  {line}".rstrip() for line in lines)
