"""Every way to read the records of a customer, at every interface for programs."""

from collections.abc import Callable
from dataclasses import dataclass

from .probing import Reading
from .remote import INTERFACES
from .threats import Threat


@dataclass(frozen=True)
class What:
    """A record of a customer: its key in the test data, the field with the mark, the kind of mark."""

    key: str
    threat: Threat
    field: str
    kind: str
    groupable: bool = True
    needs: str = ""  # the kind of mark of its document, if different
    is_private: bool = False  # agents only see their own and unassigned ones

    def is_read(self, attempt):
        """Whether the role must find the mark."""
        record = attempt.record
        is_open = not attempt.denied & {record._name, self.key}
        if self.is_private and attempt.role.is_agent:
            owner = record.agent_id
            is_open = is_open and owner in (owner.browse(), getattr(attempt.test, attempt.role.user))
        # The name of C has no mark: it is on old assignments by design.
        is_unmarked = attempt.customer == "C" and self.key.endswith("_notification")
        needed = (self.kind, self.needs or self.kind)
        return is_open and all(map(attempt.finds, needed)) and not is_unmarked


WHATS = (
    What("partner", Threat.RECORDS, "street", "P"),
    What("contact", Threat.RECORDS, "street", "P"),
    What("quotation", Threat.RECORDS, "client_order_ref", "Q"),
    What("sold", Threat.RECORDS, "client_order_ref", "S"),
    What("cancelled", Threat.RECORDS, "client_order_ref", "S"),
    What("quotation_line", Threat.ORDER_LINES, "name", "Q"),
    What("sold_line", Threat.ORDER_LINES, "name", "S"),
    What("cancelled_line", Threat.ORDER_LINES, "name", "S"),
    What("event", Threat.MEETINGS, "location", "P"),
    What("attendee", Threat.MEETINGS, "email", "P"),
    What("bank", Threat.BANK_ACCOUNTS, "acc_number", "P"),
    What("letter", Threat.LETTERS, "street", "P"),
    What("partner_follower", Threat.RECIPIENTS, "email", "P", groupable=False),
    What("quotation_follower", Threat.RECIPIENTS, "email", "P", groupable=False),
    What("partner_notification", Threat.RECIPIENTS, "res_partner_id", "P"),
    What("quotation_notification", Threat.RECIPIENTS, "res_partner_id", "P", needs="Q"),
    What("partner_message", Threat.MESSAGES_AND_FILES, "body", "P", groupable=False),
    What("quotation_message", Threat.MESSAGES_AND_FILES, "body", "Q", groupable=False),
    What("sold_message", Threat.MESSAGES_AND_FILES, "body", "S", groupable=False),
    What("partner_attachment", Threat.MESSAGES_AND_FILES, "description", "P", groupable=False),
    What("quotation_attachment", Threat.MESSAGES_AND_FILES, "description", "Q", groupable=False),
    What("sold_attachment", Threat.MESSAGES_AND_FILES, "description", "S", groupable=False),
    What("partner_activity", Threat.AFTER_THE_ASSIGNMENT, "summary", "P"),
    What("quotation_activity", Threat.AFTER_THE_ASSIGNMENT, "summary", "Q"),
    What("sold_activity", Threat.AFTER_THE_ASSIGNMENT, "summary", "S"),
    What("analytic", Threat.ANALYTIC_ACCOUNTS, "name", "P"),
    What("invoice", Threat.INVOICES_AND_LEADS, "ref", "S"),
    What("lead", Threat.INVOICES_AND_LEADS, "name", "Q"),
    What("call", Threat.CALLS, "note", "P"),
    What("callback", Threat.CALLS, "note", "P", is_private=True),
    What("move", Threat.LIFE_CYCLE, "reason", "P"),
    What("identity", Threat.LIFE_CYCLE, "key", "P"),
    What("visit", Threat.LIFE_CYCLE, "device", "P"),
    What("received", Threat.LIFE_CYCLE, "body", "P", groupable=False),
    What("import_line", Threat.LIFE_CYCLE, "changes", "P", groupable=False),
    What("project", Threat.PROJECTS, "name", "P"),
    What("project_task", Threat.PROJECTS, "name", "P"),
    What("milestone", Threat.PROJECTS, "name", "P"),
    What("project_update", Threat.PROJECTS, "name", "P"),
)


@dataclass(frozen=True)
class Verb:
    """A way to read a record: method, arguments for the record and a field, and whether it is called on the record."""

    name: str
    arguments: Callable
    on_record: bool = False
    everywhere: bool = False  # at all interfaces, not only that of the web client
    groups: bool = False

    def of(self, what):
        """Return the probe that reads a record in this way."""

        def call(attempt):
            record = attempt.record
            ids = record.ids if self.on_record else None
            return attempt.rpc(record._name, self.name, ids, **self.arguments(record, what.field))

        interfaces = INTERFACES if self.everywhere else INTERFACES[:1]
        return Reading(what.threat, interfaces, f"{self.name} {{of}}", what.is_read, call, (what.key,), what.kind)


def _domain(record):
    return [("id", "=", record.id)]


def _specification(record, field):
    return {field: {"fields": {"display_name": {}}} if record._fields[field].type == "many2one" else {}}


VERBS = (
    Verb("read", lambda record, field: {"fields": [field, "display_name"]}, on_record=True, everywhere=True),
    Verb("search_read", lambda record, field: {"domain": _domain(record), "fields": [field]}, everywhere=True),
    Verb(
        "formatted_read_group",
        lambda record, field: {"domain": _domain(record), "groupby": [field], "aggregates": ["__count"]},
        everywhere=True,
        groups=True,
    ),
    Verb(
        "web_search_read",
        lambda record, field: {"domain": _domain(record), "specification": _specification(record, field)},
    ),
    Verb("web_read", lambda record, field: {"specification": _specification(record, field)}, on_record=True),
    Verb("web_read_group", lambda record, field: {"domain": _domain(record), "groupby": [field]}, groups=True),
)
ON_RECORDS = tuple(verb.of(what) for what in WHATS for verb in VERBS if what.groupable or not verb.groups)
