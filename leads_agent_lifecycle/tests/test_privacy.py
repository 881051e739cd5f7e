from odoo.tests import tagged

from .test_leads import LifecycleCommon


@tagged("post_install", "-at_install")
class TestPrivacy(LifecycleCommon):
    """Odoo's privacy lookup finds and deletes all data of a person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "privacy.lookup.wizard" not in cls.env:
            cls.skipTest(cls, "Odoo's privacy lookup is not installed")
        cls.person = cls.env["res.partner"]._lead_from_channel(
            "chat", "visitor-17", name="Ada Moreau", email="ada.moreau@example.com"
        )
        cls.env["leads.agent.visit"].create({"partner_id": cls.person.id, "channel": "chat", "device": "Phone"})

    def _lookup(self):
        wizard = self.env["privacy.lookup.wizard"].with_user(self.env.ref("base.user_admin"))
        wizard = wizard.create({"name": self.person.name, "email": self.person.email})
        wizard.action_lookup()
        return wizard

    def _left(self):
        return [
            model
            for model in ("leads.agent.identity", "leads.agent.visit", "leads.agent.move", "leads.agent.history")
            if self.env[model].search([("partner_id", "=", self.person.id)])
        ]

    def test_a_lead_is_forgotten_with_all_that_hangs_on_it(self):
        self.assertEqual(self._left(), ["leads.agent.identity", "leads.agent.visit", "leads.agent.move"])
        wizard = self._lookup()
        self.assertIn("res.partner", wizard.line_ids.mapped("res_model"))
        wizard.line_ids.action_unlink_all()
        self.assertFalse(self.person.exists())
        self.assertFalse(self._left())

    def test_assignments_are_found_and_go_first(self):
        self._order(self.person)
        self._assign(self.person)
        found = self._lookup().line_ids
        for model in ("leads.agent.assignment", "sale.order", "res.partner"):
            found.filtered(lambda line, model=model: line.res_model == model).action_unlink_all()
        self.assertFalse(self.person.exists())
        self.assertFalse(self._left())
