from dataclasses import replace

from odoo import http
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .journeys import Journeys
from .marks import ROLES


@tagged("post_install", "-at_install", "leads_prove")
class TestJourneysEntering(Journeys):
    """Under the lock, what an agent enters in Odoo's own forms, as opened by their buttons, is saved."""

    def setUp(self):
        super().setUp()
        # Addresses on orders, shown by a setting.
        self.env.ref("base.group_user").implied_ids += self.env.ref("account.group_delivery_invoice_address")
        self.partner = self.world["A"]["partner"]
        self.quotation = self.world["A"]["quotation"]

    def _context(self, action):
        """Return the context with which a button opens a form."""
        return {key: value for key, value in action["context"].items() if not key.startswith("search_default_")}

    def _action(self, model, method, ids, **kwargs):
        return self._call(model, method, ids, **kwargs)

    # ------------------------------------------------------------------
    # Meetings
    # ------------------------------------------------------------------

    def test_meeting_with_a_customer_and_a_colleague(self):
        action = self._action("res.partner", "schedule_meeting", [self.partner.id])
        form = self._open(self._mine("calendar.event", **self._context(action)))
        form.name = "Tasting"
        form.partner_ids.add(self.manager.partner_id)
        meeting = form.save()
        guests = self.partner | self.manager.partner_id | self.user.partner_id
        self.assertEqual(meeting.sudo().partner_ids, guests)
        self.assertEqual(meeting.sudo().attendee_ids.partner_id, guests)
        form = self._open(meeting)
        form.location = "At their shop"
        form.partner_ids.remove(id=self.manager.partner_id.id)
        form.save()
        self.assertEqual(meeting.sudo().partner_ids, guests - self.manager.partner_id)
        self._call("calendar.event", "action_join_video_call", [meeting.id])
        self._told()

    def test_meeting_from_an_activity(self):
        activity = self.partner.with_user(self.user).activity_schedule(
            "mail.mail_activity_data_meeting", user_id=self.user.id
        )
        self._settle()
        context = {"default_res_model": "res.partner", "default_res_id": self.partner.id}
        action = self._action("mail.activity", "action_create_calendar_event", [activity.id], context=context)
        form = self._open(self._mine("calendar.event", **self._context(action)))
        meeting = form.save()
        self.assertEqual(activity.calendar_event_id.id, meeting.id)
        self.assertEqual((meeting.sudo().res_model, meeting.sudo().res_id), ("res.partner", self.partner.id))
        self._told()

    def test_meeting_with_a_hidden_guest_keeps_the_guest(self):
        hidden = self.world["C"]["partner"]
        # What attendees reveal is tested in the proofs of visibility.
        self.locked = replace(self.locked, allowed=self.locked.allowed | {"CP"})
        meeting = self.world["A"]["event"]
        meeting.write({"user_id": self.user.id, "partner_ids": [Command.link(hidden.id)]})
        self._settle()
        guests = meeting.partner_ids
        form = self._open(meeting.with_user(self.user))
        form.location = "At their shop"
        form.partner_ids.add(self.manager.partner_id)
        form.save()
        self.assertEqual(meeting.location, "At their shop")
        self.assertEqual(meeting.partner_ids, guests | self.manager.partner_id)
        self.assertEqual(meeting.attendee_ids.partner_id, meeting.partner_ids)
        self._told()

    # ------------------------------------------------------------------
    # Chatter and activities
    # ------------------------------------------------------------------

    def test_chatter_with_a_mention_and_the_customer(self):
        for record in (self.partner, self.quotation):
            found = self._call("res.partner", "get_mention_suggestions", search=self.manager.name)
            self.assertIn(self.manager.partner_id.id, [person["id"] for person in found["res.partner"]])
            self._ok(
                self._post(
                    "/mail/message/post",
                    thread_model=record._name,
                    thread_id=record.id,
                    post_data={
                        "body": "They ask for a discount",
                        "message_type": "comment",
                        "subtype_xmlid": "mail.mt_note",
                        "partner_ids": [self.manager.partner_id.id, self.partner.id],
                    },
                )
            )
            self._settle()
            message = record.message_ids[0]
            self.assertEqual(message.partner_ids, self.manager.partner_id | self.partner)
            self._ok(
                self._post(
                    "/mail/message/update_content",
                    message_id=message.id,
                    update_data={"body": "They ask for a big discount", "attachment_ids": []},
                )
            )
            self.assertIn("big discount", message.body)
        self._told()

    def test_activity_is_planned_changed_and_done(self):
        for record in (self.partner, self.quotation):
            context = {"active_model": record._name, "active_ids": record.ids, "active_id": record.id}
            before = record.activity_ids
            form = self._open(self._mine("mail.activity.schedule", **context))
            form.activity_type_id = self.env.ref("mail.mail_activity_data_call")
            form.summary = "Ring again"
            dialog = form.save()
            self._call("mail.activity.schedule", "action_schedule_activities", [dialog.id], context=context)
            self._settle()
            activity = record.activity_ids - before
            self.assertEqual((activity.summary, activity.user_id), ("Ring again", self.user))
            context = {"default_res_model": record._name, "default_res_id": record.id}
            form = self._open(activity.with_user(self.user).with_context(**context))
            form.summary = "Ring tomorrow"
            form.user_id = self.manager
            form.save()
            self.assertEqual((activity.summary, activity.user_id), ("Ring tomorrow", self.manager))
            self._call("mail.activity", "action_feedback", [activity.id], feedback="Reached")
        self._told()

    # ------------------------------------------------------------------
    # Composers
    # ------------------------------------------------------------------

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_full_composer_for_an_e_mail_and_for_a_note(self):
        for record in (self.partner, self.quotation):
            for subtype, guests in (("mail.mt_comment", self.partner.ids), ("mail.mt_note", [])):
                context = {
                    "default_model": record._name,
                    "default_res_ids": record.ids,
                    "default_subtype_xmlid": subtype,
                    "default_partner_ids": guests,
                    "default_body": "<p>As we said</p>",
                    "default_email_add_signature": False,
                    "clicked_on_full_composer": True,
                }
                form = self._open(self._mine("mail.compose.message", **context))
                composer = form.save()
                self._call("mail.compose.message", "action_send_mail", [composer.id], context=context)
                self._settle()
                message = record.message_ids[0]
                self.assertEqual((message.author_id, message.partner_ids.ids), (self.user.partner_id, guests))
        self._told()

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_quotation_is_sent_from_its_dialog(self):
        action = self._action("sale.order", "action_quotation_send", [self.quotation.id])
        form = self._open(self._mine(action["res_model"], **self._context(action)))
        composer = form.save()
        self.assertEqual(composer.sudo().partner_ids, self.partner)
        self._call("mail.compose.message", "action_send_mail", [composer.id], context=self._context(action))
        self._settle()
        self.assertEqual(self.quotation.state, "sent")
        self._told()

    def test_sms_composer(self):
        self.partner.phone = "+32 475 55 01 99"
        self._settle()
        context = {
            "default_res_model": "res.partner",
            "default_res_id": self.partner.id,
            "default_number_field_name": "phone",
            "default_composition_mode": "comment",
        }
        form = self._open(self._mine("sms.composer", **context))
        form.body = "We ring at ten"
        composer = form.save()
        self._call("sms.composer", "action_send_sms", [composer.id], context=context)
        self._settle()
        [sms] = self.env["sms.sms"].search([("partner_id", "=", self.partner.id)], order="id desc", limit=1)
        self.assertEqual(sms.body, "We ring at ten")
        self._told()

    # ------------------------------------------------------------------
    # Contacts
    # ------------------------------------------------------------------

    def test_quick_create_of_a_customer_and_of_a_contact(self):
        made, _name = self._call("res.partner", "name_create", "Corner Shop")
        customer = self.env["res.partner"].browse(made)
        self.assertEqual(customer.leads_agent_id, self.user)
        context = {"default_type": "delivery", "default_parent_id": self.partner.id}
        form = self._open(self._mine("res.partner", **context))
        form.name = "Dock 4"
        form.street = "Quay 4"
        contact = form.save()
        self.assertEqual((contact.parent_id, contact.type), (self.partner, "delivery"))
        form = self._open(self._mine("res.partner"))
        form.name = "Market Hall"
        form.email = "hall@example.com"
        self.assertEqual(form.save().leads_agent_id, self.user)
        self._told()

    def test_contact_is_entered_on_the_form_of_the_customer(self):
        form = self._open(self.partner.with_user(self.user))
        form.phone = "+32 3 555 01 99"
        with form.child_ids.new() as contact:
            contact.name = "Jo Porter"
            contact.email = "jo@example.com"
        form.save()
        self.assertEqual(self.partner.phone, "+32 3 555 01 99")
        self.assertIn("Jo Porter", self.partner.child_ids.mapped("name"))
        self._told()

    @mute_logger("odoo.http")
    def test_import_of_new_customers(self):
        """The import wizard of contacts: each line becomes a customer of the agent."""
        names = [f"Imported {number}" for number in range(5)]
        rows = "\n".join(["Name,Phone,City", *[f"{name},+32 3 555 01 0{nr},Ghent" for nr, name in enumerate(names)]])
        [dialog] = self._call("base_import.import", "create", [{"res_model": "res.partner"}])
        self.url_open(
            "/base_import/set_file",
            data={"id": dialog, "csrf_token": http.Request.csrf_token(self)},
            files={"ufile": ("contacts.csv", rows.encode(), "text/csv")},
        )
        self._settle()
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
        preview = self._call("base_import.import", "parse_preview", dialog, options)
        self.assertEqual(preview["headers"], ["Name", "Phone", "City"])
        for dry in (True, False):
            done = self._call(
                "base_import.import",
                "execute_import",
                dialog,
                ["name", "phone", "city"],
                ["Name", "Phone", "City"],
                options,
                dryrun=dry,
            )
            self.assertFalse(done["messages"])
        self._settle()
        made = self.env["res.partner"].search([("name", "in", names)])
        self.assertEqual((len(made), made.leads_agent_id), (5, self.user))
        self._told()

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

    def _line(self, form, quantity=3):
        with form.order_line.new() as line:
            line.product_id = self.product
            line.product_uom_qty = quantity

    def test_order_from_a_customer_with_a_new_delivery_address(self):
        form = self._open(self._mine("sale.order", default_partner_id=self.partner.id))
        self.assertEqual(form.partner_id, self.partner)
        address = {"default_type": "delivery", "default_parent_id": self.partner.id}
        dialog = self._open(self._mine("res.partner", **address))
        dialog.name = "Dock 4"
        dialog.street = "Quay 4"
        dock = dialog.save()
        form = self._open(self._mine("sale.order", default_partner_id=self.partner.id))
        form.partner_shipping_id = dock
        self._line(form)
        order = form.save()
        self.assertEqual((order.partner_id, order.partner_shipping_id), (self.partner, dock))
        self.assertEqual((order.user_id, order.leads_agent_id), (self.user, self.user))
        form = self._open(order)
        form.client_order_ref = "PO 12"
        self._line(form, 2)
        form.save()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [3, 2])
        self._told()

    def test_order_for_a_customer_made_on_the_way(self):
        form = self._open(self._mine("sale.order"))
        made, _name = self._call("res.partner", "name_create", "Corner Shop")
        form.partner_id = self._mine("res.partner").browse(made)
        self._line(form)
        order = form.save()
        self.assertEqual((order.partner_id.id, order.leads_agent_id), (made, self.user))
        self._told()

    def test_order_with_a_hidden_delivery_address_keeps_it(self):
        """A salesperson has set an address out of sight of the agent: the order opens, is saved, and keeps it."""
        hidden = self.world["B"]["contact"]
        self.quotation.with_user(self.salesperson).write({"partner_shipping_id": hidden.id})
        self._settle()
        form = self._open(self.quotation.with_user(self.user))
        form.client_order_ref = "PO 12"
        self._line(form)
        form.save()
        self.assertEqual(self.quotation.partner_shipping_id, hidden)
        self.assertEqual((self.quotation.client_order_ref, len(self.quotation.order_line)), ("PO 12", 2))
        # Sending back the unchanged value changes nothing either.
        self._call("sale.order", "web_save", [self.quotation.id], {"partner_shipping_id": hidden.id}, {})
        self.assertEqual(self.quotation.partner_shipping_id, hidden)
        self._told()

    def test_delivery_address_that_was_hidden_is_replaced_by_one_in_sight(self):
        self.quotation.with_user(self.salesperson).write({"partner_shipping_id": self.world["B"]["contact"].id})
        self._settle()
        form = self._open(self.quotation.with_user(self.user))
        form.partner_shipping_id = self.world["A"]["contact"]
        form.save()
        self.assertEqual(self.quotation.partner_shipping_id, self.world["A"]["contact"])
        self._told()

    # ------------------------------------------------------------------
    # Others
    # ------------------------------------------------------------------

    def test_live_chat_is_answered(self):
        self.user.group_ids += self.env.ref("im_livechat.im_livechat_group_user")
        livechat = self.env["im_livechat.channel"].create({"name": "Shop", "user_ids": self.user.ids})
        self.patch(
            type(livechat),
            "_compute_available_operator_ids",
            lambda channels: [channel.update({"available_operator_ids": channel.user_ids}) for channel in channels],
        )
        self._settle()
        self.authenticate(None, None)
        opened = self.make_jsonrpc_request(
            "/im_livechat/get_session",
            {"channel_id": livechat.id, "previous_operator_id": self.user.partner_id.id},
        )
        chat = self.env["discuss.channel"].browse(opened["channel_id"])
        said = {"body": "Do you sell beans?", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        thread = {"thread_model": "discuss.channel", "thread_id": chat.id}
        self.make_jsonrpc_request("/mail/message/post", {**thread, "post_data": said})
        self.opener.cookies.clear()
        self._enter(self.locked)
        self._ok(self._post("/mail/data", fetch_params=["init_messaging", "channels_as_member"]))
        self._ok(self._post("/discuss/channel/messages", channel_id=chat.id))
        self._ok(self._post("/discuss/channel/members", channel_id=chat.id, known_member_ids=[]))
        self._ok(self._post("/mail/message/post", **thread, post_data={**said, "body": "We do"}))
        last = chat.message_ids.ids[0]
        self._ok(self._post("/discuss/channel/mark_as_read", channel_id=chat.id, last_message_id=last))
        self._call("discuss.channel", "channel_pin", [chat.id], pinned=True)
        self._settle()
        self.assertIn("We do", "".join(chat.message_ids.mapped("body")))
        self._told()

    def test_manager_merges_two_customers(self):
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        manager = next(role for role in ROLES if role.name == "manager")
        self.locked = manager
        self._enter(manager)
        lost, kept = self._customer("Twin Café", email=self.partner.email), self.partner
        self._settle()
        context = {"active_model": "res.partner", "active_ids": (lost | kept).ids, "active_id": lost.id}
        form = self._open(self._mine("base.partner.merge.automatic.wizard", **context))
        form.dst_partner_id = kept
        dialog = form.save()
        self._call("base.partner.merge.automatic.wizard", "action_merge", [dialog.id], context=context)
        self._settle()
        self.assertFalse(lost.exists())
        self.assertEqual(kept.leads_agent_id, self.agent)
        self._told()
