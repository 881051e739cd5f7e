"""A world full of marks: every text says whose it is, so that a leak names itself.

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
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo.fields import Command

from odoo.addons.leads_agent.tests.common import AGENT, MANAGER, LeadsAgentCommon
from odoo.addons.leads_agent_lifecycle.moving import LifeCycle
from odoo.addons.leads_agent_offer.offering import Offering

_logger = logging.getLogger(__name__)

WHOLE = os.environ.get("LEADS_PROVE") == "1"
CUSTOMERS = "ABCDEX"
KINDS = "PQS"
_MARK = re.compile(r"cnry-([a-z])([a-z])", re.IGNORECASE)
_PRICE = re.compile(r"7,?71(\d)\.([34])1(?!\d)")
# Texts that are no text: codes, keys, and what core checks.
_NO_TEXT = re.compile(
    r"lang|tz|vat|barcode|model|res_model|.*_(model|key|format|store)|.*(token|password|endpoint|uid)|peppol.*"
    r"|lead_(code|linkedin|facebook|instagram|x)"
)


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


class Scenario(LeadsAgentCommon):
    """The marked world; ``world[customer][what]`` are its records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "mail_create_nosubscribe": True})
        cls.salesperson.group_ids += cls.env.ref("base.group_allow_export")
        cls.lost = cls._user("agent_lost", AGENT)
        for user in (cls.agent, cls.other_agent, cls.lost):
            user.notification_type = "inbox"
        cls.far = cls.env["res.company"].create({"name": "Elsewhere"})
        far = {"company_id": cls.far.id, "company_ids": [Command.set(cls.far.ids)]}
        cls.far_agent = cls._user("agent_far", AGENT, **far)
        cls.far_manager = cls._user("manager_far", MANAGER, **far)
        cls.plan = cls.env["account.analytic.plan"].create({"name": "Plan"})
        cls.stored = cls.env["product.product"].create({"name": "Grinder", "is_storable": True})
        # Customers may be called at any hour.
        cls.env["leads.agent.calling.hours"].search([]).unlink()
        cls.world = {customer: cls._make_customer(customer) for customer in CUSTOMERS}
        cls._make_projects()
        cls._assign_customers()
        cls._make_offers()
        cls.env.flush_all()

    # ------------------------------------------------------------------
    # Making the world
    # ------------------------------------------------------------------

    @classmethod
    def _fill(cls, record, text):
        """Write the mark into every text of the record that takes one."""
        for name, field in record._fields.items():
            if (
                field.type in ("char", "text", "html")
                and field.store
                and not (field.readonly or field.related or field.compute or field.inherited)
                and not record[name]
                and not _NO_TEXT.fullmatch(name)
            ):
                record[name] = text
        record.flush_recordset()

    @classmethod
    def _make_customer(cls, letter):
        text, company = mark(letter, "P"), cls.far if letter == "X" else cls.env.company
        env = cls.env(context={**cls.env.context, "allowed_company_ids": [company.id]})
        # The name of C stands on the old assignments of those who once held C, by design; nothing else of C may.
        name = "Once Mine" if letter in "CX" else f"{text} name"
        partner = env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": "far@example.com" if letter == "X" else f"{text}@example.com",
                "company_id": company.id if letter == "X" else False,
                "leads_zone": "Europe/Brussels",
            }
        )
        if letter == "X":
            # Odoo itself keeps orders apart by company, and customers only where that was set up.
            things = {"partner": partner}
            cls._make_lifecycle(env, text, things)
            cls._make_order(env, letter, "Q", "draft", things)
            return things
        partner.vat = text
        cls._fill(partner, text)
        contact = env["res.partner"].create({"name": f"{text} contact", "parent_id": partner.id, "type": "other"})
        cls._fill(contact, text)
        things = {"partner": partner, "contact": contact}
        things["bank"] = env["res.partner.bank"].create({"acc_number": f"{text} bank", "partner_id": partner.id})
        things["analytic"] = env["account.analytic.account"].create(
            {"name": f"{text} analytic", "code": text, "partner_id": partner.id, "plan_id": cls.plan.id}
        )
        things["lead"] = env["crm.lead"].create({"name": f"{mark(letter, 'Q')} lead", "partner_id": partner.id})
        cls._fill(things["lead"], mark(letter, "Q"))
        holder = {"A": cls.agent, "D": cls.other_agent, "E": cls.agent}.get(letter, cls.salesperson)
        start = datetime.now().replace(microsecond=0) + timedelta(days=2)
        things["event"] = env["calendar.event"].create(
            {
                "name": f"{text} meeting",
                "start": start,
                "stop": start + timedelta(hours=1),
                "user_id": cls.salesperson.id,
                "partner_ids": [Command.set((partner | holder.partner_id).ids)],
            }
        )
        cls._fill(things["event"], text)
        things["recurrence"] = env["calendar.recurrence"].create(
            {"base_event_id": things["event"].id, "rrule_type": "daily"}
        )
        things["attendee"] = things["event"].attendee_ids.filtered(lambda attendee: attendee.partner_id == partner)
        things["letter"] = env["snailmail.letter"].create(
            {
                "partner_id": partner.id,
                "model": "res.partner",
                "res_id": partner.id,
                "user_id": holder.id,
                "company_id": company.id,
            }
        )
        cls._fill(things["letter"], text)
        # Whose calendar a colleague looks at.
        things["filter"] = env["calendar.filters"].create({"user_id": cls.salesperson.id, "partner_id": partner.id})
        cls._hang_on(partner, text, things, "partner")
        for kind, states in (("Q", ("draft",)), ("S", ("sale", "cancel"))):
            for state in states:
                cls._make_order(env, letter, kind, state, things)
        things["invoice"] = cls._make_invoice(env, letter, partner)
        cls._make_lifecycle(env, text, things)
        cls._make_chat(env, letter, things)
        return things

    @classmethod
    def _make_lifecycle(cls, env, text, things):
        """The customer is a lead, with all that hangs on one."""
        partner = things["partner"]
        partner.write(
            {
                "lead_code": f"{text}-CODE",
                "lead_linkedin": f"linkedin.com/in/{text}",
                "lead_stage_id": env.ref("leads_agent_lifecycle.stage_lead").id,
            }
        )
        LifeCycle(env).move(
            {
                partner.id: (
                    env.ref("leads_agent_lifecycle.stage_prospect").id,
                    env.ref("leads_agent_lifecycle.status_contacted").id,
                )
            },
            reasons={partner.id: f"{text} moved"},
        )
        things["move"] = partner.lead_move_ids.filtered("reason")
        lead = {"partner_id": partner.id}
        things["identity"] = env["leads.agent.identity"].create({**lead, "channel": "chat", "key": f"{text} key"})
        things["visit"] = env["leads.agent.visit"].create({**lead, "channel": "chat", "device": f"{text} device"})
        things["received"] = env["leads.agent.received"].create(
            {
                "company_id": env.company.id,
                "channel": "whatsapp",
                "key": f"{text} received",
                "state": "failed",
                "email_from": f"{text} sender",
                "subject": f"{text} subject",
                "body": f"{text} body",
                "came_with": {"model": f"{text} came with"},
            }
        )
        things["received_source"] = env["ir.attachment"].create(
            {
                "name": f"{text} mail.eml",
                "raw": f"{text} source".encode(),
                "mimetype": "message/rfc822",
                "res_model": "leads.agent.received",
                "res_id": things["received"].id,
            }
        )
        things["import_line"] = env["leads.agent.import.line"].create(
            {**lead, "company_id": env.company.id, "result": "changed", "changes": f"{text} changes"}
        )
        things["officer"] = env["leads.agent.officer"].create({**lead, "user_id": cls.salesperson.id})

    @classmethod
    def _make_chat(cls, env, letter, things):
        """A live chat of the customer with the salesperson, a call in it, and ratings, of the chat and of an order."""
        text, partner = mark(letter, "P"), things["partner"]
        things["chat"] = chat = env["discuss.channel"].create(
            {
                "name": f"{text} chat",
                "channel_type": "livechat",
                "livechat_operator_id": cls.salesperson.partner_id.id,
                "leads_partner_id": partner.id,
                "channel_member_ids": [
                    Command.create({"partner_id": member.id, "livechat_member_type": kind})
                    for member, kind in ((cls.salesperson.partner_id, "agent"), (partner, "visitor"))
                ],
            }
        )
        message = chat.message_post(body=f"{text} said", author_id=partner.id, message_type="comment")
        env["discuss.call.history"].create(
            {"channel_id": chat.id, "start_dt": message.date, "start_call_message_id": message.id}
        )
        things["guest"] = guest = env["mail.guest"].create({"name": f"{text} guest", "email": f"{text}@example.com"})
        talk = env["discuss.channel"].create({"name": f"{text} talk", "channel_type": "group"})
        talk._add_members(users=cls.agent if letter in "AE" else cls.salesperson, guests=guest)
        for document, kind in ((chat, "P"), (things["sold"], "S")):
            env["rating.rating"].create(
                {
                    "res_model_id": env["ir.model"]._get_id(document._name),
                    "res_id": document.id,
                    "partner_id": partner.id,
                    "rated_partner_id": cls.salesperson.partner_id.id,
                    "rating": 5,
                    "feedback": f"{mark(letter, kind)} feedback",
                    "consumed": True,
                }
            )

    @classmethod
    def _hang_on(cls, record, text, things, what):
        """What Odoo hangs on any document: messages, an attachment, an activity, a follower, a notification."""
        partner = things["partner"]
        record.message_subscribe(partner_ids=partner.ids)
        things[f"{what}_follower"] = record.message_follower_ids.filtered(lambda f: f.partner_id == partner)
        things[f"{what}_message"] = record.message_post(
            body=f"{text} message",
            subject=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
        )
        things[f"{what}_notification"] = things[f"{what}_message"].notification_ids.filtered(
            lambda notification: notification.res_partner_id == partner
        )
        things[f"{what}_attachment"] = record.env["ir.attachment"].create(
            {
                "name": f"{text} file.txt",
                "raw": f"{text} content".encode(),
                "mimetype": "text/plain",
                "res_model": record._name,
                "res_id": record.id,
                "description": text,
            }
        )
        things[f"{what}_activity"] = record.activity_schedule(
            "mail.mail_activity_data_todo", summary=f"{text} activity", note=text, user_id=cls.salesperson.id
        )
        things[f"{what}_scheduled"] = record.env["mail.scheduled.message"].create(
            {
                "subject": text,
                "body": f"{text} scheduled",
                "model": record._name,
                "res_id": record.id,
                "author_id": cls.salesperson.partner_id.id,
                "scheduled_date": datetime.now() + timedelta(days=3),
            }
        )

    @classmethod
    def _make_order(cls, env, letter, kind, state, things):
        text, what = mark(letter, kind), "quotation" if kind == "Q" else "sold" if state == "sale" else "cancelled"
        order = env["sale.order"].create(
            {
                "partner_id": things["partner"].id,
                "name": f"Once/{state}" if letter == "C" else f"{text}/{state}",
                "client_order_ref": f"{text} {state}",
                "note": f"<p>{text}</p>",
                "access_token": f"{text}-{state}-token",
                "date_order": datetime.now() - timedelta(days=0 if kind == "Q" else 9),
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "name": f"{text} line",
                            "price_unit": price(letter, kind),
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        cls._fill(order, text)
        if letter != "X":
            cls._hang_on(order, text, things, what)
        if state != "draft":
            date_order = order.date_order
            order.write({"state": state})
            order.date_order = date_order
        things[what], things[f"{what}_line"] = order, order.order_line
        if what == "sold":
            cls._make_delivery(order, text, things)

    @classmethod
    def _make_delivery(cls, order, text, things):
        warehouse = order.warehouse_id
        line = order.order_line
        things["delivery"] = picking = order.env["stock.picking"].create(
            {
                "partner_id": order.partner_id.id,
                "picking_type_id": warehouse.out_type_id.id,
                "sale_id": order.id,
                "origin": f"{text} origin",
                "note": text,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "product_uom_qty": 1,
                            "sale_line_id": line.id,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": order.env.ref("stock.stock_location_customers").id,
                            "description_picking": text,
                            "move_line_ids": [Command.create({"product_id": line.product_id.id, "quantity": 1})],
                        }
                    )
                ],
            }
        )
        things["delivery_move"] = picking.move_ids
        things["delivery_quantity"] = picking.move_line_ids
        things["stored"] = order.env["stock.quant"].create(
            {
                "product_id": cls.stored.id,
                "location_id": warehouse.lot_stock_id.id,
                "owner_id": things["partner"].id,
                "quantity": 1,
            }
        )

    @classmethod
    def _make_projects(cls):
        """Of each customer a project open to employees, and one of a sold order for followers and assignees."""
        agents = cls.agent | cls.other_agent | cls.salesperson
        for letter in "ABCDE":
            things = cls.world[letter]
            for key, kind, privacy, assignees in (
                ("project", "P", "portal", agents | cls.lost),
                ("sold_project", "S", "followers", agents),
            ):
                text = mark(letter, kind)
                project = cls.env["project.project"].create(
                    {
                        "name": f"{text} project",
                        "partner_id": things["partner"].id,
                        "privacy_visibility": privacy,
                        "allow_billable": True,
                        "allow_milestones": True,
                        "reinvoiced_sale_order_id": things["sold"].id if kind == "S" else False,
                    }
                )
                task = cls.env["project.task"].create(
                    {
                        "name": f"{text} task",
                        "project_id": project.id,
                        "user_ids": [Command.set(assignees.ids)],
                    }
                )
                cls._fill(project, text)
                cls._fill(task, text)
                things[key], things[f"{key}_task"] = project, task
            project, text = {"project_id": things["project"].id}, mark(letter, "P")
            things["milestone"] = cls.env["project.milestone"].create({"name": f"{text} milestone", **project})
            things["project_update"] = cls.env["project.update"].create(
                {"name": f"{text} update", "status": "on_track", **project}
            )
            cls._fill(things["project_update"], text)
            cls.env["project.collaborator"].create({"partner_id": things["partner"].id, **project})
            things["project_task"].message_post(body=f"{text} was painted", message_type="comment")

    @classmethod
    def _make_invoice(cls, env, letter, partner):
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "ref": mark(letter, "S"),
                "invoice_line_ids": [
                    Command.create(
                        {"name": mark(letter, "S"), "price_unit": price(letter, "S"), "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        cls._fill(invoice, mark(letter, "S"))
        return invoice

    @classmethod
    def _assign_customers(cls):
        world = cls.world
        # C went through three hands; each wrote, was told, followed and planned.
        for user in (cls.agent, cls.other_agent, cls.lost):
            assignment = cls._assign(world["C"]["partner"], user)
            cls._work_on(user, "C")
            assignment.with_user(cls.manager).action_unassign()
        for letter in "AE":
            cls._assign(world[letter]["partner"], cls.agent)
            cls._work_on(cls.agent, letter)
        cls._resolve(cls._active(world["E"]["partner"]))
        cls._assign(world["D"]["partner"], cls.other_agent)
        cls._work_on(cls.other_agent, "D")
        # A stranger on an order in sight: the name is told there, by design; nothing behind it may be.
        stranger = cls.stranger = cls.env["res.partner"].create({"name": "Passer-by", "email": "CNRY-BP@example.com"})
        cls._fill(stranger, mark("B", "P"))
        world["A"]["quotation"].message_subscribe(partner_ids=(stranger | world["B"]["partner"]).ids)
        world["A"]["quotation"].message_post(body="To a stranger", partner_ids=stranger.ids, message_type="comment")
        cls._open_dialogs(cls.agent, "A")
        cls._open_dialogs(cls.other_agent, "D")
        cls.batch = cls.env["leads.agent.batch.assign"].with_user(cls.far_manager).with_company(cls.far)
        cls.batch = cls.batch.create(
            {"agent_ids": cls.far_agent.ids, "selected_order_ids": world["X"]["quotation"].ids}
        )
        cls.batch.action_assign()
        cls.rule = cls.env["leads.agent.rule"].with_user(cls.far_manager).with_company(cls.far)
        cls.rule = cls.rule.create({"name": "Far", "team_id": cls.env["crm.team"].create({"name": "Far"}).id})
        cls.lifecycle_rule = cls.env["leads.agent.lifecycle.rule"].create(
            {
                "name": "Far",
                "trigger": "sale",
                "stage_id": cls.env.ref("leads_agent_lifecycle.stage_customer").id,
                "company_id": cls.far.id,
            }
        )
        cls.receiver = cls.env["leads.agent.meta.receiver"].create(
            {"name": "Far", "key": "106540352242922", "company_id": cls.far.id}
        )
        cls.self_test = cls.env["leads.agent.self.test"].with_user(cls.far_manager).with_company(cls.far)
        cls.self_test = cls.self_test.browse(cls.self_test.action_run()["res_id"])
        cls._call_customers()
        cls.lost.group_ids = cls.env.ref("base.group_user")

    @classmethod
    def _call_customers(cls):
        """Calls and promises, of whoever talked to the customer; what was promised to C is open to everybody."""
        callers = {"A": cls.agent, "B": cls.lost, "C": cls.agent, "D": cls.other_agent, "E": cls.agent}
        callers["X"] = cls.far_agent
        for letter, user in callers.items():
            things, text = cls.world[letter], mark(letter, "P")
            company = cls.far if letter == "X" else cls.env.company
            things["call"] = cls.env["leads.agent.call"].create(
                {
                    "partner_id": things["partner"].id,
                    "agent_id": user.id,
                    "company_id": company.id,
                    "order_id": things["quotation"].id,
                    "phone": text,
                    "state": "done",
                    "started_at": datetime.now() - timedelta(minutes=9),
                    "disposition_id": cls.env.ref("leads_agent.disposition_callback").id,
                    "note": f"{text} was said",
                }
            )
            things["callback"] = Callback = cls.env["leads.agent.callback"].with_company(company)
            if letter == "E":
                continue  # whose lead is closed, and with it the promise
            things["callback"] = Callback.create(
                {
                    "partner_id": things["partner"].id,
                    "agent_id": user.id,
                    "due_at": datetime.now() + timedelta(days=1),
                    "note": f"{text} wants to hear",
                }
            )
        cls.world["C"]["callback"].write({"agent_id": False, "team_id": False})
        cls.world["B"]["callback"].write({"agent_id": False, "team_id": False})

    @classmethod
    def _make_offers(cls):
        """Incoming leads that are offered, and whose contacts nobody may read before accepting."""
        env = cls.env
        cls.routing_tag = env["leads.agent.tag"].create({"name": "Far away", "company_id": cls.far.id})
        cls.profiles = {}
        for user in (cls.agent, cls.other_agent, cls.far_agent):
            cls.profiles[user] = env["leads.agent.profile"].create({"user_id": user.id})
            env["leads.agent.skill"].create({"profile_id": cls.profiles[user].id, "tag_id": cls.routing_tag.id})
            env["leads.agent.pecking"].create(
                {"profile_id": cls.profiles[user].id, "tag_id": cls.routing_tag.id, "number": 1}
            )
        offered = {"A": cls.agent, "B": cls.agent, "C": cls.agent, "D": cls.other_agent, "X": cls.far_agent}
        for letter, user in offered.items():
            things, text = cls.world[letter], mark(letter, "S")
            company = user.company_id
            things["incoming"] = lead = env["crm.lead"].create(
                {"name": f"{text} incoming", "user_id": False, "company_id": company.id, "team_id": False}
            )
            if letter != "X":
                cls._fill(lead, text)
                lead.leads_offer_hint = False  # is meant to be read
            routing = {"lead_id": lead.id, "company_id": company.id, "agent_id": user.id, "tag_ids": [], "hits": []}
            [routing_id] = (
                env["leads.agent.routing"]._insert([routing | {"verdicts": "[]", "ranked": [user.id]}]).values()
            )
            things["routing"] = env["leads.agent.routing"].browse(routing_id)
            things["offer"] = Offering(env).make([(lead.id, user.id, routing_id, "exclusive")], company)
            env["leads.agent.score.entry"]._add("missed", things["offer"])
            things["points"] = env["leads.agent.score.entry"].search([("offer_id", "=", things["offer"].id)])

    @classmethod
    def _open_dialogs(cls, user, letter):
        """What somebody is just writing about a customer."""
        things, text = cls.world[letter], mark(letter, "Q")
        env = cls.env(user=user)
        things["composer"] = env["mail.compose.message"].create(
            {
                "model": "sale.order",
                "res_ids": str(things["quotation"].ids),
                "composition_mode": "comment",
                "subject": text,
                "body": f"{text} being written",
            }
        )
        things["discount"] = env["sale.order.discount"].create({"sale_order_id": things["quotation"].id})

    @classmethod
    def _work_on(cls, user, letter):
        """What an agent leaves behind on a customer and its orders."""
        for kind, what in (("P", "partner"), ("Q", "quotation")):
            record, text = cls.world[letter][what].with_user(user), mark(letter, kind)
            message = record.message_post(body=f"{text} by {user.login}", message_type="comment")
            cls.world[letter].setdefault(f"{what}_written", message)
            cls.env["mail.notification"].create(
                {
                    "mail_message_id": message.id,
                    "res_partner_id": cls.world[letter]["partner"].id,
                    "author_id": user.partner_id.id,
                    "notification_type": "email",
                    "notification_status": "bounce",
                }
            )
            record.sudo().message_post(body=f"{text} told {user.login}", partner_ids=user.partner_id.ids)
            record.activity_schedule("mail.mail_activity_data_call", summary=f"{text} of {user.login}", user_id=user.id)
            record.message_subscribe(partner_ids=user.partner_id.ids)
        # A confirmed order of the customer was a quotation when the agent wrote on it.
        sold = cls.world[letter]["sold"]
        sold.sudo().message_post(
            body=f"{mark(letter, 'S')} by {user.login}", author_id=user.partner_id.id, message_type="comment"
        )

    # ------------------------------------------------------------------
    # Reading it
    # ------------------------------------------------------------------

    @contextmanager
    def _as(self, role):
        """An environment of the role under its settings; what happens in it is rolled back."""
        company = self.env.company
        with self._rolled_back():
            company.write(
                {
                    "leads_agent_lock_assigned": role.locked,
                    "leads_agent_view_non_partial": role.view_non_partial,
                }
            )
            self._settle()
            yield self.env(user=getattr(self, role.user), context={})

    @contextmanager
    def _rolled_back(self):
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.registry.clear_cache()
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()

    def _settle(self):
        """Write everything down and forget it, as between two requests."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
