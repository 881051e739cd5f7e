"""The attacks, as tables: what is attacked, by which call, and who may.

A row is the number of the attack in `docs/visibility.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass

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
class What:
    """A thing of a customer: its key in the world, the row of the attack, the field with the mark, the kind of mark."""

    key: str
    row: int
    field: str
    kind: str
    groupable: bool = True
    needs: str = ""  # the kind of mark of its document, where that is another
    is_private: bool = False  # agents see it only when it is theirs, or nobody's


WHATS = (
    What("partner", 1, "street", "P"),
    What("contact", 1, "street", "P"),
    What("quotation", 1, "client_order_ref", "Q"),
    What("sold", 1, "client_order_ref", "S"),
    What("cancelled", 1, "client_order_ref", "S"),
    What("quotation_line", 2, "name", "Q"),
    What("sold_line", 2, "name", "S"),
    What("cancelled_line", 2, "name", "S"),
    What("event", 9, "location", "P"),
    What("attendee", 9, "email", "P"),
    What("bank", 10, "acc_number", "P"),
    What("letter", 11, "street", "P"),
    What("partner_follower", 12, "email", "P", groupable=False),
    What("quotation_follower", 12, "email", "P", groupable=False),
    What("partner_notification", 12, "res_partner_id", "P"),
    What("quotation_notification", 12, "res_partner_id", "P", needs="Q"),
    What("partner_message", 13, "body", "P", groupable=False),
    What("quotation_message", 13, "body", "Q", groupable=False),
    What("sold_message", 13, "body", "S", groupable=False),
    What("partner_attachment", 13, "description", "P", groupable=False),
    What("quotation_attachment", 13, "description", "Q", groupable=False),
    What("sold_attachment", 13, "description", "S", groupable=False),
    What("partner_activity", 14, "summary", "P"),
    What("quotation_activity", 14, "summary", "Q"),
    What("sold_activity", 14, "summary", "S"),
    What("analytic", 16, "name", "P"),
    What("invoice", 17, "ref", "S"),
    What("lead", 17, "name", "Q"),
    What("call", 34, "note", "P"),
    What("callback", 34, "note", "P", is_private=True),
    What("move", 37, "reason", "P"),
    What("identity", 37, "key", "P"),
    What("visit", 37, "device", "P"),
    What("received", 37, "body", "P", groupable=False),
    What("import_line", 37, "changes", "P", groupable=False),
    What("project", 40, "name", "P"),
    What("project_task", 40, "name", "P"),
    What("milestone", 40, "name", "P"),
    What("project_update", 40, "name", "P"),
)


@dataclass(frozen=True)
class Verb:
    """A way to read a record: method, arguments of one target, and whether it is called on the record."""

    name: str
    arguments: Callable
    on_record: bool = False
    everywhere: bool = False  # at each of the three doors for programs, not only at the web client's
    groups: bool = False


def _domain(target):
    return [("id", "=", target.id)]


VERBS = (
    Verb("read", lambda t: {"fields": [t.what.field, "display_name"]}, on_record=True, everywhere=True),
    Verb("search_read", lambda t: {"domain": _domain(t), "fields": [t.what.field]}, everywhere=True),
    Verb(
        "formatted_read_group",
        lambda t: {"domain": _domain(t), "groupby": [t.what.field], "aggregates": ["__count"]},
        everywhere=True,
        groups=True,
    ),
    Verb("web_search_read", lambda t: {"domain": _domain(t), "specification": {t.what.field: t.specification}}),
    Verb("web_read", lambda t: {"specification": {t.what.field: t.specification}}, on_record=True),
    Verb("web_read_group", lambda t: {"domain": _domain(t), "groupby": [t.what.field]}, groups=True),
)


@dataclass(frozen=True)
class Target:
    """A record under attack."""

    what: What
    customer: str
    model: str
    id: int
    relational: bool = False

    @property
    def mark(self):
        return self.customer + self.what.kind

    @property
    def specification(self):
        return {"fields": {"display_name": {}}} if self.relational else {}
