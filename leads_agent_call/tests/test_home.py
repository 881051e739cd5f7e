from odoo.tests import HttpCase, tagged

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon

from ..hooks import post_init_hook, uninstall_hook


@tagged("post_install", "-at_install")
class TestHome(LeadsAgentCommon, HttpCase):
    """Managers land on the Live Floor, unless they hold leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.floor = cls.env.ref("leads_agent_call.action_floor")
        cls.agents = cls.env.ref("leads_agent.action_agents")
        cls.dashboard = cls.env.ref("leads_agent.action_dashboard")

    def _landing(self, user):
        """The home action that the web client opens after the login."""
        self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request("/web/session/get_session_info", {})["home_action_id"]

    def test_managers_land_on_the_floor_and_on_the_dashboard_while_they_hold_leads(self):
        self.assertEqual(self._landing(self.manager), self.floor.id)
        self.manager.with_user(self.manager).action_toggle_leads_may_hold()
        self.assertEqual(self._landing(self.manager), self.dashboard.id)
        self.manager.with_user(self.manager).action_toggle_leads_may_hold()
        self.assertEqual(self._landing(self.manager), self.floor.id)
        self.assertEqual(self._landing(self.agent), self.dashboard.id)
        self.assertFalse(self._landing(self.salesperson))

    def test_without_the_floor_managers_land_on_their_agents(self):
        self.manager.action_id = self.env.ref("leads_agent.action_orders").id
        other = self._user("manager_max", "leads_agent.group_leads_manager")
        uninstall_hook(self.env)
        self.assertEqual(other.action_id.id, self.agents.id)
        self.assertEqual(self.manager.action_id.id, self.env.ref("leads_agent.action_orders").id)
        self.assertEqual(self.agent.action_id.id, self.dashboard.id)
        post_init_hook(self.env)
        self.assertEqual(other.action_id.id, self.floor.id)
        self.assertEqual(self.manager.action_id.id, self.env.ref("leads_agent.action_orders").id)
        self.assertFalse(self.env.ref("base.user_admin").action_id)

    def test_floor_is_offered_once_in_the_session_to_who_was_a_manager_before(self):
        self.manager.write({"action_id": False, "leads_home_id": False})
        self.assertFalse(self._landing(self.manager))
        info = self.make_jsonrpc_request("/web/session/get_session_info", {})
        self.assertEqual(info["leads_home_offered"], "Live Floor")
        self.start_tour("/odoo/leads-orders", "leads_agent_home_offer", login="manager_mia")
        self.assertEqual(self.manager.action_id.id, self.floor.id)
        info = self.make_jsonrpc_request("/web/session/get_session_info", {})
        self.assertNotIn("leads_home_offered", info)
