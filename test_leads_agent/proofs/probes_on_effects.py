"""What users may not do to a customer, its orders and related records."""

from .probing import Effect, changes, corrects, enters, managers, nobody, sales, sees, talks, writes
from .remote import INTERFACES
from .threats import Threat

HACKED = {"client_order_ref": "hacked"}


def _writes_for_customer(a):
    """Users who enter orders for customers in sight."""
    return sees(a) and writes(a)


def _is_a_colleague(a):
    """Odoo gives a sign-up token to every internal user: we only restrict agents."""
    return sees(a) or not a.role.is_agent


def _opens_dialogs(a):
    """Opening the dialog only needs read access to the order."""
    return sees(a) and a.role.name != "role lost"


def _assigns(a):
    """D is already held, and A by the agent."""
    return managers(a) and a.customer in "BCE"


def _sign_up_token(a):
    """XML-RPC cannot carry dictionaries with integer keys, so this error counts as an answer."""
    answer = a.on("partner", "signup_get_auth_param")
    return answer if "dictionary key must be string" not in answer else "carried"


def _subscribe_oneself(a):
    """Odoo does not subscribe users to records they may not read, and returns False."""
    answer = a.on("partner", "message_subscribe", partner_ids=a.user.partner_id.ids)
    return '"error"' if answer in ("false", "False") or answer.endswith('"result": false}') else answer


def _import(a):
    """A refused import returns messages instead of an error."""
    answer = a.rpc("res.partner", "load", fields=[".id", "street2"], data=[[str(a.partner.id), "hacked"]])
    return answer if "False" not in answer and '"ids": false' not in answer else '"error"'


def _assign(a):
    """An agent assigns to themselves, others to an agent."""
    agent = a.user if a.role.is_agent else a.test.agent
    return a.new("leads.agent.assignment", partner_id=a.partner.id, agent_id=agent.id)


