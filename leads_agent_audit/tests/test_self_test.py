from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.common import AGENT, MANAGER
from odoo.addons.leads_agent.tests.exporting import exported

from ..models import leads_agent_self_test
from ..self_test import reading
from ..self_test.rules import Rules
from .self_test_common import SelfTestCommon


@tagged("post_install", "-at_install")
class TestSelfTest(SelfTestCommon):
    # ------------------------------------------------------------------
    # Nothing wrong
    # ------------------------------------------------------------------

    def test_clean_database_has_no_finding_for_any_combination_of_the_settings(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.env.company.id})
        self.other_agent.company_ids += branch
        customer = self._customer("Of the branch", company_id=branch.id)
        self._order(customer, company_id=branch.id)
        for lock in (False, True):
            for non_partial in (False, True):
                self.env.company.leads_agent_lock_assigned = lock
                self.env.company.leads_agent_view_non_partial = non_partial
                with self.subTest(lock=lock, non_partial=non_partial):
                    test = self._run()
                    self.assertEqual([(line.model, line.explanation) for line in self._findings(test)], [])
                    self.assertEqual((test.verdict, test.agent_count, test.pending_count), ("clean", 2, 0))

    def test_figures_are_those_of_the_agent(self):
        test = self._run()
        lines = {line.model: line for line in test.line_ids if line.agent_id == self.agent}
        for model in ("res.partner", "sale.order", "sale.order.line", "leads.agent.assignment", "leads.agent.history"):
            records = self.env[model].with_user(self.agent).with_context(active_test=False).search([])
            with self.subTest(model):
                self.assertTrue(records)
                self.assertEqual((lines[model].seen, lines[model].expected), (len(records), len(records)))
        self.assertEqual(lines["res.partner.bank"].seen, 0)
        self.assertIn("mail.message", lines)
        self.assertGreater(test.readable_count, test.model_count)
        self.assertEqual(test.read_count, len(test.line_ids.filtered(lambda line: line.agent_id and line.model)))

    # ------------------------------------------------------------------
    # Changed rules
    # ------------------------------------------------------------------

    def test_every_shipped_rule_that_is_switched_off_is_named(self):
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.rule"), ("module", "in", ("leads_agent", "leads_agent_audit"))]
        )
        self.assertGreater(len(data), 20)
        rules = Rules(self.env["leads.agent.self.test"].sudo())
        for xmlid in data:
            rule = self.env["ir.rule"].browse(xmlid.res_id)
            rule.active = False
            with self.subTest(xmlid.name):
                [line] = rules.check()
                self.assertEqual((line["verdict"], line["model"]), ("widened", rule.model_id.model))
                self.assertIn(f"{rule.name}' ({xmlid.complete_name}) is switched off", line["explanation"])
            rule.active = True
        self.assertEqual(rules.check(), [])

    def test_rules_that_let_an_agent_see_more_are_found_by_what_the_agent_reads(self):
        for name, model in (
            ("rule_partner_lock", "res.partner"),
            ("rule_order_lock", "sale.order"),
            ("rule_order_partial", "sale.order"),
            ("rule_order_line_lock", "sale.order.line"),
            ("rule_order_line_partial", "sale.order.line"),
            ("rule_history_lock", "leads.agent.history"),
            ("rule_assignment_own", "leads.agent.assignment"),
            ("rule_bank_lock", "res.partner.bank"),
            ("rule_message_sight", "mail.message"),
            ("rule_activity_sight", "mail.activity"),
        ):
            self._rule(name).active = False
            with self.subTest(name):
                found = self._findings(self._run(), model)
                mine = found.filtered(lambda line: line.agent_id == self.agent)
                self.assertEqual(mine.verdict, "too_much")
                self.assertGreater(mine.seen, mine.expected)
                self.assertIn(f"leads_agent.{name}", mine.explanation)
            self._rule(name).active = True

    def test_rule_that_is_gone_changed_limited_or_moved_is_named(self):
        rule = self._rule("rule_bank_lock")
        domain = rule.domain_force
        for vals, undo, sentence in (
            ({"domain_force": "[(1, '=', 1)]"}, {"domain_force": domain}, "was changed"),
            (
                {"groups": [Command.set(self.env.ref("base.group_user").ids)]},
                {"groups": [Command.clear()]},
                "limited to groups",
            ),
            ({"perm_read": False}, {"perm_read": True}, "other operations"),
        ):
            rule.write(vals)
            with self.subTest(sentence):
                self.assertIn(sentence, " ".join(self._findings(self._run(), "res.partner.bank").mapped("explanation")))
            rule.write(undo)
        rule.unlink()
        found = self._findings(self._run(), "res.partner.bank")
        self.assertIn("(leads_agent.rule_bank_lock) was deleted", found[0].explanation)
        self.assertEqual(found.filtered("agent_id").mapped("seen"), [1, 1])

    def test_group_rule_of_another_module_is_named_where_it_matters_and_widens_nothing(self):
        self.env["ir.rule"].create(
            {
                "name": "Everything for everybody",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "domain_force": "[(1, '=', 1)]",
                "groups": [Command.link(self.env.ref("base.group_user").id)],
            }
        )
        self.assertEqual(self._run().verdict, "clean")
        self._rule("rule_order_lock").active = False
        line = self._findings(self._run(), "sale.order").filtered(lambda line: line.agent_id == self.agent)
        self.assertIn("Everything for everybody (made by hand)", line.explanation)

    def test_rule_of_another_module_that_hides_too_much_is_found(self):
        self.env["ir.rule"].create(
            {
                "name": "Nobody sees Mine",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.mine.id})]",
            }
        )
        line = self._findings(self._run(), "res.partner").filtered(lambda line: line.agent_id == self.agent)
        self.assertEqual((line.verdict, line.expected - line.seen), ("too_little", 1))
        self.assertIn("Nobody sees Mine (made by hand)", line.explanation)

    def test_stored_holder_out_of_step_is_found_although_the_figures_agree(self):
        """One customer too many and one too few: equal counts, different customers."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET leads_agent_id = CASE id WHEN %(right)s THEN NULL ELSE %(agent)s END"
            " WHERE id IN (%(right)s, %(wrong)s)",
            {"right": self.mine.id, "wrong": self.nobodys.id, "agent": self.agent.id},
        )
        line = self._findings(self._run(), "res.partner").filtered(lambda line: line.agent_id == self.agent)
        self.assertEqual(line.verdict, "too_much", line.explanation)
        self.assertEqual(line.seen, line.expected, line.explanation)
        self.assertIn("Reads 1 more", line.explanation)
        self.assertIn("Cannot read 1", line.explanation)
        self.assertIn("a stored agent is out of date", line.explanation)

    # ------------------------------------------------------------------
    # Added rights and groups
    # ------------------------------------------------------------------

    def _give(self, model):
        return self.env["ir.model.access"].create(
            {
                "name": "for the agents",
                "model_id": self.env["ir.model"]._get_id(model),
                "group_id": self.env.ref(AGENT).id,
                "perm_read": True,
            }
        )

    def test_model_with_a_link_that_an_agent_may_suddenly_read_is_named(self):
        self._give("sale.report")
        found = self._findings(self._run(), "sale.report")
        self.assertEqual(set(found.mapped("verdict")), {"widened", "too_much", "uncovered"})
        self.assertIn(
            "The custom access right 'for the agents'", found.filtered(lambda one: one.verdict == "widened").explanation
        )
        mine = found.filtered(lambda line: line.agent_id == self.agent)
        self.assertIn("No rule of Leads Agent covers this model", mine.explanation)
        self.assertIn("partner_id", mine.explanation)
        self.assertGreater(mine.seen, 0)

    def test_right_that_was_widened_is_named(self):
        self.env.ref("leads_agent.access_sale_order_agent").perm_unlink = True
        [line] = self._findings(self._run())
        self.assertEqual((line.model, line.verdict), ("sale.order", "widened"))
        self.assertIn("(leads_agent.access_sale_order_agent) now also allows: Delete", line.explanation)

    def test_model_is_named_before_the_first_row_is_there(self):
        self._give("payment.transaction")
        self.env["payment.transaction"].search([]).unlink()
        found = self._findings(self._run(), "payment.transaction")
        self.assertEqual(set(found.mapped("verdict")), {"widened", "uncovered"})

    def test_without_lock_and_with_all_orders_nothing_is_out_of_sight(self):
        self.env.company.leads_agent_lock_assigned = False
        self.env.company.leads_agent_view_non_partial = True
        self._give("payment.transaction")
        found = self._findings(self._run(), "payment.transaction")
        self.assertEqual(found.mapped("verdict"), ["widened"], "The right by hand is named all the same")

    def test_group_that_was_forced_in_is_named(self):
        group = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.env.flush_all()
        self.env.cr.execute("INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)", (group.id, self.agent.id))
        self.env.invalidate_all()
        self.env.registry.clear_cache("groups")
        self.env.registry.clear_cache()
        test = self._run()
        [line] = test.finding_ids.filtered(lambda line: not line.model)
        self.assertEqual((line.agent_id, line.verdict), (self.agent, "widened"))
        self.assertIn(group.full_name, line.explanation)
        self.assertFalse(self._findings(test, "sale.order"), "The global rules hold")

    def test_model_that_cannot_be_searched_is_a_finding_and_not_the_end(self):
        banks = self.registry["res.partner.bank"]

        def broken(*args, **kwargs):
            raise ValueError("broken by another addon")

        with (
            patch.object(banks, "_search", broken),
            mute_logger("odoo.addons.leads_agent_audit.self_test.reading"),
        ):
            test = self._run()
        found = self._findings(test, "res.partner.bank")
        self.assertEqual(found.mapped("verdict"), ["failed", "failed"])
        self.assertIn("ValueError", found[0].explanation)
        self.assertEqual(test.agent_count, 2)

    # ------------------------------------------------------------------
    # Size
    # ------------------------------------------------------------------

    def test_what_there_was_no_time_for_is_said_and_continued(self):
        with patch.object(leads_agent_self_test, "SECONDS_PER_CLICK", 0):
            test = self._run()
            self.assertEqual((test.agent_count, test.pending_count, test.verdict), (1, 1, "incomplete"))
            test.action_continue()
        self.assertEqual((test.agent_count, test.pending_count, test.verdict), (2, 0, "clean"))
        self.assertEqual(test.line_ids.agent_id, self.agent | self.other_agent)
        full = self._run()
        self.assertEqual(
            sorted(test.line_ids.mapped(lambda line: (line.agent_id.id, line.model))),
            sorted(full.line_ids.mapped(lambda line: (line.agent_id.id, line.model))),
        )

    def test_sample_of_messages_takes_the_agents_own_however_old(self):
        for _number in range(4):
            self.nobodys.message_post(body="Newer", message_type="comment")
        self._rule("rule_message_sight").active = False
        own = self.env["mail.message"].search([("res_id", "=", self.nobodys.id), ("body", "ilike", "Called")])
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET create_uid = %s WHERE id = %s", (self.agent.id, own.id))
        with patch.object(reading, "SAMPLE", 2):
            line = self._findings(self._run(), "mail.message").filtered(lambda line: line.agent_id == self.agent)
        self.assertEqual(line.verdict, "too_much")
        self.assertIn("Only the newest 2", line.explanation)

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def test_only_managers_run_and_read_it(self):
        test = self._run()
        for user in (self.agent, self.plain, self.salesperson):
            tests = self.env["leads.agent.self.test"].with_user(user)
            with self.assertRefused(AccessError, "Only Leads Managers"):
                tests.action_run()
            with self.assertRaises(AccessError), mute_logger("odoo.models", "odoo.addons.base.models.ir_model"):
                tests.browse(test.id).read(["verdict"])
            for method in ("action_continue", "action_open_lines"):
                with self.assertRaises(AccessError), mute_logger("odoo.models", "odoo.addons.base.models.ir_model"):
                    getattr(tests.browse(test.id), method)()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            test.line_ids.with_user(self.manager).write({"verdict": "ok"})

    def test_results_of_another_company_are_not_read(self):
        there = self.env["res.company"].create({"name": "Elsewhere"})
        boss = self._user("manager_bo", MANAGER, company_ids=[Command.set(there.ids)], company_id=there.id)
        test = self._run()
        self.assertFalse(self.env["leads.agent.self.test"].with_user(boss).search([("id", "=", test.id)]))
        self.assertFalse(self.env["leads.agent.self.test.line"].with_user(boss).search([("test_id", "=", test.id)]))
        with self.assertRefused(UserError, "nobody to test"):
            self.env["leads.agent.self.test"].with_user(boss).action_run()

    def test_nothing_of_a_customer_is_kept(self):
        self._rule("rule_partner_lock").active = False
        test = self._run()
        kept = str(test.line_ids.read())
        self.assertIn(str(test.executed_at.year), test.display_name)
        self.assertIn("Agent Anna", kept)
        for customer in (self.mine, self.theirs, self.nobodys):
            self.assertNotIn(customer.name, kept)


@tagged("post_install", "-at_install")
class TestSelfTestExport(SelfTestCommon, HttpCase):
    def test_managers_export_the_results_without_a_formula(self):
        self.agent.name = "=HYPERLINK(A1)"
        test = self._run()
        names = ["agent_id", "model_name", "model", "seen", "expected", "verdict", "explanation"]
        rows = exported(self, "manager_mia", test.line_ids, names)
        self.assertEqual(len(rows), len(test.line_ids))
        self.assertIn("'=HYPERLINK(A1)", {row["agent_id"] for row in rows})
        self.assertIn("As it should be", {row["verdict"] for row in rows})
        self.assertEqual(
            {(row["seen"], row["expected"]) for row in rows if row["model"] == "res.partner"},
            {(str(line.seen), str(line.expected)) for line in test.line_ids if line.model == "res.partner"},
        )
        self.assertIsNone(exported(self, "agent_anna", test.line_ids, names))
