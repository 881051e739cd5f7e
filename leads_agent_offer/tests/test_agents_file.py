from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent.tests.exporting import exported

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestAgentsFile(OfferCommon, HttpCase):
    def test_managers_export_the_file_of_agents_and_read_it_in_again(self):
        profiles = self.env["leads.agent.profile"].search([("user_id", "in", (self.agent | self.other_agent).ids)])
        names = ["id", "user_id", "pecking_order", "cap", "by_email", "skill_ids/tag_id", "skill_ids/weight"]
        rows = exported(self, "manager_mia", profiles, names, import_compat=True)
        self.assertEqual({row["user_id"] for row in rows if row["user_id"]}, set(profiles.user_id.mapped("name")))
        self.assertEqual(
            sorted(row["skill_ids/tag_id"] for row in rows if row["skill_ids/tag_id"]),
            sorted(skill.tag_id.name for skill in profiles.skill_ids),
        )
        columns = names[:5]
        table = [[row[name] for name in columns] for row in rows if row["user_id"]]
        result = self.env["leads.agent.profile"].with_user(self.manager).load(columns, table)
        self.assertEqual(result["ids"], profiles.ids, result["messages"])
        self.assertIsNone(exported(self, "agent_anna", profiles, names))