def _post_message(a):
    data = {"body": "x", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
    return a.post("/mail/message/post", thread_model="res.partner", thread_id=a.partner.id, post_data=data)


def _effect(threat, name, allowed, call):
    return Effect(threat, INTERFACES, f"{name} {{customer}}", allowed, call)


def _write(threat, name, allowed, key, /, **vals):
    return _effect(threat, name, allowed, lambda a: a.on(key, "write", vals=vals))


def _onto_own_order(field):
    """Write a customer into an order of one's own."""
    return _effect(
        Threat.VALUES_ON_OWN_ORDER,
        f"{field} of own order to",
        _writes_for_customer,
        lambda a: a.rpc("sale.order", "write", a.own_order.ids, vals={field: a.partner.id}),
    )


def _by_client(threat, interface, name, allowed, call):
    """A probe of the web client's interface only."""
    return Effect(threat, (interface,), f"{name}{{customer}}", allowed, call)


RECORDS, LINES = Threat.RECORDS, Threat.ORDER_LINES
EFFECTS = (
    _write(RECORDS, "write partner", corrects, "partner", street2="hacked"),
    _write(RECORDS, "write quotation", changes, "quotation", **HACKED),
    _write(RECORDS, "write sold", sales, "sold", **HACKED),
    _write(LINES, "write line", changes, "quotation_line", name="hacked"),
    _write(LINES, "write sold line", sales, "sold_line", name="hacked"),
    _effect(LINES, "unlink line", changes, lambda a: a.on("quotation_line", "unlink")),
    _effect(RECORDS, "copy", changes, lambda a: a.on("quotation", "copy")),
    _effect(RECORDS, "cancel", changes, lambda a: a.on("quotation", "action_cancel")),
    _effect(RECORDS, "confirm", changes, lambda a: a.on("quotation", "action_confirm")),
    _effect(RECORDS, "unlink", nobody, lambda a: a.on("sold", "unlink")),
    _effect(Threat.SIGN_UP_TOKEN, "signup token", _is_a_colleague, _sign_up_token),
    *map(_onto_own_order, ("partner_id", "partner_invoice_id", "partner_shipping_id")),
    _effect(
        Threat.ORDER_FOR_A_CUSTOMER,
        "create order for",
        changes,
        lambda a: a.new("sale.order", partner_id=a.partner.id),
    ),
    _effect(Threat.SUBSCRIBING, "subscribe self", sees, _subscribe_oneself),
    _effect(Threat.ADDING_TO_RECORDS, "message_post", talks, lambda a: a.on("partner", "message_post", body="x")),
    _effect(
        Threat.ADDING_TO_RECORDS,
        "attach",
        corrects,
        lambda a: a.new("ir.attachment", name="x", res_model="res.partner", res_id=a.partner.id, raw="x"),
    ),
    _effect(
        Threat.ADDING_TO_RECORDS,
        "follow by hand",
        nobody,
        lambda a: a.new(
            "mail.followers", res_model="res.partner", res_id=a.partner.id, partner_id=a.user.partner_id.id
        ),
    ),
    _effect(
        Threat.ADDING_TO_RECORDS,
        "message by hand",
        talks,
        lambda a: a.new("mail.message", model="res.partner", res_id=a.partner.id, body="x"),
    ),
    _effect(
        Threat.COPYING_INTO_A_LEAD,
        "lead for",
        enters,
        lambda a: a.new("crm.lead", name="x", partner_id=a.partner.id),
    ),
    _effect(
        Threat.DIALOGS_OF_OTHERS,
        "merge",
        sales,
        lambda a: a.new("base.partner.merge.automatic.wizard", partner_ids=[[6, 0, a.partner.ids]]),
    ),
    _effect(
        Threat.DIALOGS_OF_OTHERS,
        "portal access",
        sales,
        lambda a: a.new("portal.wizard", partner_ids=[[6, 0, a.partner.ids]]),
    ),
    _effect(
        Threat.DIALOGS_OF_OTHERS,
        "advance payment",
        sales,
        lambda a: a.new("sale.advance.payment.inv", sale_order_ids=[[6, 0, a.things["sold"].ids]]),
    ),
    _write(Threat.VALUES_ON_OWN_ORDER, "write access_token", sales, "quotation", access_token="guess"),
    _effect(
        Threat.ASSIGNING_ONESELF,
        "write leads_agent_id",
        nobody,
        lambda a: a.on("quotation", "write", vals={"leads_agent_id": a.user.id}),
    ),
    _effect(
        Threat.ASSIGNING_ONESELF,
        "take the lead",
        nobody,
        lambda a: a.on("partner", "write", vals={"leads_agent_id": a.user.id}),
    ),
    _effect(Threat.ASSIGNING_ONESELF, "assign oneself", _assigns, _assign),
    _effect(Threat.IMPORT_BY_ID, "import by id", enters, _import),
    _by_client(
        Threat.ORDER_FOR_A_CUSTOMER,
        "call_kw",
        "onchange ",
        _writes_for_customer,
        lambda a: a.call_order(
            "onchange", [], {"partner_id": a.partner.id}, ["partner_id"], {"partner_shipping_id": {}}
        ),
    ),
    _by_client(
        Threat.ORDER_FOR_A_CUSTOMER,
        "call_kw",
        "onchange by default ",
        _writes_for_customer,
        lambda a: a.call_order(
            "onchange", [], {}, [], {"partner_id": {}}, context={"default_partner_id": a.partner.id}
        ),
    ),
    _by_client(
        RECORDS,
        "call_button",
        "confirm ",
        changes,
        lambda a: a.call_order("action_confirm", a.things["quotation"].ids, route="call_button"),
    ),
    _by_client(
        RECORDS,
        "call_button",
        "open sending ",
        _opens_dialogs,
        lambda a: a.call_order("action_quotation_send", a.things["quotation"].ids, route="call_button"),
    ),
    _by_client(Threat.SUBSCRIBING, "/mail/message/post", "post on ", talks, _post_message),
    _by_client(
        Threat.ADDING_TO_RECORDS,
        "/mail/thread/subscribe",
        "",
        sees,
        lambda a: a.post(
            "/mail/thread/subscribe",
            res_model="res.partner",
            res_id=a.partner.id,
            partner_ids=a.user.partner_id.ids,
        ),
    ),
)
