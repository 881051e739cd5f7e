from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.closed_common import LINKS, ClosedCommon
from odoo.addons.leads_agent.tests.common import AGENT

from .self_test_common import SelfTestCommon, SelfTests


@tagged("post_install", "-at_install")
class TestClosing(SelfTests, ClosedCommon):
    """Models that the visibility test finds open are closed with the button on the finding."""

    def test_the_visibility_test_names_it_and_after_closing_it_is_as_it_should_be(self):
        self._ticket(x_partner_id=self.nobodys.id)
        self._ticket(x_ref=f"sale.order,{self.sold.id}")
        found = self._findings(self._run(), "x_leads_ticket")
        self.assertLessEqual({"too_much", "uncovered"}, set(found.mapped("verdict")))
        line = found.filtered(lambda one: one.verdict == "uncovered").with_user(self.admin)
        self.assertTrue(line.may_be_closed)
        action = line.action_close_model()
        form = Form(
            self.env[action["res_model"]].with_user(self.admin).with_context(**action["context"]),
            view="leads_agent_audit.leads_agent_closed_model_view_form_dialog",
        )
        closed = form.save()
        self.assertEqual((closed.model, closed.shape), ("x_leads_ticket", "links"))
        self.assertLessEqual(set(LINKS) - {"x_user_id", "x_user_ids"}, set(closed.field_ids.mapped("name")))
        self.assertEqual((closed.closed_by_id, bool(closed.closed_at)), (self.admin, True))
        self.assertIn("Partner_Id (x_partner_id)", closed.explanation)
        line.invalidate_recordset()
        self.assertFalse(line.may_be_closed)
        test = self._run()
        widened = test.finding_ids.filtered(lambda one: one.model == "x_leads_ticket")
        # The manually added right still has its line.
        self.assertEqual(widened.mapped("verdict"), ["widened"])
        lines = test.line_ids.filtered(lambda one: one.model == "x_leads_ticket" and one.agent_id)
        self.assertEqual(set(lines.mapped("verdict")), {"ok"})
        # The button of an earlier test opens the existing record.
        self.assertEqual(line.action_close_model()["res_id"], closed.id)

    def test_a_rule_that_somebody_touched_is_named(self):
        self._ticket(x_partner_id=self.nobodys.id)
        closed = self._close()
        rule = closed.sudo().rule_id
        values = rule.read(["domain_force", "active", "perm_read"])[0]
        values.pop("id")
        for vals, sentence in (
            ({"domain_force": "[(1, '=', 1)]"}, "was changed"),
            ({"active": False}, "switched off"),
            ({"perm_read": False}, "other operations"),
            ({"groups": [Command.set(self.env.ref("base.group_user").ids)]}, "limited to groups"),
        ):
            rule.write(vals)
            with self.subTest(sentence):
                found = " ".join(self._findings(self._run(), "x_leads_ticket").mapped("explanation"))
                self.assertIn(sentence, found)
            rule.write(values | {"groups": [Command.clear()]})
        rule.unlink()
        self.assertIn("was deleted", " ".join(self._findings(self._run(), "x_leads_ticket").mapped("explanation")))
        closed.invalidate_recordset()
        closed.write({"shape": "nothing"})
        self.assertTrue(closed.sudo().rule_id, "saving makes it again")

    def test_managers_read_the_form_and_do_not_close(self):
        self._ticket(x_partner_id=self.nobodys.id)
        line = self._findings(self._run(), "x_leads_ticket").filtered(lambda one: one.verdict == "uncovered")
        Form(self._close().with_user(self.manager))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            line.with_user(self.manager).action_close_model()


@tagged("post_install", "-at_install")
class TestClosingByTheButton(SelfTestCommon, HttpCase):
    def test_an_administrator_closes_what_the_test_found_and_opens_it_again(self):
        model = self.env["ir.model"]._get("payment.transaction")
        self.env["ir.model.access"].create(
            {"name": "for all", "model_id": model.id, "group_id": self.env.ref(AGENT).id, "perm_read": True}
        )
        test = self._run()
        self.start_tour(f"/odoo/leads-visibility/{test.id}", "leads_agent_close_model", login="admin")
        closed = self.env["leads.agent.closed.model"].with_context(active_test=False).search([])
        self.assertEqual((closed.model, closed.active, closed.shape), ("payment.transaction", False, "nothing"))
        self.assertEqual(closed.closed_by_id, self.env.ref("base.user_admin"))
        self.assertFalse(self.env["ir.rule"].search([("model_id", "=", model.id), ("name", "like", "closed by")]))
