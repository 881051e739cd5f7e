"""The marked customers, each with all related records."""

import re
from datetime import datetime, timedelta

from odoo.fields import Command

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon
from odoo.addons.leads_agent_lifecycle.moving import LifeCycle

from .marks import mark, price

# Fields that take no free text: codes, keys, and values that Odoo validates.
NO_TEXT = re.compile(
    r"lang|tz|vat|barcode|model|res_model|.*_(model|key|format|store)|.*(token|password|endpoint|uid)|peppol.*"
    r"|lead_(code|linkedin|facebook|instagram|x)"
)


class CustomersCommon(LeadsAgentCommon):
    """Creates customers with a mark in every text."""

    @classmethod
    def _fill(cls, record, text):
        """Write the mark into every text field of the record."""
        for name, field in record._fields.items():
            if (
                field.type in ("char", "text", "html")
                and field.store
                and not (field.readonly or field.related or field.compute or field.inherited)
                and not record[name]
                and not NO_TEXT.fullmatch(name)
            ):
                record[name] = text
        record.flush_recordset()

    @classmethod
    def _make_customer(cls, letter):
        text, company = mark(letter, "P"), cls.far if letter == "X" else cls.env.company
        env = cls.env(context={**cls.env.context, "allowed_company_ids": [company.id]})
        # The name of C is on the old assignments of previous holders, by design; no other data of C may be.
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
            # Odoo itself separates orders by company, and customers only if that is configured.
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
        # The calendars that a colleague displays.
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
        """Make the customer a lead of the life cycle, with all related records."""
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
        """Create a live chat of the customer and the salesperson, a call in it, and ratings of chat and order."""
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
        """Add what Odoo attaches to any document: messages, an attachment, an activity, a follower, a notification."""
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
        """Create two projects per customer: one open to employees, one of a sold order for followers and assignees."""
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
