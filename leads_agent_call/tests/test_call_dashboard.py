from odoo.tests import tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestCallDashboard(LeadsAgentCommon):
    def _data(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["leads.agent.dashboard"].with_user(self.agent).get_data()

    def test_leads_with_everything_that_a_call_needs(self):
        customer = self._lead(
            phone="+1 212 555 0100",
            email="harbour@example.com",
            city="New York",
            country_id=self.env.ref("base.us").id,
            state_id=self.env.ref("base.state_us_27").id,
        )
        newest = self._order(self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id}))
        self._order(customer, days_ago=4)
        self._assign(customer)
        customer.message_post(body="Rang", subtype_xmlid="mail.mt_note")
        [lead] = self._data()["leads"]
        self.assertEqual(
            (lead["name"], lead["phone"], lead["email"], lead["city"], lead["tz"]),
            ("Harbour Café", "+1 212 555 0100", "harbour@example.com", "New York", "America/New_York"),
        )
        self.assertEqual((lead["order"]["id"], lead["order"]["amount_total"]), (newest.id, 1000.0))
        self.assertTrue(lead["last_contact_at"])
        self.assertTrue(lead["assigned_at"])
