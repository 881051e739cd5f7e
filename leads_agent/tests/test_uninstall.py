from odoo.fields import Command
from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestUninstall(LeadsAgentCommon):
    def test_users_keep_the_role_of_an_internal_user_and_get_no_group_they_had_by_another(self):
        internal, admin = self.env.ref("base.group_user"), self.env.ref("base.user_admin")
        ours = self.env.ref("leads_agent.group_leads_manager")
        admin.group_ids = [Command.unlink(internal.id), Command.link(ours.id)]
        self.assertNotIn(internal, admin.group_ids)
        self.assertEqual(self.manager.group_ids, ours, "the only role of this one is ours")
        uninstall_hook(self.env)
        self.assertNotIn(internal, admin.group_ids, "an administrator is an internal user anyway")
        self.assertIn(internal, self.manager.group_ids)
        self.assertIn(internal, self.agent.group_ids)
        self.assertFalse(self.agent.active, "without our rules, agents would see every customer")
