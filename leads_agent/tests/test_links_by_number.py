from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon

NAMED = {"fields": {"display_name": {}, "phone": {}, "email": {}}}
# What a client can send where a record belongs, and that is none.
NO_RECORDS = (
    True,
    1.5,
    -1,
    2**31,
    2**63,
    "x",
    "1e3",
    "0x10",
    "1_0",
    "[1]",
    "1;2",
    "\x00",
    [],
    [1],
    [[6, 0, [1]]],
    {"id": 1},
)


@tagged("post_install", "-at_install")
class TestLinksByNumber(LeadsAgentCommon):
    """Whatever an agent links to is judged by the id that the database will hold, in whatever form it was sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_lock_assigned = True
        cls.mine = cls._lead("Mine", phone="+32 2 290 34 90", email="mine@example.com")
        cls.theirs = cls._lead("CNRY Theirs", phone="+32 2 290 00 00", email="cnry@example.com")
        cls.assignment = cls._assign(cls.mine)
        cls.their_assignment = cls._assign(cls.theirs, cls.other_agent)
        cls.order, cls.hidden = cls.mine.sale_order_ids, cls.theirs.sale_order_ids

    def _call(self, model, method, *args, user=None, context=None, **kwargs):
        """A call from outside, as all interfaces make it."""
        env = self.env(user=user or self.agent)
        with mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"):
            result = call_kw(env[model], method, list(args), {"context": context or {}, **kwargs})
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _forms(self, record):
        """The number of a record in each form in which PostgreSQL would take it."""
        return (record.id, str(record.id), f" {record.id}", f"{record.id} ", float(record.id))

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def test_a_customer_out_of_sight_is_refused_in_every_form_of_the_number(self):
        for value in self._forms(self.theirs):
            with self.subTest(value=value), self.assertRaises(AccessError):
                self._call("sale.order", "create", [{"partner_id": value}])
            with self.subTest(value=value), self.assertRaises(AccessError):
                self._call("sale.order", "write", self.order.ids, {"partner_shipping_id": value})
            with self.subTest(value=value), self.assertRaises(AccessError):
                self._call("leads.agent.callback", "create", [{"partner_id": value, "due_at": "2030-01-07 10:00:00"}])
            with self.subTest(value=value), self.assertRaises(AccessError):
                self._call("res.partner", "create", [{"name": "x", "parent_id": value}])
        self.assertEqual(self.order.partner_shipping_id, self.mine)

    def test_a_customer_in_sight_is_linked_in_every_form_of_the_number(self):
        for value in self._forms(self.mine):
            with self.subTest(value=value):
                [order_id] = self._call("sale.order", "create", [{"partner_id": value}])
                order = self.env["sale.order"].browse(order_id)
                self.assertEqual(order.partner_id, self.mine)
                self.assertEqual(order.partner_invoice_id, self.mine, "it is computed from the number as well")
                contact_id = self._call("res.partner", "create", [{"name": "Joan", "parent_id": value}])[0]
                contact = self.env["res.partner"].browse(contact_id)
                self.assertEqual(contact.parent_id, self.mine)
                self._call("sale.order", "write", order.ids, {"partner_shipping_id": str(contact_id)})
                self.assertEqual(order.partner_shipping_id, contact, "a text does not empty the link")

    def test_what_is_no_record_is_refused_in_a_sentence_and_changes_nothing(self):
        for value in NO_RECORDS:
            for model in ("sale.order", "leads.agent.callback"):
                with self.subTest(model=model, value=value), self.assertRaises(UserError) as caught:
                    self._call(model, "create", [{"partner_id": value, "note": "x"}])
                self.assertGreater(len(str(caught.exception)), 15)
            with self.subTest(value=value), self.assertRaises(UserError):
                self._call("sale.order", "write", self.order.ids, {"partner_shipping_id": value})
            with self.subTest(value=value), self.assertRaises(UserError):
                self._call("res.partner", "create", [{"name": "x", "parent_id": value}])
        self.assertEqual(self.order.partner_shipping_id, self.mine)

    def test_empty_links_stay_empty(self):
        for value in (False, None, "", 0):
            with self.subTest(value=value):
                [order_id] = self._call("sale.order", "create", [{"partner_id": self.mine.id, "team_id": value}])
                self.assertFalse(self.env["sale.order"].browse(order_id).team_id)

    def test_nested_commands(self):
        line = {"product_id": self.product.id, "product_uom_qty": 1}
        hidden_line = self.hidden.order_line
        for value in self._forms(hidden_line):
            commands = (
                [Command.create({**line, "linked_line_id": value})],
                [(Command.LINK, value, 0)],
                [(Command.UPDATE, value, {"product_uom_qty": 9})],
                [(Command.SET, 0, [value])],
            )
            for command in commands:
                with self.subTest(command=command), self.assertRaises(AccessError):
                    self._call("sale.order", "write", self.order.ids, {"order_line": command})
        self.assertEqual(hidden_line.order_id, self.hidden)
        self._call("sale.order", "write", self.order.ids, {"order_line": [Command.create(line)]})
        self.assertEqual(len(self.order.order_line), 2)

    def test_contacts_that_come_with_a_new_customer_say_no_more_than_new_customers_may(self):
        for command in (
            Command.link(self.theirs.id),
            Command.link(self.mine.id),
            Command.set(self.mine.ids),
            Command.create({"name": "x", "user_id": self.salesperson.id}),
            Command.create({"name": "x", "parent_id": str(self.theirs.id)}),
        ):
            with self.subTest(command=command), self.assertRaises(AccessError):
                self._call("res.partner", "create", [{"name": "New", "child_ids": [command]}])
        contact = Command.create({"name": "Joan", "phone": "+32 2 290 34 91"})
        [partner_id] = self._call("res.partner", "create", [{"name": "New", "child_ids": [contact]}])
        self.assertEqual(self.env["res.partner"].browse(partner_id).child_ids.name, "Joan")

    def test_a_default_from_the_context_is_judged_as_well(self):
        for value in self._forms(self.theirs):
            with self.subTest(value=value), self.assertRaises(UserError):
                self._call(
                    "leads.agent.callback",
                    "create",
                    [{"due_at": "2030-01-07 10:00:00"}],
                    context={"default_partner_id": value},
                )
        with self.assertRaises(AccessError):
            self._call("sale.order", "create", [{}], context={"default_partner_id": self.theirs.id})
        with self.assertRaises(UserError):
            self._call(
                "leads.agent.resolve", "create", [{}], context={"default_assignment_id": self.their_assignment.id}
            )

    def test_our_own_models(self):
        for value in self._forms(self.their_assignment):
            with self.subTest(value=value), self.assertRaises(AccessError):
                self._call("leads.agent.resolve", "create", [{"assignment_id": value}])
        [wizard_id] = self._call("leads.agent.resolve", "create", [{"assignment_id": str(self.assignment.id)}])
        wizard = self.env["leads.agent.resolve"].browse(wizard_id)
        self.assertEqual(wizard.assignment_id, self.assignment)

    def test_a_link_that_is_there_already_is_no_news(self):
        """A salesperson had it delivered to somebody else: the agent's form sends the address back."""
        self.order.partner_shipping_id = self.theirs
        self.env.flush_all()
        self._call("sale.order", "write", self.order.ids, {"partner_shipping_id": self.theirs.id, "note": "x"})
        values = {"partner_shipping_id": self.theirs.id, "note": "y"}
        self._call("sale.order", "onchange", self.order.ids, values, ["note"], {"note": {}})
        self.assertEqual(self.order.partner_shipping_id, self.theirs)
        with self.assertRaises(AccessError):
            self._call("sale.order", "write", self.order.ids, {"partner_invoice_id": self.theirs.id})

    def test_a_missing_record_is_refused_as_one_out_of_sight_is(self):
        self.theirs.copy({"name": "Gone"}).unlink()
        missing = self.env["res.partner"].search([], order="id desc", limit=1).id + 1000
        for value in (missing, str(missing), self.theirs.id):
            with self.assertRaises(AccessError) as caught:
                self._call("sale.order", "create", [{"partner_id": value}])
            self.assertNotIn("CNRY", str(caught.exception))

    # ------------------------------------------------------------------
    # Forms
    # ------------------------------------------------------------------

    def _form(self, model, values, spec, **kwargs):
        return str(self._call(model, "onchange", [], values, list(values), spec, **kwargs))

    def test_forms_compute_nothing_from_a_message_out_of_sight(self):
        message = self.theirs.message_post(body="x", subject="CNRY subject")
        own = self.mine.message_post(body="x", subject="Own subject")
        spec = {"subject": {}, "body": {}, "parent_id": {"fields": {"display_name": {}}}}
        for value in (*self._forms(message), {"id": message.id}, {"id": str(message.id)}):
            with self.subTest(value=value):
                self.assertNotIn("CNRY", self._form("mail.compose.message", {"parent_id": value}, spec))
                context = {"default_parent_id": value}
                answer = self._call("mail.compose.message", "onchange", [], {}, [], spec, context=context)
                self.assertNotIn("CNRY", str(answer))
        self.assertIn("Own subject", self._form("mail.compose.message", {"parent_id": own.id}, spec))

    def test_forms_name_no_document_out_of_sight_to_anybody(self):
        portal = new_test_user(self.env, "portal_pia", groups="base.group_portal")
        documents = (self.theirs, self.hidden, self.their_assignment)
        self.hidden.name = "CNRY order"
        for document in documents:
            for user in (self.agent, portal):
                for number in (document.id, str(document.id), float(document.id)):
                    pair = {"model": document._name, "res_id": number}
                    answers = [
                        self._asked(user, "mail.message", "record_name", pair),
                        self._asked(user, "mail.activity", "res_name", {"res_model": document._name, "res_id": number}),
                    ]
                    with self.subTest(document=document, user=user.login, number=number):
                        self.assertNotIn("CNRY", " ".join(answers))
        own = {"res_model": "res.partner", "res_id": self.mine.id}
        self.assertIn("Mine", self._form("mail.activity", own, {"res_name": {}}))
        self.assertIn(
            "CNRY",
            self._form(
                "mail.activity",
                {"res_model": "res.partner", "res_id": self.theirs.id},
                {"res_name": {}},
                user=self.salesperson,
            ),
        )

    def _asked(self, user, model, name, pair):
        """The answers when the pair comes as values, as defaults, and half and half."""
        halves = list(pair.items())
        answers = []
        for values, defaults in (
            (pair, {}),
            ({}, pair),
            (dict(halves[:1]), dict(halves[1:])),
            (dict(halves[1:]), dict(halves[:1])),
        ):
            context = {f"default_{key}": value for key, value in defaults.items()}
            try:
                answer = self._call(
                    model, "onchange", [], dict(values), list(values), {name: {}}, user=user, context=context
                )
            except AccessError as error:
                answer = error
            answers.append(str(answer))
        return " ".join(answers)

    def test_an_own_activity_is_not_turned_to_a_document_out_of_sight(self):
        activity = self.mine.with_user(self.agent).activity_schedule(
            "mail.mail_activity_data_call", user_id=self.agent.id
        )
        for values in ({"res_id": self.theirs.id}, {"res_id": str(self.theirs.id)}):
            with self.subTest(values=values):
                answer = self._call("mail.activity", "onchange", activity.ids, values, ["res_id"], {"res_name": {}})
                self.assertNotIn("CNRY", str(answer))
                with self.assertRaises(AccessError):
                    self._call("mail.activity", "write", activity.ids, values)

    def test_forms_are_opened_from_records_in_sight_only(self):
        spec = {"res_model": {}, "res_ids": {}}
        for document, told in ((self.theirs, False), (self.mine, True)):
            context = {"active_model": "res.partner", "active_id": document.id, "active_ids": document.ids}
            answer = self._call("mail.activity.schedule", "onchange", [], {}, [], spec, context=context)
            self.assertEqual(answer["value"]["res_ids"], str(document.ids) if told else False)

    def test_one_bad_value_covers_no_other(self):
        message = self.theirs.message_post(body="x", subject="CNRY subject")
        spec = {"subject": {}, "parent_id": {"fields": {"display_name": {}}}}
        for bad in ("x", [], {"id": []}, True, 2**40):
            context = {"default_parent_id": message.id, "default_author_id": bad, "default_subtype_id": bad}
            with self.subTest(bad=bad):
                answer = self._call("mail.compose.message", "onchange", [], {}, [], spec, context=context)
                self.assertNotIn("CNRY", str(answer))
        context = {"active_model": "res.partner", "active_ids": [self.theirs.id, "x"], "active_id": self.theirs.id}
        answer = self._call("mail.activity.schedule", "onchange", [], {}, [], {"res_ids": {}}, context=context)
        self.assertFalse(answer["value"]["res_ids"])

    def test_what_one_field_has_is_news_to_another(self):
        self.order.partner_shipping_id = self.theirs
        self.env.flush_all()
        with self.assertRaises(AccessError):
            values = {"partner_shipping_id": self.theirs.id, "partner_invoice_id": self.theirs.id}
            self._call("sale.order", "write", self.order.ids, values)

    def test_lines_of_a_form_compute_nothing_from_what_is_out_of_sight(self):
        self.hidden.order_line.name = "CNRY line"
        spec = {"order_line": {"fields": {"name": {}, "linked_line_id": {"fields": {"display_name": {}}}}}}
        for value in self._forms(self.hidden.order_line):
            for command in (
                [Command.LINK, value, 0],
                [Command.UPDATE, value, {"product_uom_qty": 3}],
                [Command.SET, 0, [value]],
                [Command.CREATE, "virtual_1", {"linked_line_id": value}],
            ):
                with self.subTest(command=command):
                    self.assertNotIn("CNRY", self._form("sale.order", {"order_line": [command]}, spec))
        own = [Command.UPDATE, self.order.order_line.id, {"product_uom_qty": 3}]
        spec = {"order_line": {"fields": {"price_subtotal": {}}}, "amount_untaxed": {}}
        answer = self._call("sale.order", "onchange", self.order.ids, {"order_line": [own]}, ["order_line"], spec)
        self.assertEqual(answer["value"]["amount_untaxed"], 1500)

    def test_what_a_button_proposes_of_a_new_contact_is_judged(self):
        for value in self._forms(self.theirs):
            with self.subTest(value=value), self.assertRaises(AccessError):
                self._call("res.partner", "create", [{"name": "x"}], context={"default_parent_id": value})
        context = {"default_parent_id": self.mine.id, "default_type": "delivery"}
        [contact_id] = self._call("res.partner", "create", [{"name": "Dock 7"}], context=context)
        contact = self.env["res.partner"].browse(contact_id)
        self.assertEqual((contact.parent_id, contact.type), (self.mine, "delivery"))
