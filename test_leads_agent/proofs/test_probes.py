import json
import os
import random
import time
from collections import Counter

from odoo.http import root
from odoo.tests import tagged
from odoo.tools import mute_logger

from .doors import DOORS, Doors
from .probes import AGENTS_DENIED, DENIED, VERBS, WHATS, Target
from .scenario import ROLES, WHOLE, figure, mark, marks_in

SEED = int(os.environ.get("LEADS_SEED") or random.randrange(10**6))
SAMPLE = 40
LEAST_PROBES = 240
# Keys of the context that would add address and e-mail to a name.
WIDENED = {"show_address": True, "show_email": True, "show_vat": True}
MUTED = (
    "odoo.addons.leads_agent_channel.models.leads_agent_received",
    "odoo.domains",
    "odoo.http",
    "odoo.models",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.rpc.controllers.xmlrpc",
    "odoo.sql_db",
    "odoo.addons.web.controllers.export",
    "werkzeug",
)


@tagged("post_install", "-at_install", "leads_prove")
class TestProbes(Doors):
    """Every attack at every door, on records in sight and out of it, as each role.

    A probe is a call on one record. Its expectation is stated before it is fired: the answer holds the mark of the
    record, or it does not; and never does it hold a mark that the role may not find. So each call that must find
    nothing has its twin, the same call on a record in sight.
    """

    def _targets(self):
        targets = []
        for what in WHATS:
            for customer in "ABCDE":
                for record in self.world[customer][what.key][:1]:
                    relational = record._fields[what.field].type == "many2one"
                    targets.append(Target(what, customer, record._name, record.id, relational))
        return targets

    def _expected(self, role, target):
        """Whether the role must find the mark of the target."""
        denied = DENIED.get(role.name, AGENTS_DENIED)
        needed = {target.mark, target.customer + (target.what.needs or target.what.kind)}
        is_open = not denied & {target.model, target.what.key}
        if target.what.is_private and role.is_agent:
            owner = self.world[target.customer][target.what.key].agent_id
            is_open = is_open and owner in (owner.browse(), getattr(self, role.user))
        return is_open and needed <= role.allowed and not self._is_unmarked(target)

    def _is_unmarked(self, target):
        """The name of C carries no mark: it stands on old assignments by design."""
        return target.customer == "C" and target.what.key.endswith("_notification")

    # ------------------------------------------------------------------
    # The probes: (row, door, what it is called, expected mark or none, call)
    # ------------------------------------------------------------------

    def _reading(self, role):
        """Rows 1, 2, 9 to 14, 16, 17, 28, 34: each way to read each thing, at each door for programs."""
        for target in self._targets():
            expected = target.mark if self._expected(role, target) else None
            for verb in VERBS:
                if verb.groups and not target.what.groupable:
                    continue
                for door in DOORS if verb.everywhere else DOORS[:1]:

                    def call(door=door, verb=verb, target=target):
                        ids = [target.id] if verb.on_record else None
                        return self._rpc(door, target.model, verb.name, ids, **verb.arguments(target))

                    yield target.what.row, door, f"{verb.name} {target.customer}.{target.what.key}", expected, call

    def _web(self, role):
        """Rows 13, 26, 27: files, pages, reports, breadcrumbs, exports."""
        for customer in "ABCDE":
            things = self.world[customer]

            def sees(key, kind, customer=customer):
                model = self.world[customer][key]._name
                denied = model in DENIED.get(role.name, AGENTS_DENIED)
                return customer + kind if customer + kind in role.allowed and not denied else None

            for key, kind in (("partner", "P"), ("quotation", "Q"), ("sold", "S"), ("cancelled", "S")):
                record = things[key]
                attachment = things[f"{key}_attachment"]
                name = f"{customer}.{key}"
                expected = sees(key, kind)
                path = f"/web/content/{attachment.id}"
                yield 13, "/web/content", name, expected, lambda path=path: self._get(path)
                path = f"/web/content/ir.attachment/{attachment.id}/raw"
                yield 13, "/web/content", f"{name} by field", expected, lambda path=path: self._get(path)
                path = f"/web/content?model=ir.attachment&id={attachment.id}&field=raw&filename_field=description"
                yield 26, "/web/content", f"{name} by query", expected, lambda path=path: self._get(path)
                field = "street" if key == "partner" else "client_order_ref"
                path = f"/web/content/{record._name}/{record.id}/{field}"
                # Only binary fields are served.
                yield 26, "/web/content", f"{name} text field", None, lambda path=path: self._get(path)
                path = f"/web/image/{record._name}/{record.id}/{field}"
                yield 13, "/web/image", name, None, lambda path=path: self._get(path)
                data = {
                    "model": record._name,
                    "fields": [{"name": field, "label": "x", "type": "char"}],
                    "ids": record.ids,
                    "domain": [],
                    "import_compat": False,
                    "groupby": [],
                }
                may_export = self.user.has_group("base.group_allow_export")
                yield (
                    27,
                    "/web/export/csv",
                    name,
                    expected if may_export else None,
                    lambda data=data: self._form("/web/export/csv", data=json.dumps(data)),
                )
                for door in DOORS:
                    yield (
                        27,
                        door,
                        f"export_data {name}",
                        expected if may_export else None,
                        lambda door=door, record=record, field=field: self._rpc(
                            door, record._name, "export_data", record.ids, fields_to_export=[field]
                        ),
                    )
                yield (
                    26,
                    "/web/action",
                    f"load_breadcrumbs {name}",
                    None if customer == "C" else expected,
                    lambda record=record: self._post(
                        "/web/action/load_breadcrumbs", actions=[{"model": record._name, "resId": record.id}]
                    ),
                )
                path = f"/mail/view?model={record._name}&res_id={record.id}"
                yield 26, "/mail/view", name, None, lambda path=path: self._get_redirect(path)
                yield (
                    26,
                    "/json/1",
                    name,
                    None,
                    lambda record=record: self._get(f"/json/1/{record._name}/{record.id}"),
                )
                if key == "partner":
                    path = f"/web/partner/vcard?partner_ids={record.id}"
                    yield 26, "/web/partner/vcard", name, self._vcard(expected), lambda path=path: self._get(path)
                else:
                    path = f"/report/html/sale.report_saleorder/{record.id}"
                    yield 26, "/report/html", name, expected, lambda path=path: self._get(path)
                    path = f"/report/text/sale.report_saleorder/{record.id}"
                    yield 26, "/report/text", name, expected, lambda path=path: self._get(path)
                    path = f"/my/orders/{record.id}"
                    yield 26, "portal", name, self._portal(role, expected), lambda path=path: self._get(path)
                    path = f"/my/orders/{record.id}?access_token=00000000-0000-0000-0000-000000000000"
                    yield (
                        29,
                        "portal",
                        f"{name} wrong token",
                        self._portal(role, expected),
                        lambda path=path: self._get(path),
                    )
                    path = f"/my/orders/{record.id}?report_type=html"
                    yield (
                        26,
                        "portal",
                        f"{name} report",
                        self._portal(role, expected),
                        lambda path=path: self._get(path),
                    )

    def _vcard(self, expected):
        """The library of business cards is optional in Odoo."""
        try:
            import vobject  # noqa: F401
        except ImportError:
            return None
        return expected

    def _portal(self, role, expected):
        return expected

    def _get_redirect(self, path):
        """Where a link leads, without going there."""
        response = self.url_open(path, allow_redirects=False)
        return f"{response.headers.get('Location', '')} {response.text}"

    def _mail(self, role):
        """Rows 12, 13, 14, 19: the routes of the chatter."""
        for customer in "ABCDE":
            things = self.world[customer]
            for key, kind in (("partner", "P"), ("quotation", "Q"), ("sold", "S")):
                record, name = things[key], f"{customer}.{key}"
                denied = record._name in DENIED.get(role.name, AGENTS_DENIED)
                expected = customer + kind if customer + kind in role.allowed and not denied else None
                thread = {"thread_model": record._name, "thread_id": record.id}
                yield (
                    13,
                    "/mail/thread",
                    f"messages {name}",
                    expected,
                    lambda thread=thread: self._post("/mail/thread/messages", **thread),
                )
                yield (
                    12,
                    "/mail/data",
                    f"thread {name}",
                    expected,
                    lambda thread=thread: self._post(
                        "/mail/data",
                        fetch_params=[
                            [
                                "mail.thread",
                                {
                                    **thread,
                                    "request_list": [
                                        "activities",
                                        "attachments",
                                        "display_name",
                                        "followers",
                                        "scheduledMessages",
                                        "suggestedRecipients",
                                    ],
                                },
                            ]
                        ],
                    ),
                )
                who = (
                    None
                    if expected is None or customer == "C" or f"{customer}P" not in role.allowed
                    else f"{customer}P"
                )
                yield (
                    12,
                    "/mail/thread",
                    f"recipients {name}",
                    who,
                    lambda thread=thread: self._post("/mail/thread/recipients", **thread),
                )
                yield (
                    12,
                    "call_kw",
                    f"message_get_followers {name}",
                    who,
                    lambda record=record: self._rpc("call_kw", record._name, "message_get_followers", record.ids),
                )
                message = things[f"{key}_message"]
                yield (
                    13,
                    "/mail/message",
                    name,
                    None,
                    lambda message=message: self._get_redirect(f"/mail/message/{message.id}"),
                )
                yield (
                    13,
                    "/mail/chatter_fetch",
                    name,
                    expected,
                    lambda thread=thread: self._post("/mail/chatter_fetch", **thread),
                )
                yield (
                    13,
                    "/mail/link_preview",
                    name,
                    None,
                    lambda message=message: self._post("/mail/link_preview", message_id=message.id),
                )
            partner = things["partner"]
            yield (
                5,
                "/mail/partner",
                f"from_email {customer}",
                self._by_email(role, customer),
                lambda partner=partner: self._hide_question(
                    self._post(
                        "/mail/partner/from_email",
                        thread_model="res.partner",
                        thread_id=self.user.partner_id.id,
                        emails=[partner.email],
                    ),
                    partner.email,
                ),
            )
            yield (
                3,
                "/mail/data",
                f"avatar_card {customer}",
                f"{customer}P" if f"{customer}P" in role.allowed else None,
                lambda partner=partner: self._post(
                    "/mail/data", fetch_params=[["avatar_card", {"id": partner.id, "model": "res.partner"}]]
                ),
            )
            yield (
                3,
                "call_kw",
                f"get_mention_suggestions {customer}",
                f"{customer}P" if f"{customer}P" in role.allowed else None,
                lambda partner=partner: self._rpc(
                    "call_kw", "res.partner", "get_mention_suggestions", search=partner.email, limit=80
                ),
            )
        for route in ("/mail/inbox/messages", "/mail/history/messages", "/mail/starred/messages"):
            yield 14, "/mail/inbox", route, None, lambda route=route: self._post(route, fetch_params={"limit": 500})
        for name in ("failures", "systray_get_activities", "init_messaging"):
            yield 14, "/mail/data", name, None, lambda name=name: self._post("/mail/data", fetch_params=[name])

    def _by_email(self, role, customer):
        return f"{customer}P" if f"{customer}P" in role.allowed and customer != "C" else None

    def _hide_question(self, answer, email):
        """What the client sent itself is no news."""
        return answer.replace(email, "")

    def _oracles(self, role):
        """Rows 3, 4, 5, 6, 7: names, contexts, yes and no, error texts."""
        for customer in "ABCDE":
            things = self.world[customer]
            partner, quotation, sold = things["partner"], things["quotation"], things["sold"]
            visible = f"{customer}P" in role.allowed
            denied = "sale.order" in DENIED.get(role.name, AGENTS_DENIED)
            for door in DOORS:
                for record, key, field, sees in (
                    (partner, "P", "street", visible),
                    (quotation, "Q", "client_order_ref", f"{customer}Q" in role.allowed and not denied),
                    (sold, "S", "client_order_ref", f"{customer}S" in role.allowed and not denied),
                ):
                    label = f"{customer}.{key}"
                    named = customer + key if sees and customer != "C" else None
                    yield (
                        3,
                        door,
                        f"name_search {label}",
                        named,
                        lambda door=door, record=record: self._rpc(
                            door, record._name, "name_search", name="", domain=[("id", "in", record.ids)]
                        ),
                    )
                    yield (
                        6,
                        door,
                        f"read in debug mode {label}",
                        customer + key if sees else None,
                        lambda door=door, record=record, field=field: self._in_debug(
                            lambda: self._rpc(door, record._name, "read", record.ids, fields=["display_name", field])
                        ),
                    )
                    yield (
                        4,
                        door,
                        f"read name with address {label}",
                        named or (f"{customer}P" if sees and key == "P" else None),
                        lambda door=door, record=record: self._rpc(
                            door, record._name, "read", record.ids, fields=["display_name"], context=WIDENED
                        ),
                    )
                # The address of the customer behind the name of a contact, a user, an order.
                yield (
                    4,
                    door,
                    f"partner of order with address {customer}",
                    f"{customer}P" if visible and f"{customer}Q" in role.allowed and not denied else None,
                    lambda door=door, quotation=quotation: self._rpc(
                        door, "sale.order", "read", quotation.ids, fields=["partner_id"], context=WIDENED
                    ),
                )
                for path, model, allowed in (
                    ([("parent_id.street", "=ilike", f"{mark(customer, 'P')}%")], "res.partner", visible),
                    ([("partner_id.email", "=ilike", f"{mark(customer, 'P')}%")], "sale.order", visible and not denied),
                    (
                        [("order_line.name", "ilike", mark(customer, "S")), ("state", "=", "sale")],
                        "sale.order",
                        f"{customer}S" in role.allowed and not denied,
                    ),
                    ([("partner_id.phone", "ilike", mark(customer, "P"))], "res.partner.bank", visible),
                    ([("email", "=ilike", f"{mark(customer, 'P')}%")], "mail.followers", visible),
                    ([("phone", "ilike", mark(customer, "P"))], "calendar.attendee", visible),
                    ([("commercial_partner_id", "child_of", partner.ids)], "res.partner", visible),
                    ([("id", "child_of", partner.ids)], "res.partner", visible),
                ):
                    yield (
                        5,
                        door,
                        f"count {model} {path[0][0]} {customer}",
                        "yes" if allowed else "no",
                        lambda door=door, model=model, path=path: self._yes(
                            self._rpc(door, model, "search", domain=path)
                        ),
                    )

    def _yes(self, answer):
        """Answer "yes" where ids came back."""
        if self._refused(answer):
            return "no"
        if answer.startswith("{"):
            answer = json.dumps(json.loads(answer).get("result", []))
        return "yes" if any(char.isdigit() for char in answer) else "no"

    def _in_debug(self, call):
        """In debug mode, where error texts are longer."""
        self.session.debug = "1"
        root.session_store.save(self.session)
        try:
            return call()
        finally:
            self.session.debug = ""
            root.session_store.save(self.session)

    def _effects(self, role):
        """Rows 1, 8, 18 to 23, 25, 30, 31: what may not be done to a record; (row, door, name, allowed, call)."""
        may_write = role.is_agent or role.name == "salesperson"
        # By `leads_agent_lifecycle`, managers enter and correct customers.
        enters = role.name in ("salesperson", "manager")
        for customer in "ABCDE":
            things = self.world[customer]
            partner, quotation, sold = things["partner"], things["quotation"], things["sold"]
            sees = f"{customer}P" in role.allowed
            # Within the grace a customer is read, not changed.
            holds = sees and not (customer == "E" and role.locked and role.is_agent)
            own = self.world["D" if role.user == "other_agent" else "A"]["quotation"]
            for door in DOORS:

                def rpc(model, method, ids=None, door=door, **kwargs):
                    return self._rpc(door, model, method, ids, **kwargs)

                yield (
                    1,
                    door,
                    f"write partner {customer}",
                    (holds and may_write) or role.name == "manager",
                    lambda rpc=rpc, p=partner: rpc("res.partner", "write", p.ids, vals={"street2": "hacked"}),
                )
                yield (
                    1,
                    door,
                    f"write quotation {customer}",
                    holds and may_write,
                    lambda rpc=rpc, o=quotation: rpc("sale.order", "write", o.ids, vals={"client_order_ref": "hacked"}),
                )
                yield (
                    1,
                    door,
                    f"write sold {customer}",
                    role.name == "salesperson",
                    lambda rpc=rpc, o=sold: rpc("sale.order", "write", o.ids, vals={"client_order_ref": "hacked"}),
                )
                yield (
                    2,
                    door,
                    f"write line {customer}",
                    holds and may_write,
                    lambda rpc=rpc, o=quotation: rpc(
                        "sale.order.line", "write", o.order_line.ids, vals={"name": "hacked"}
                    ),
                )
                yield (
                    2,
                    door,
                    f"write sold line {customer}",
                    role.name == "salesperson",
                    lambda rpc=rpc, o=sold: rpc("sale.order.line", "write", o.order_line.ids, vals={"name": "hacked"}),
                )
                yield (
                    2,
                    door,
                    f"unlink line {customer}",
                    holds and may_write,
                    lambda rpc=rpc, o=quotation: rpc("sale.order.line", "unlink", o.order_line.ids),
                )
                yield (
                    1,
                    door,
                    f"copy {customer}",
                    holds and may_write,
                    lambda rpc=rpc, o=quotation: rpc("sale.order", "copy", o.ids),
                )
                yield (
                    1,
                    door,
                    f"cancel {customer}",
                    holds and may_write,
                    lambda rpc=rpc, o=quotation: rpc("sale.order", "action_cancel", o.ids),
                )
                yield (
                    1,
                    door,
                    f"confirm {customer}",
                    holds and may_write,
                    lambda rpc=rpc, o=quotation: rpc("sale.order", "action_confirm", o.ids),
                )
                yield 1, door, f"unlink {customer}", False, lambda rpc=rpc, o=sold: rpc("sale.order", "unlink", o.ids)
                yield (
                    8,
                    door,
                    f"signup token {customer}",
                    # Odoo gives it to every internal user: not ours to take from those who are no agents.
                    sees or not role.is_agent,
                    lambda rpc=rpc, p=partner: self._keys_are_ids(rpc("res.partner", "signup_get_auth_param", p.ids)),
                )
                for field in ("partner_id", "partner_invoice_id", "partner_shipping_id"):
                    yield (
                        18,
                        door,
                        f"{field} of own order to {customer}",
                        sees and may_write,
                        lambda rpc=rpc, p=partner, own=own, field=field: rpc(
                            "sale.order", "write", own.ids, vals={field: p.id}
                        ),
                    )
                yield (
                    22,
                    door,
                    f"create order for {customer}",
                    holds and may_write,
                    lambda rpc=rpc, p=partner: rpc("sale.order", "create", vals_list=[{"partner_id": p.id}]),
                )
                yield (
                    19,
                    door,
                    f"subscribe self {customer}",
                    sees,
                    lambda rpc=rpc, p=partner: self._false_is_refused(
                        rpc("res.partner", "message_subscribe", p.ids, partner_ids=self.user.partner_id.ids)
                    ),
                )
                yield (
                    20,
                    door,
                    f"message_post {customer}",
                    sees if role.is_agent else enters,
                    lambda rpc=rpc, p=partner: rpc("res.partner", "message_post", p.ids, body="x"),
                )
                yield (
                    20,
                    door,
                    f"attach {customer}",
                    (holds and may_write) or role.name == "manager",
                    lambda rpc=rpc, p=partner: rpc(
                        "ir.attachment",
                        "create",
                        vals_list=[{"name": "x", "res_model": "res.partner", "res_id": p.id, "raw": "x"}],
                    ),
                )
                yield (
                    20,
                    door,
                    f"follow by hand {customer}",
                    False,
                    lambda rpc=rpc, p=partner: rpc(
                        "mail.followers",
                        "create",
                        vals_list=[{"res_model": "res.partner", "res_id": p.id, "partner_id": self.user.partner_id.id}],
                    ),
                )
                yield (
                    20,
                    door,
                    f"message by hand {customer}",
                    sees if role.is_agent else enters,
                    lambda rpc=rpc, p=partner: rpc(
                        "mail.message", "create", vals_list=[{"model": "res.partner", "res_id": p.id, "body": "x"}]
                    ),
                )
                yield (
                    21,
                    door,
                    f"lead for {customer}",
                    # By `leads_agent_offer`, managers enter incoming leads.
                    enters,
                    lambda rpc=rpc, p=partner: rpc("crm.lead", "create", vals_list=[{"name": "x", "partner_id": p.id}]),
                )
                yield (
                    23,
                    door,
                    f"merge {customer}",
                    role.name == "salesperson",
                    lambda rpc=rpc, p=partner: rpc(
                        "base.partner.merge.automatic.wizard", "create", vals_list=[{"partner_ids": [[6, 0, p.ids]]}]
                    ),
                )
                yield (
                    23,
                    door,
                    f"portal access {customer}",
                    role.name == "salesperson",
                    lambda rpc=rpc, p=partner: rpc(
                        "portal.wizard", "create", vals_list=[{"partner_ids": [[6, 0, p.ids]]}]
                    ),
                )
                yield (
                    23,
                    door,
                    f"advance payment {customer}",
                    role.name == "salesperson",
                    lambda rpc=rpc, o=sold: rpc(
                        "sale.advance.payment.inv", "create", vals_list=[{"sale_order_ids": [[6, 0, o.ids]]}]
                    ),
                )
                for name, vals in (
                    ("access_token", {"access_token": "guess"}),
                    ("leads_agent_id", {"leads_agent_id": self.user.id}),
                ):
                    yield (
                        18 if name == "access_token" else 30,
                        door,
                        f"write {name} {customer}",
                        name == "access_token" and role.name == "salesperson",
                        lambda rpc=rpc, o=quotation, vals=vals: rpc("sale.order", "write", o.ids, vals=vals),
                    )
                yield (
                    30,
                    door,
                    f"take the lead {customer}",
                    False,
                    lambda rpc=rpc, p=partner: rpc(
                        "res.partner", "write", p.ids, vals={"leads_agent_id": self.user.id}
                    ),
                )
                yield (
                    30,
                    door,
                    f"assign oneself {customer}",
                    role.name == "manager" and customer in "BCE",
                    lambda rpc=rpc, p=partner: rpc(
                        "leads.agent.assignment",
                        "create",
                        vals_list=[{"partner_id": p.id, "agent_id": self.far_or_agent(role).id}],
                    ),
                )
                yield (
                    25,
                    door,
                    f"import by id {customer}",
                    enters,
                    lambda rpc=rpc, p=partner: self._import_answer(
                        rpc("res.partner", "load", fields=[".id", "street2"], data=[[str(p.id), "hacked"]])
                    ),
                )
            yield (
                22,
                "call_kw",
                f"onchange {customer}",
                sees and may_write,
                lambda p=partner: self._post(
                    "/web/dataset/call_kw",
                    model="sale.order",
                    method="onchange",
                    args=[[], {"partner_id": p.id}, ["partner_id"], {"partner_shipping_id": {}}],
                    kwargs={},
                ),
            )
            yield (
                22,
                "call_kw",
                f"onchange by default {customer}",
                sees and may_write,
                lambda p=partner: self._post(
                    "/web/dataset/call_kw",
                    model="sale.order",
                    method="onchange",
                    args=[[], {}, [], {"partner_id": {}}],
                    kwargs={"context": {"default_partner_id": p.id}},
                ),
            )
            yield (
                1,
                "call_button",
                f"confirm {customer}",
                holds and may_write,
                lambda o=quotation: self._post(
                    "/web/dataset/call_button", model="sale.order", method="action_confirm", args=[o.ids], kwargs={}
                ),
            )
            yield (
                1,
                "call_button",
                f"open sending {customer}",
                # Opening the dialog needs no more than reading the order.
                sees and role.name != "role lost",
                lambda o=quotation: self._post(
                    "/web/dataset/call_button",
                    model="sale.order",
                    method="action_quotation_send",
                    args=[o.ids],
                    kwargs={},
                ),
            )
            yield (
                19,
                "/mail/message/post",
                f"post on {customer}",
                sees if role.is_agent else enters,
                lambda p=partner: self._post(
                    "/mail/message/post",
                    thread_model="res.partner",
                    thread_id=p.id,
                    post_data={"body": "x", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
                ),
            )
            yield (
                20,
                "/mail/thread/subscribe",
                f"{customer}",
                sees,
                lambda p=partner: self._post(
                    "/mail/thread/subscribe",
                    res_model="res.partner",
                    res_id=p.id,
                    partner_ids=self.user.partner_id.ids,
                ),
            )

    def far_or_agent(self, role):
        """Whom to assign: an agent tries themselves, others try an agent."""
        return self.user if role.is_agent else self.agent

    def _keys_are_ids(self, answer):
        """XML-RPC has no dictionaries by number: an answer that it cannot carry was an answer."""
        return answer if "dictionary key must be string" not in answer else "carried"

    def _false_is_refused(self, answer):
        """Odoo does not subscribe oneself to what one may not read, and says so by False."""
        return '"error"' if answer in ("false", "False") or answer.endswith('"result": false}') else answer

    def _import_answer(self, answer):
        """A refused import answers politely, with messages instead of an error."""
        return answer if "False" not in answer and '"ids": false' not in answer else '"error"'

    # ------------------------------------------------------------------
    # Firing
    # ------------------------------------------------------------------

    def _fire(self, role):
        rng = random.Random(f"{SEED} {role.name}")
        per_door, problems, twins = Counter(), [], Counter()
        reading = [*self._reading(role), *self._web(role), *self._mail(role), *self._oracles(role)]
        effects = list(self._effects(role))
        if not WHOLE:
            reading, effects = rng.sample(reading, SAMPLE), rng.sample(effects, SAMPLE // 2)
        for row, door, name, expected, call in reading:
            answer = call()
            found = marks_in(answer)
            if expected in ("yes", "no"):
                right = answer == expected
            else:
                right = (expected in found) if expected else not found & self._secret(role)
            leaked = found - role.allowed
            per_door[door] += 1
            twins[bool(expected) and expected != "no"] += 1
            if leaked:
                problems.append(f"LEAK row {row} {door} {name}: {sorted(leaked)}")
            elif not right:
                problems.append(f"row {row} {door} {name}: expected {expected or 'nothing'}, answer {answer[-400:]}")
        for row, door, name, allowed, call in effects:
            with self._rolled_back():
                answer = call()
            per_door[door] += 1
            twins[bool(allowed)] += 1
            if leaked := marks_in(answer) - role.allowed:
                problems.append(f"LEAK row {row} {door} {name}: {sorted(leaked)}")
            if self._refused(answer) == bool(allowed):
                problems.append(
                    f"row {row} {door} {name}: expected {'allowed' if allowed else 'refused'}, answer {answer[-400:]}"
                )
        return per_door, twins, problems

    def _secret(self, role):
        """Marks that an answer may not hold though nothing particular is expected."""
        return frozenset(customer + kind for customer in "ABCDEX" for kind in "PQS") - role.allowed

    def test_no_page_of_a_list_lets_others_in(self):
        """What is left out of a page does not let rows in behind it that nobody looked at."""
        for role in ROLES:
            with self.subTest(role.name), self._as(role):
                self._enter(role)
                for model, names in (
                    ("mail.message", ["body", "subject", "record_name"]),
                    ("mail.activity", ["summary", "note", "res_name"]),
                    ("mail.notification", ["mail_message_id", "res_partner_id"]),
                ):
                    for limit in (*range(1, 10), 20, 40):
                        for offset in (0, limit):
                            page = {"limit": limit, "offset": offset, "order": "id desc", "fields": names}
                            answer = self._rpc("call_kw", model, "search_read", domain=[], **page)
                            self.assertFalse(marks_in(answer) - role.allowed, f"{model}, {page}")

    @mute_logger(*MUTED)
    def test_every_attack_at_every_door(self):
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        figure("probes", "seed (LEADS_SEED)", SEED if not WHOLE else "all of them")
        for role in ROLES:
            with self.subTest(role.name), self._as(role):
                started = time.monotonic()
                self._enter(role)
                per_door, twins, problems = self._fire(role)
                for door, count in sorted(per_door.items()):
                    figure("probes", f"{role.name}: {door}", count)
                figure("probes", f"{role.name}: fired", per_door.total())
                figure("probes", f"{role.name}: expected to be refused", twins[False])
                figure("probes", f"{role.name}: positive twins", twins[True])
                figure("probes", f"{role.name}: leaks", sum(problem.startswith("LEAK") for problem in problems))
                figure("probes", f"{role.name}: seconds", round(time.monotonic() - started, 1))
                self.assertFalse(problems, "\n" + "\n".join(problems))
                if WHOLE:
                    self.assertGreaterEqual(per_door.total(), LEAST_PROBES)
                self.assertTrue(twins[True])
