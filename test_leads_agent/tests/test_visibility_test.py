from odoo.tests import tagged

from odoo.addons.leads_agent_audit.tests.self_test_common import SelfTests
from odoo.addons.leads_agent_lifecycle_livechat.tests.test_livechat import ChatCommon
from odoo.addons.leads_agent_project.tests.test_project import ProjectCommon


@tagged("post_install", "-at_install")
class TestVisibilityOfProjects(SelfTests, ProjectCommon):
    def test_the_visibility_test_finds_nothing(self):
        lines = self._run().line_ids
        lines = lines.filtered(lambda line: "project" in (line.model or "") or line.model == "rating.rating")
        self.assertIn("project.task", lines.mapped("model"))
        self.assertFalse(lines.filtered("is_finding").mapped("explanation"))


@tagged("post_install", "-at_install")
class TestVisibilityOfChats(SelfTests, ChatCommon):
    def test_the_visibility_test_finds_nothing_wrong(self):
        self.env.company.leads_agent_lock_assigned = True
        self.agent.group_ids += self.env.ref("im_livechat.im_livechat_group_user")
        chats = []
        for number in range(2):
            self._as_somebody_else()
            chats.append(self._open())
            self._say(chats[number], "Hello")
            self.make_jsonrpc_request("/im_livechat/feedback", {"channel_id": chats[number].id, "rate": 5})
        chats[0]._add_members(users=self.agent)
        test = self._run()
        lines = {line.model: line for line in test.line_ids if line.agent_id == self.agent}
        self.assertLessEqual(
            {"discuss.channel", "im_livechat.channel.member.history", "rating.rating"}, lines.keys(), "tested"
        )
        mine = test.finding_ids.filtered(lambda line: line.agent_id <= self.agent)
        self.assertEqual([(line.model, line.explanation) for line in mine], [])
        self.env.ref("leads_agent_lifecycle_livechat.rule_chat_lock").active = False
        found = self._findings(self._run(), "discuss.channel").filtered(lambda line: line.agent_id == self.agent)
        self.assertEqual(found.verdict, "too_much")
