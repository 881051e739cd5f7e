from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_leads import LifecycleCommon

REFUSED = "can be used to reset the password"


@tagged("post_install", "-at_install")
class TestSignIn(LifecycleCommon):
    """The access of Leads Managers to customers gives no access to a customer's user account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._customer("Harbour Café", email="desk@example.com")
        cls.portal = new_test_user(cls.env, "portal_pia", groups="base.group_portal", email="pia@example.com")
        cls.customer = cls.portal.partner_id
        cls.customer.parent_id = cls.company

    def _call(self, user, model, method, *args, **kwargs):
        """Call as the web client and XML-RPC do, in a transaction of the user: commands use their rights."""
        env, transaction = self.env(user=user), self.env.transaction
        ours, transaction.default_env = transaction.default_env, env
        try:
            result = call_kw(env[model], method, list(args), kwargs)
            env.flush_all()
        finally:
            transaction.default_env = ours
        return result

    def assertKept(self):
        self.env.invalidate_all()
        self.assertEqual(self.portal.email, "pia@example.com")
        self.assertEqual(self.customer.email_normalized, "pia@example.com")

    def _refused(self, *call, **kwargs):
        with self.assertRefused(AccessError, REFUSED), self.env.cr.savepoint():
            self._call(self.manager, *call, **kwargs)
        self.assertKept()

    def test_a_manager_does_not_write_the_email_of_a_sign_in(self):
        ids = self.customer.ids
        for email in ("thief@example.com", '"Pia" <thief@example.com>', "PIA@example.com", "", False, 5):
            with self.subTest(email=email):
                self._refused("res.partner", "write", ids, {"email": email})
                self._refused("res.partner", "web_save", ids, {"email": email, "phone": "1"}, {"email": {}})
        self._refused("res.partner", "write", ids, {"email_normalized": "thief@example.com"})
        self._refused("res.partner", "write", [self.company.id, *ids], {"email": "thief@example.com"})

    def test_nor_through_the_company(self):
        command = [Command.update(self.customer.id, {"email": "thief@example.com"})]
        self._refused("res.partner", "write", self.company.ids, {"child_ids": command})
        self._refused("res.partner", "create", [{"name": "New", "child_ids": command}])

    def test_nor_from_a_file(self):
        self.customer.write({"lead_stage_id": self.stages["lead"].id, "lead_code": "PIA-1"})
        row = ["PIA-1", "thief@example.com"]
        for context in ({"lead_page": True}, {}):
            fields, data = ["lead_code", "email"], [row]
            if not context:
                fields, data = ["lead_code", "email", ".id"], [[*row, str(self.customer.id)]]
            result = self._call(self.manager, "res.partner", "load", fields, data, context=context)
            self.assertIn("can be used to reset the password", str(result["messages"]))
            self.assertKept()

    @mute_logger("odoo.models")
    def test_nor_on_the_user_nor_by_a_merge(self):
        for model, method, *args in (
            ("res.users", "write", self.portal.ids, {"email": "thief@example.com"}),
            ("res.users", "write", self.portal.ids, {"login": "thief@example.com"}),
            ("res.users", "create", [{"login": "thief", "partner_id": self.customer.id}]),
            ("res.partner", "write", self.company.ids, {"user_ids": [Command.link(self.portal.id)]}),
            ("res.partner", "signup_prepare", self.customer.ids),
            ("base.partner.merge.automatic.wizard", "create", [{"partner_ids": [Command.link(self.customer.id)]}]),
        ):
            with self.subTest(model=model, method=method), self.assertRaises(AccessError), self.env.cr.savepoint():
                self._call(self.manager, model, method, *args)
            self.assertKept()

    def test_an_archived_sign_in_counts(self):
        self.portal.active = False
        self._refused("res.partner", "write", self.customer.ids, {"email": "thief@example.com"})

    def test_the_same_email_and_everything_else_is_written(self):
        self._call(self.manager, "res.partner", "write", self.customer.ids, {"email": "pia@example.com", "phone": "1"})
        self.assertEqual(self.customer.phone, "1")
        self._call(self.manager, "res.partner", "write", self.company.ids, {"email": "new@example.com"})
        self.assertEqual(self.company.email, "new@example.com")

    def test_who_has_the_right_by_odoo_keeps_it(self):
        for group in ("base.group_partner_manager", "sales_team.group_sale_salesman"):
            user = self._user(f"manager_{group[-9:]}", f"leads_agent.group_leads_manager,{group}")
            self._call(user, "res.partner", "write", self.customer.ids, {"email": f"{group}@example.com"})
            self.assertEqual(self.customer.email, f"{group}@example.com")

    @mute_logger("odoo.models")
    def test_an_agent_reaches_no_sign_in_through_a_new_customer(self):
        lead = self._lead("Quay Bakery")
        self._assign(lead)
        self.customer.parent_id = lead
        for command in (
            Command.update(self.customer.id, {"email": "thief@example.com"}),
            Command.link(self.customer.id),
            Command.create({"name": "x", "child_ids": [Command.update(self.customer.id, {"email": "t@example.com"})]}),
        ):
            with self.subTest(command=command), self.assertRaises(AccessError), self.env.cr.savepoint():
                self._call(self.agent, "res.partner", "create", [{"name": "New", "child_ids": [command]}])
            self.assertKept()

    def test_a_channel_says_no_email_of_a_sign_in(self):
        self.customer.write({"email": False, "phone": "+33 1 55 55 01 23"})
        lead = self.env["res.partner"]._lead_from_channel(
            "whatsapp", "33155550123", phone="+33155550123", email="thief@example.com", name="Pia"
        )
        self.assertEqual(lead, self.customer)
        self.assertFalse(lead.email)
