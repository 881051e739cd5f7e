from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.menu_tours import MenuTours

from .test_leads import LifecycleCommon

PAGE = "/odoo/all-leads"


class LeadTourCommon(LifecycleCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Ada is the oldest lead, and listed below the others.
        cls.ada, cls.ben, cls.cleo = (
            cls._new_lead(name, phone=f"+1 555 010 01{nr:02}") for nr, name in enumerate(("Ada", "Ben", "Cleo"))
        )


@tagged("post_install", "-at_install")
class TestLeadTours(MenuTours, LeadTourCommon):
    """How users work with the leads page in a browser. The tours are in `static/tests/tours`."""

    def test_a_new_lead_gets_a_code_and_stands_on_top(self):
        self.start_tour(PAGE, "leads_agent_new_lead", login="manager_mia")
        lead = self.env["res.partner"].search([("name", "=", "Ada Moreau")])
        self.assertRegex(lead.lead_code, r"^L\d\d-\d{5}$")
        self.assertPlace(lead, "lead", "new")
        self.assertEqual((lead.lead_channel, lead.create_uid), ("manual", self.manager))

    def test_update_status_of_many_and_from_a_card(self):
        self.start_tour(PAGE, "leads_agent_update_many", login="manager_mia")
        for lead in (self.ada, self.ben):
            self.assertPlace(lead, "prospect", "contacted")
            self.assertEqual(lead.lead_move_ids[0].user_id, self.manager)
        self.assertPlace(self.cleo, "lead", "attempted")

    def test_a_lead_rests_and_is_active_again(self):
        self.start_tour(PAGE, "leads_agent_rest_and_back", login="agent_anna")
        self.assertEqual(self.ada.lead_activity, "active")
        self.assertEqual(self.ada.write_uid, self.agent)

    # Odoo's own dialog sends options with the file that its server does not accept.
    @mute_logger("odoo.http")
    def test_a_file_clears_what_its_blank_cells_leave_out(self):
        self.ada.write({"email": "ada@example.com", "function": "Buyer"})
        self.start_tour(PAGE, "leads_agent_import_file", login="manager_mia")
        self.assertEqual((self.ada.function, self.ada.city), (False, "Ghent"))

    def test_a_manager_opens_every_menu_and_every_view(self):
        self.ada.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
        self.ben.lead_stage_id = self.env.ref("leads_agent_lifecycle.stage_prospect")
        self.env["leads.agent.import.line"].create(
            {"company_id": self.env.company.id, "partner_id": self.ada.id, "result": "entered"}
        )
        self.assertEqual(
            self._visit_menus("leads_agent_lifecycle", self.manager),
            [
                "Leads",
                "Leads by Stage",
                "Time in Stage",
                "Imported Rows",
                "Stages",
                "Statuses",
                "Life Cycle Rules",
                "Stop Words",
            ],
        )


@tagged("post_install", "-at_install")
class TestLeadToursWide(LeadTourCommon):
    browser_size = "1600x900"

    def test_walking_with_the_keyboard_shows_and_saves_one_lead_after_the_other(self):
        self.start_tour(PAGE, "leads_agent_keyboard_walk", login="agent_anna")
        self.assertEqual(self.ada.function, "Head of Beans")
        self.assertEqual(self.ada.write_uid, self.agent)


@tagged("post_install", "-at_install")
class TestLeadToursPhone(LeadTourCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_leads_on_a_phone(self):
        self.start_tour(PAGE, "leads_agent_on_the_phone", login="agent_anna")
        self.assertEqual(self.ada.function, "Owner")
