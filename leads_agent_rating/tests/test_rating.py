from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestRating(LeadsAgentCommon):
    def setUp(self):
        super().setUp()
        self.env.company.leads_agent_lock_assigned = True
        self.conversation, self.other = self.env["discuss.channel"].create([{"name": "First"}, {"name": "Second"}])
        self.rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("discuss.channel"),
                "res_id": self.conversation.id,
                "rated_partner_id": self.agent.partner_id.id,
                "rating": 5,
                "consumed": True,
            }
        )

    def test_agent_reads_a_rating_of_theirs_and_does_not_move_it(self):
        rating = self.rating.with_user(self.agent)
        self.assertEqual(rating.rating, 5)
        for values in (
            {"res_id": self.other.id},
            {"res_id": str(self.other.id)},
            {"res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": self.agent.partner_id.id},
            {"parent_res_model": "res.partner"},
            {"parent_res_id": self.agent.partner_id.id},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                rating.write(values)
        with self.assertRaises(AccessError):
            self.env["rating.rating"].with_user(self.agent).create(
                {"res_model_id": self.rating.res_model_id.id, "res_id": self.other.id, "rating": 1}
            )
        self.assertEqual((self.rating.res_model, self.rating.res_id), ("discuss.channel", self.conversation.id))

    def test_salesperson_moves_it_as_before(self):
        self.rating.with_user(self.salesperson).write({"res_id": self.other.id})
        self.assertEqual(self.rating.res_id, self.other.id)
