"""The marks that name a leak, the roles and what each may find.

A mark is ``CNRY-`` and two letters. The first is the customer:

====  =====================================================================
A     assigned to the agent
B     assigned to nobody, ever
C     was the agent's, the other agent's and the former agent's, taken away
D     assigned to the other agent
E     was the agent's, resolved, within the grace
X     of another company, in which none of the roles works
====  =====================================================================

The second is the kind: P hangs on the customer, Q on a quotation, S on a confirmed or cancelled order. Prices are marks
too: 7711.31 stands on a quotation of A, 7711.41 on a confirmed order of A, 7712.31 on a quotation of B and so on.
"""

import logging
import os
import random
import re
from dataclasses import dataclass

_logger = logging.getLogger(__name__)

WHOLE = os.environ.get("LEADS_PROVE") == "1"
SEED = int(os.environ.get("LEADS_SEED") or random.randrange(10**6))
CUSTOMERS = "ABCDEX"
KINDS = "PQS"
_MARK = re.compile(r"cnry-([a-z])([a-z])", re.IGNORECASE)
_PRICE = re.compile(r"7,?71(\d)\.([34])1(?!\d)")


def mark(customer, kind):
    return f"CNRY-{customer}{kind}"


def price(customer, kind):
    return float(f"771{CUSTOMERS.index(customer) + 1}.{'31' if kind == 'Q' else '41'}")


def marks_in(text):
    """The marks in a text, those that are prices included."""
    found = {f"{customer}{kind}".upper() for customer, kind in _MARK.findall(text)}
    for number, kind in _PRICE.findall(text):
        if 1 <= int(number) <= len(CUSTOMERS):
            found.add(CUSTOMERS[int(number) - 1] + ("Q" if kind == "3" else "S"))
    return found


def figure(area, name, value):
    """Report a figure; `make prove` collects these lines."""
    _logger.info("PROVE %s | %s | %s", area, name, value)


@dataclass(frozen=True)
class Role:
    """Who reads, under which settings, and the marks they may find."""

    name: str
    user: str
    allowed: frozenset
    locked: bool = False
    view_non_partial: bool = False
    is_agent: bool = True
    opened: frozenset = frozenset()  # models that Odoo itself opens to every internal user


def _marks(customers, kinds):
    return frozenset(customer + kind for customer in customers for kind in kinds)


ROLES = (
    Role("agent, locked", "agent", _marks("AE", "PQ"), locked=True),
    Role("agent, unlocked", "agent", _marks("ABCDE", "PQ")),
    Role("agent, locked, all orders", "agent", _marks("AE", "PQS"), locked=True, view_non_partial=True),
    Role("agent, unlocked, all orders", "agent", _marks("ABCDE", "PQS"), view_non_partial=True),
    # Holds D; everything of C has ended.
    Role("agent, assignment ended", "other_agent", _marks("D", "PQ"), locked=True),
    # Was an agent: today an internal user without any right on orders.
    Role(
        "role lost",
        "lost",
        _marks("ABCDE", "P"),
        locked=True,
        is_agent=False,
    ),
    Role("manager", "manager", _marks("ABCDE", "PQS"), locked=True, is_agent=False),
    Role("salesperson", "salesperson", _marks("ABCDE", "PQS"), locked=True, is_agent=False),
)

ROLES = [role for role in ROLES if re.search(os.environ.get("LEADS_ROLES", ""), role.name)]
