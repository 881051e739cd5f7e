from odoo.tests import tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestLetters(LeadsAgentCommon):
    def test_agents_see_their_own_letters_when_locked(self):
        customer = self._lead(street="Quai 1", city="Antwerp", zip="2000", country_id=self.env.ref("base.be").id)
        letters = self.env["snailmail.letter"].create(
            [
                {"partner_id": customer.id, "model": "res.partner", "res_id": customer.id, "user_id": user.id}
                for user in (self.agent, self.salesperson)
            ]
        )
        Letter = self.env["snailmail.letter"].with_user(self.agent)
        self.assertTrue(Letter.has_access("read"), "internal users read letters; the rule would be dead otherwise")
        for locked, seen in ((False, 2), (True, 1)):
            self.env.company.leads_agent_lock_assigned = locked
            self.assertEqual(len(Letter.search([("id", "in", letters.ids)])), seen)
