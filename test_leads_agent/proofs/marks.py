"""The marks that identify a leak, the roles and the marks that each may find.

A mark is ``CNRY-`` and two letters. The first is the customer:

====  ==============================================================================
A     assigned to the agent
B     never assigned
C     was assigned to the agent, the other agent and the former agent; now unassigned
D     assigned to the other agent
E     was assigned to the agent, and resolved within the grace period
X     of another company, to which no role belongs
====  ==============================================================================

The second is the kind: P is related to the customer, Q to a quotation, S to a confirmed or cancelled order. Prices are
marks too: 7711.31 is on a quotation of A, 7711.41 on a confirmed order of A, 7712.31 on a quotation of B and so on.
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
    """Return the marks in a text, including prices."""
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
    """A user, the settings, and the marks that the user may find."""

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
    # Holds D; all assignments of C have ended.
    Role("agent, assignment ended", "other_agent", _marks("D", "PQ"), locked=True),
    # A former agent, now an internal user without access to orders.
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
