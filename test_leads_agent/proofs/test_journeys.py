from odoo.tests import tagged
from odoo.tools import mute_logger

from .journeys import NAMED, Journeys


@tagged("post_install", "-at_install", "leads_prove")
class TestJourneys(Journeys):
    """Under the lock, the screens of Odoo that agents use open and save."""

    def test_own_user_avatar_and_list_of_users(self):
        self._call("res.users", "web_read", [self.user.id], {"name": {}, "partner_id": NAMED, "image_1920": {}})
        self._call("res.users", "web_search_read", [], {"name": {}, "partner_id": NAMED})
        found = self._call("res.users", "name_search", "Agent")
        self.assertIn(self.other_agent.id, [row[0] for row in found])
        for user in (self.user, self.other_agent):
            picture = self.url_open(f"/web/image/res.users/{user.id}/avatar_128")
            self.assertEqual(picture.status_code, 200)
        self._call("res.users", "get_views", [[False, "form"]])
        self._told()

    def test_chatter_inbox_activities_and_discuss(self):
        for thing in (self.world["A"]["quotation"], self.world["A"]["partner"], self.world["E"]["quotation"]):
            thread = {"thread_model": thing._name, "thread_id": thing.id}
            self._ok(self._post("/mail/thread/messages", **thread))
            requests = ["activities", "attachments", "followers", "scheduledMessages", "suggestedRecipients"]
            self._ok(self._post("/mail/data", fetch_params=[["mail.thread", {**thread, "request_list": requests}]]))
            self._ok(
                self._post(
                    "/mail/message/post",
                    **thread,
                    post_data={
                        "body": "Called",
                        "message_type": "comment",
                        "subtype_xmlid": "mail.mt_comment",
                        "partner_ids": self.manager.partner_id.ids,
                    },
                )
            )
        for box in ("inbox", "history", "starred"):
            self._ok(self._post(f"/mail/{box}/messages"))
        self._ok(
            self._post(
                "/mail/data",
                fetch_params=["failures", "systray_get_activities", "init_messaging", "channels_as_member"],
            )
        )
        self._call("res.partner", "get_mention_suggestions", search="")
        channel = self.env["discuss.channel"].with_user(self.user)._get_or_create_chat(self.manager.partner_id.ids)
        self._settle()
        self._ok(self._post("/discuss/channel/messages", channel_id=channel.id))
        self._ok(
            self._post(
                "/mail/message/post",
                thread_model="discuss.channel",
                thread_id=channel.id,
                post_data={"body": "Hello", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
            )
        )
        self._told()

    def test_calendar(self):
        fields = self._specification("calendar.event", "calendar")
        for _turn in range(2):
            self._call("calendar.event", "web_search_read", [], fields)
            self._call(
                "calendar.event",
                "create",
                [
                    {
                        "name": "Visit",
                        "start": "2030-05-01 10:00:00",
                        "stop": "2030-05-01 11:00:00",
                        "partner_ids": [[6, 0, [self.user.partner_id.id, self.world["A"]["partner"].id]]],
                    }
                ],
            )
        self._told()

    def test_whole_form_of_an_order_with_every_field_and_a_hidden_twin(self):
        quotation = self.world["A"]["quotation"]
        self.world["A"]["sold"].client_order_ref = quotation.client_order_ref
        self._settle()
        [read] = self._call("sale.order", "web_read", [quotation.id], self._specification("sale.order"))
        self.assertGreater(len(read), 40)
        self.assertFalse(read["duplicated_order_ids"], "the twin is a confirmed order")
        line = self._specification("sale.order.line", "list")
        self._call("sale.order.line", "web_read", quotation.order_line.ids, line)
        self._told()

    def test_whole_form_of_a_customer_with_every_field(self):
        partner = self.world["A"]["partner"]
        [read] = self._call("res.partner", "web_read", [partner.id], self._specification("res.partner"))
        self.assertGreater(len(read), 30)
        self._call("res.partner", "web_save", [partner.id], {"phone": "+32 3 555 01 99"}, {"phone": {}})
        self._told()

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_sending_and_printing_a_quotation(self):
        quotation = self.world["A"]["quotation"]
        action = self._call("sale.order", "action_quotation_send", [quotation.id])
        composer = self.env[action["res_model"]].with_user(self.user).with_context(**action["context"]).create({})
        self._settle()
        self._call("mail.compose.message", "action_send_mail", composer.ids, context=action["context"])
        self._settle()
        self.assertEqual(quotation.state, "sent")
        self._ok(self._get(f"/report/html/sale.report_saleorder/{quotation.id}"))
        self._call("sale.order", "action_preview_sale_order", [quotation.id])
        self._told()

    def test_every_list_an_agent_has_in_the_menus(self):
        menus = self.env["ir.ui.menu"].with_user(self.user).load_menus(False)
        for menu in menus.values():
            if menu.get("action_model") != "ir.actions.act_window":
                continue
            action = self.env["ir.actions.act_window"].browse(menu["action_id"])
            self._call(action.res_model, "web_search_read", [], {"display_name": {}}, limit=80)
        self.assertGreater(self.calls, 4)
        self._told()
