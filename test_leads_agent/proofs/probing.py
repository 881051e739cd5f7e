"""What a probe is: a row of a table, which is fired as each role, for each customer, at each of its interfaces."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from .marks import CUSTOMERS, KINDS, Role, marks_in
from .remote import RemoteCase, is_refused
from .threats import Threat

# Those of the companies in which the roles work.
PROBED = "ABCDE"
KIND = {"partner": "P", "quotation": "Q", "sold": "S", "cancelled": "S"}
# What access rights close to a role altogether, by model, or by thing where Odoo asks for more than reading its
# document: activities need the right to write on it, unless one plans them for oneself.
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
    """One call of a probe: by whom, where, and on what of which customer."""

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
        """An order of the user's, where the user holds one."""
        return self.test.world["D" if self.role.user == "other_agent" else "A"]["quotation"]

    def finds(self, kind):
        """Whether the role may find a mark of the customer."""
        return self.customer + kind in self.role.allowed

    def secret(self):
        """Marks that an answer may not hold though nothing particular is expected."""
        return frozenset(customer + kind for customer in CUSTOMERS for kind in KINDS) - self.role.allowed

    # ------------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------------

    def rpc(self, model, method, ids=None, /, **kwargs):
        return self.test._rpc(self.interface, model, method, ids, **kwargs)

    def on(self, key, method, /, **kwargs):
        """Call a method of a thing of the customer."""
        return self.rpc(self.things[key]._name, method, self.things[key].ids, **kwargs)

    def new(self, model, /, **vals):
        return self.rpc(model, "create", vals_list=[vals])

    def get(self, path):
        return self.test._get(path)

    def post(self, route, **params):
        return self.test._post(route, **params)

    def call_order(self, method, *args, route="call_kw", **kwargs):
        """Call a method of orders as the web client does, arguments by position."""
        return self.post(f"/web/dataset/{route}", model="sale.order", method=method, args=args, kwargs=kwargs)

    def leads_to(self, path):
        """Where a link leads, without going there."""
        response = self.test.url_open(path, allow_redirects=False)
        return f"{response.headers.get('Location', '')} {response.text}"


@dataclass(frozen=True)
class Probe:
    """A row: the threat, where it is tried, who is allowed, and the call.

    ``things`` are the keys of the world it is tried on. ``{of}`` in the name stands for customer and thing.
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
    """Whoever is allowed gets the mark, everybody else none that they may not find."""

    shows: str = ""  # the kind of mark, where it is not that of the thing

    def is_right(self, attempt, allowed, answer):
        found = marks_in(answer)
        mark = attempt.customer + (self.shows or KIND[attempt.key])
        return mark in found if allowed else not found & attempt.secret()


@dataclass(frozen=True)
class Question(Probe):
    """Whoever is allowed is told of a record, for everybody else there is none."""

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
    """Whoever is allowed does something, which is rolled back; everybody else is refused."""

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
    """The thing itself."""
    return attempt.finds(KIND[attempt.key]) and attempt.record._name not in attempt.denied


def names(attempt):
    """The name of C carries no mark: it stands on old assignments by design."""
    return opens(attempt) and attempt.customer != "C"


def changes(attempt):
    """Within the grace a customer is read, not changed."""
    is_over = attempt.customer == "E" and attempt.role.locked and attempt.role.is_agent
    return sees(attempt) and not is_over and writes(attempt)


def writes(attempt):
    return attempt.role.is_agent or sales(attempt)


def sales(attempt):
    return attempt.role.name == "salesperson"


def managers(attempt):
    return attempt.role.name == "manager"


def enters(attempt):
    """By `leads_agent_lifecycle` and `leads_agent_offer`, managers enter and correct customers and leads."""
    return sales(attempt) or managers(attempt)


def corrects(attempt):
    return changes(attempt) or managers(attempt)


def talks(attempt):
    return sees(attempt) if attempt.role.is_agent else enters(attempt)
