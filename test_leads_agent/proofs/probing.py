"""Probes: rows of a table, each run as every role, for every customer, at every one of its interfaces."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from .marks import CUSTOMERS, KINDS, Role, marks_in
from .remote import RemoteCase, is_refused
from .threats import Threat

# The customers of the companies that the roles belong to.
PROBED = "ABCDE"
KIND = {"partner": "P", "quotation": "Q", "sold": "S", "cancelled": "S"}
# Models, or kinds of records, that a role's access rights exclude completely. Kinds are listed where Odoo requires more
# than read access to the document: activities require write access, except for one's own.
FOR_MANAGERS = {"leads.agent.received", "leads.agent.import.line"}
AGENTS_DENIED = {"account.move", "crm.lead"} | FOR_MANAGERS
CALLS = {"leads.agent.call", "leads.agent.callback"}
LIFECYCLE = {"leads.agent.move", "leads.agent.identity", "leads.agent.visit"}
NO_SALES_DENIED = AGENTS_DENIED | CALLS | LIFECYCLE | {"sale.order", "sale.order.line", "partner_activity"}
DENIED = {
    "role lost": NO_SALES_DENIED,
    "manager": AGENTS_DENIED - FOR_MANAGERS | {"partner_activity", "quotation_activity", "sold_activity"},
    "salesperson": CALLS | LIFECYCLE | FOR_MANAGERS,
}


@dataclass(frozen=True)
class Attempt:
    """One call of a probe: the role, the interface, and the record of a customer."""

    test: RemoteCase
    role: Role
    interface: str
    customer: str
    key: str

    @property
    def things(self):
        return self.test.world[self.customer]

    @property
    def record(self):
        return self.things[self.key][:1]

    @property
    def partner(self):
        return self.things["partner"]

    @property
    def denied(self):
        return DENIED.get(self.role.name, AGENTS_DENIED)

    @property
    def user(self):
        return self.test.user

    @property
    def own_order(self):
        """An order of the user, if the user holds one."""
        return self.test.world["D" if self.role.user == "other_agent" else "A"]["quotation"]

    def finds(self, kind):
        """Whether the role may find a mark of the customer."""
        return self.customer + kind in self.role.allowed

    def secret(self):
        """The marks that no answer may contain."""
        return frozenset(customer + kind for customer in CUSTOMERS for kind in KINDS) - self.role.allowed

    # ------------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------------

    def rpc(self, model, method, ids=None, /, **kwargs):
        return self.test._rpc(self.interface, model, method, ids, **kwargs)

    def on(self, key, method, /, **kwargs):
        """Call a method of a record of the customer."""
        return self.rpc(self.things[key]._name, method, self.things[key].ids, **kwargs)

    def new(self, model, /, **vals):
        return self.rpc(model, "create", vals_list=[vals])

    def get(self, path):
        return self.test._get(path)

    def post(self, route, **params):
        return self.test._post(route, **params)

    def call_order(self, method, *args, route="call_kw", **kwargs):
        """Call a method of orders like the web client, with positional arguments."""
        return self.post(f"/web/dataset/{route}", model="sale.order", method=method, args=args, kwargs=kwargs)

    def leads_to(self, path):
        """Return the target of a link without following it."""
        response = self.test.url_open(path, allow_redirects=False)
        return f"{response.headers.get('Location', '')} {response.text}"


@dataclass(frozen=True)
class Probe:
    """A row: the threat, the interfaces, who is allowed, and the call.

    ``things`` are the keys of the records it is tried on. ``{of}`` in the name stands for the customer and the record.
    """

    threat: Threat
    interfaces: tuple[str, ...]
    name: str
    allowed: Callable[[Attempt], bool]
    call: Callable[[Attempt], str]
    things: tuple[str, ...] = ("partner",)

    def label(self, attempt):
        of = f"{attempt.customer}.{attempt.key}"
        return f"{attempt.interface} {self.name.format(of=of, customer=attempt.customer)}"

    def fire(self, attempt):
        return self.call(attempt)

    def is_right(self, attempt, allowed, answer):
        raise NotImplementedError


@dataclass(frozen=True)
class Reading(Probe):
    """Roles that are allowed get the mark, all others none that they may not find."""

    shows: str = ""  # the kind of mark, if it is not that of the record

    def is_right(self, attempt, allowed, answer):
        found = marks_in(answer)
        mark = attempt.customer + (self.shows or KIND[attempt.key])
        return mark in found if allowed else not found & attempt.secret()


@dataclass(frozen=True)
class Question(Probe):
    """Roles that are allowed find a record, all others none."""

    def fire(self, attempt):
        answer = self.call(attempt)
        if is_refused(answer):
            return "no"
        if answer.startswith("{"):
            answer = json.dumps(json.loads(answer).get("result", []))
        return "yes" if any(char.isdigit() for char in answer) else "no"

    def is_right(self, attempt, allowed, answer):
        return answer == ("yes" if allowed else "no")


@dataclass(frozen=True)
class Effect(Probe):
    """Roles that are allowed change something, which is rolled back; all others are refused."""

    def fire(self, attempt):
        with attempt.test._rolled_back():
            return self.call(attempt)

    def is_right(self, attempt, allowed, answer):
        return is_refused(answer) != bool(allowed)


# ----------------------------------------------------------------------
# Who is allowed
# ----------------------------------------------------------------------


def nobody(attempt):
    return False


def sees(attempt):
    return attempt.finds("P")


def opens(attempt):
    """May read the record itself."""
    return attempt.finds(KIND[attempt.key]) and attempt.record._name not in attempt.denied


def names(attempt):
    """May find a mark in the name: that of C has none, as it is on old assignments by design."""
    return opens(attempt) and attempt.customer != "C"


def changes(attempt):
    """May change the customer: within the grace period it can only be read."""
    is_over = attempt.customer == "E" and attempt.role.locked and attempt.role.is_agent
    return sees(attempt) and not is_over and writes(attempt)


def writes(attempt):
    return attempt.role.is_agent or sales(attempt)


def sales(attempt):
    return attempt.role.name == "salesperson"


def managers(attempt):
    return attempt.role.name == "manager"


def enters(attempt):
    """Managers may create and correct customers and leads, by `leads_agent_lifecycle` and `leads_agent_offer`."""
    return sales(attempt) or managers(attempt)


def corrects(attempt):
    return changes(attempt) or managers(attempt)


def talks(attempt):
    return sees(attempt) if attempt.role.is_agent else enters(attempt)
