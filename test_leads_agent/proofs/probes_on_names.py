"""Names, what a context adds to them, searches that answer yes or no, and error texts."""

from odoo.http import root

from .marks import mark
from .probing import Question, Reading, names, opens, sees
from .remote import INTERFACES
from .threats import Threat

# Context keys that add address and e-mail to a name.
WIDENED = {"show_address": True, "show_email": True, "show_vat": True}
THINGS = ("partner", "quotation", "sold")


def _is_named_or_addressed(a):
    """With the address, the name of a customer includes a mark even if the name alone does not."""
    return opens(a) if a.key == "partner" else names(a)


def _sees_order_and_customer(a):
    return opens(a) and sees(a)


def _sees_orders(a):
    return sees(a) and "sale.order" not in a.denied


def _read_in_debug(a):
    """Read in debug mode, where error texts are longer."""
    session = a.test.session
    session.debug = "1"
    root.session_store.save(session)
    try:
        return a.on(a.key, "read", fields=["display_name", "street" if a.key == "partner" else "client_order_ref"])
    finally:
        session.debug = ""
        root.session_store.save(session)


def _search(model, path, operator, kind="P", like="{}", allowed=sees, also=(), things=("partner",)):
    """Search for a record with a mark."""

    def call(a):
        return a.rpc(model, "search", domain=[(path, operator, like.format(mark(a.customer, kind))), *also])

    return Question(Threat.YES_OR_NO, INTERFACES, f"count {model} {path} {{customer}}", allowed, call, things)


def _below(path):
    """Search for records below a customer."""
    return Question(
        Threat.YES_OR_NO,
        INTERFACES,
        f"count res.partner {path} {{customer}}",
        sees,
        lambda a: a.rpc("res.partner", "search", domain=[(path, "child_of", a.partner.ids)]),
    )


ON_NAMES = (
    Reading(
        Threat.NAMES,
        INTERFACES,
        "name_search {of}",
        names,
        lambda a: a.rpc(a.record._name, "name_search", name="", domain=[("id", "in", a.record.ids)]),
        THINGS,
    ),
    Reading(Threat.ERROR_TEXTS, INTERFACES, "read in debug mode {of}", opens, _read_in_debug, THINGS),
    Reading(
        Threat.ADDRESSES,
        INTERFACES,
        "read name with address {of}",
        _is_named_or_addressed,
        lambda a: a.on(a.key, "read", fields=["display_name"], context=WIDENED),
        THINGS,
    ),
    # The address of the customer in the name of a contact, a user, an order.
    Reading(
        Threat.ADDRESSES,
        INTERFACES,
        "partner of order with address {customer}",
        _sees_order_and_customer,
        lambda a: a.on("quotation", "read", fields=["partner_id"], context=WIDENED),
        ("quotation",),
        shows="P",
    ),
    _search("res.partner", "parent_id.street", "=ilike", like="{}%"),
    _search("sale.order", "partner_id.email", "=ilike", like="{}%", allowed=_sees_orders),
    _search(
        "sale.order", "order_line.name", "ilike", "S", allowed=opens, also=[("state", "=", "sale")], things=("sold",)
    ),
    _search("res.partner.bank", "partner_id.phone", "ilike"),
    _search("mail.followers", "email", "=ilike", like="{}%"),
    _search("calendar.attendee", "phone", "ilike"),
    _below("commercial_partner_id"),
    _below("id"),
)
