"""The figures that proofs write to the log, and their tables."""

import re
from dataclasses import dataclass

_LINE = re.compile(r"^PROVE (?P<area>[^|]+) \| (?P<name>[^|]+) \| (?P<value>.*)$")


@dataclass(frozen=True)
class Figure:
    """One figure of an area, for a subject (a role, a rule) or for the whole area."""

    area: str
    subject: str
    name: str
    value: str


def read(message: str) -> Figure | None:
    """Return the figure in a message of the log, or None.

    >>> read("PROVE sweep | agent, locked: canaries | 0")
    Figure(area='sweep', subject='agent, locked', name='canaries', value='0')
    >>> read("PROVE probes | seed | 7")
    Figure(area='probes', subject='', name='seed', value='7')
    >>> read("Starting a test")
    """
    match = _LINE.match(message)
    if not match:
        return None
    subject, _, name = match["name"].rpartition(": ")
    return Figure(match["area"], subject, name, match["value"])


def rendered(figures: list[Figure]) -> str:
    """Return a table per area in Markdown: a row per subject, a column per figure.

    >>> print(rendered([Figure("sweep", "agent", "reads", "9"), Figure("sweep", "", "rules", "3")]))
    <BLANKLINE>
    sweep
    <BLANKLINE>
    - rules: 3
    <BLANKLINE>
    |  | reads |
    |---|---|
    | agent | 9 |
    """
    parts = []
    for area in dict.fromkeys(figure.area for figure in figures):
        mine = [figure for figure in figures if figure.area == area]
        parts += ["", area]
        if alone := [figure for figure in mine if not figure.subject]:
            parts += ["", *(f"- {figure.name}: {figure.value}" for figure in alone)]
        if told := [figure for figure in mine if figure.subject]:
            parts += ["", *_matrix(told)]
    return "\n".join(parts)


def _matrix(figures: list[Figure]) -> list[str]:
    subjects = dict.fromkeys(figure.subject for figure in figures)
    names = dict.fromkeys(figure.name for figure in figures)
    values = {(figure.subject, figure.name): figure.value for figure in figures}
    rows = [["", *names], ["---"] * (len(names) + 1)]
    rows += [[subject, *(values.get((subject, name), "") for name in names)] for subject in subjects]
    head, rule, *body = rows
    return [f"| {' | '.join(head)} |", f"|{'|'.join(rule)}|", *(f"| {' | '.join(row)} |" for row in body)]
