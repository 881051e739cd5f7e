"""Files, pages, reports, exports, and the routes of the chatter and the inbox."""

import json
from importlib.util import find_spec

from .probing import Reading, names, nobody, opens, sees
from .remote import INTERFACES
from .threats import Threat

DOCUMENTS = ("partner", "quotation", "sold", "cancelled")
ORDERS = DOCUMENTS[1:]
THREADS = DOCUMENTS[:3]
THREAD_PARTS = ("activities", "attachments", "display_name", "followers", "scheduledMessages", "suggestedRecipients")
WRONG_TOKEN = "00000000-0000-0000-0000-000000000000"


def _field(a):
    return "street" if a.key == "partner" else "client_order_ref"


def _file(a):
    return a.things[f"{a.key}_attachment"]


def _message(a):
    return a.things[f"{a.key}_message"]


def _thread(a):
    return {"thread_model": a.record._name, "thread_id": a.record.id}


def _exports(a):
    return opens(a) and a.user.has_group("base.group_allow_export")


def _has_card(a):
    """The library for vCards is optional in Odoo."""
    return opens(a) and find_spec("vobject")


def _writes_to(a):
    """Whether the role may see whom a message would reach."""
    return names(a) and sees(a)


def _is_named(a):
    return sees(a) and a.customer != "C"


def _csv(a):
    field = {"name": _field(a), "label": "x", "type": "char"}
    data = {"model": a.record._name, "fields": [field], "ids": a.record.ids, "domain": [], "groupby": []}
    return a.test._form("/web/export/csv", data=json.dumps({**data, "import_compat": False}))


def _found_by_email(a):
    """Find the contact of an e-mail address; the address itself was sent by the client."""
    of_oneself = {"thread_model": "res.partner", "thread_id": a.user.partner_id.id}
    return a.post("/mail/partner/from_email", **of_oneself, emails=[a.partner.email]).replace(a.partner.email, "")


def _page(threat, name, interface, path, allowed=opens, things=DOCUMENTS, follow=True):
    """Return a probe of a page; the path may contain the model, the record, the field and the file."""

    def call(a):
        url = path.format(model=a.record._name, id=a.record.id, field=_field(a), file=_file(a).id)
        return a.get(url) if follow else a.leads_to(url)

    return Reading(threat, (interface,), name, allowed, call, things)


FILES, PAGES = Threat.MESSAGES_AND_FILES, Threat.PAGES_AND_REPORTS
BY_QUERY = "/web/content?model=ir.attachment&id={file}&field=raw&filename_field=description"
ON_PAGES = (
    _page(FILES, "{of}", "/web/content", "/web/content/{file}"),
    _page(FILES, "{of} by field", "/web/content", "/web/content/ir.attachment/{file}/raw"),
    _page(PAGES, "{of} by query", "/web/content", BY_QUERY),
    # Only binary fields are served.
    _page(PAGES, "{of} text field", "/web/content", "/web/content/{model}/{id}/{field}", nobody),
    _page(FILES, "{of}", "/web/image", "/web/image/{model}/{id}/{field}", nobody),
    _page(PAGES, "{of}", "/mail/view", "/mail/view?model={model}&res_id={id}", nobody, follow=False),
    _page(PAGES, "{of}", "/json/1", "/json/1/{model}/{id}", nobody),
    _page(PAGES, "{of}", "/web/partner/vcard", "/web/partner/vcard?partner_ids={id}", _has_card, ("partner",)),
    _page(PAGES, "{of}", "/report/html", "/report/html/sale.report_saleorder/{id}", things=ORDERS),
    _page(PAGES, "{of}", "/report/text", "/report/text/sale.report_saleorder/{id}", things=ORDERS),
    _page(PAGES, "{of}", "portal", "/my/orders/{id}", things=ORDERS),
    _page(
        Threat.PORTAL_TOKEN,
        "{of} wrong token",
        "portal",
        f"/my/orders/{{id}}?access_token={WRONG_TOKEN}",
        things=ORDERS,
    ),
    _page(PAGES, "{of} report", "portal", "/my/orders/{id}?report_type=html", things=ORDERS),
    Reading(
        PAGES,
        ("/web/action",),
        "load_breadcrumbs {of}",
        names,
        lambda a: a.post("/web/action/load_breadcrumbs", actions=[{"model": a.record._name, "resId": a.record.id}]),
        DOCUMENTS,
    ),
    Reading(Threat.EXPORT, ("/web/export/csv",), "{of}", _exports, _csv, DOCUMENTS),
    Reading(
        Threat.EXPORT,
        INTERFACES,
        "export_data {of}",
        _exports,
        lambda a: a.on(a.key, "export_data", fields_to_export=[_field(a)]),
        DOCUMENTS,
    ),
)
IN_CHATTER = (
    Reading(
        FILES,
        ("/mail/thread",),
        "messages {of}",
        opens,
        lambda a: a.post("/mail/thread/messages", **_thread(a)),
        THREADS,
    ),
    Reading(
        Threat.RECIPIENTS,
        ("/mail/data",),
        "thread {of}",
        opens,
        lambda a: a.post("/mail/data", fetch_params=[["mail.thread", {**_thread(a), "request_list": THREAD_PARTS}]]),
        THREADS,
    ),
    Reading(
        Threat.RECIPIENTS,
        ("/mail/thread",),
        "recipients {of}",
        _writes_to,
        lambda a: a.post("/mail/thread/recipients", **_thread(a)),
        THREADS,
        shows="P",
    ),
    Reading(
        Threat.RECIPIENTS,
        ("call_kw",),
        "message_get_followers {of}",
        _writes_to,
        lambda a: a.on(a.key, "message_get_followers"),
        THREADS,
        shows="P",
    ),
    Reading(
        FILES, ("/mail/message",), "{of}", nobody, lambda a: a.leads_to(f"/mail/message/{_message(a).id}"), THREADS
    ),
    Reading(
        FILES, ("/mail/chatter_fetch",), "{of}", opens, lambda a: a.post("/mail/chatter_fetch", **_thread(a)), THREADS
    ),
    Reading(
        FILES,
        ("/mail/link_preview",),
        "{of}",
        nobody,
        lambda a: a.post("/mail/link_preview", message_id=_message(a).id),
        THREADS,
    ),
    Reading(Threat.YES_OR_NO, ("/mail/partner",), "from_email {customer}", _is_named, _found_by_email),
    Reading(
        Threat.NAMES,
        ("/mail/data",),
        "avatar_card {customer}",
        sees,
        lambda a: a.post("/mail/data", fetch_params=[["avatar_card", {"id": a.partner.id, "model": "res.partner"}]]),
    ),
    Reading(
        Threat.NAMES,
        ("call_kw",),
        "get_mention_suggestions {customer}",
        sees,
        lambda a: a.rpc("res.partner", "get_mention_suggestions", search=a.partner.email, limit=80),
    ),
)


def _inbox(route):
    return Reading(
        Threat.AFTER_THE_ASSIGNMENT,
        ("/mail/inbox",),
        route,
        nobody,
        lambda a: a.post(route, fetch_params={"limit": 500}),
    )


def _fetched(name):
    return Reading(
        Threat.AFTER_THE_ASSIGNMENT, ("/mail/data",), name, nobody, lambda a: a.post("/mail/data", fetch_params=[name])
    )


# Not related to a certain customer.
IN_INBOX = (
    *map(_inbox, ("/mail/inbox/messages", "/mail/history/messages", "/mail/starred/messages")),
    *map(_fetched, ("failures", "systray_get_activities", "init_messaging")),
)
