from odoo.addons.leads_agent.tests.locked_common import LockedCommon


class SelfTests:
    """Runs the visibility test, and reads its findings."""

    def _run(self, user=None):
        """Run the test with the button, as the manager."""
        self.env.flush_all()
        self.env.invalidate_all()
        tests = self.env["leads.agent.self.test"].with_user(user or self.manager)
        return tests.browse(tests.action_run()["res_id"])

    def _findings(self, test, model=None):
        return test.finding_ids.filtered(lambda line: model is None or line.model == model)


class SelfTestCommon(SelfTests, LockedCommon):
    """Two agents under the lock, tested."""

    def _rule(self, name):
        return self.env.ref(f"leads_agent.{name}")
