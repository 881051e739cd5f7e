from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.common import MANAGER, LeadsAgentCommon

from ..models import leads_agent_rule


@tagged("post_install", "-at_install")
class TestRule(LeadsAgentCommon):
    """Scheduled rules that assign leads every few minutes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["leads.agent.rule"].search([]).active = False
        cls.customers = cls.env["res.partner"].browse(
            [cls._lead(f"Rule {nr}", city="Ghent", phone=f"+32 2 555 02 0{nr}").id for nr in range(6)]
        )
        cls.rule = cls._rule()

    @classmethod
    def _rule(cls, user=None, **vals):
        return (
            cls.env["leads.agent.rule"]
            .with_user(user or cls.manager)
            .create(
                {
                    "name": "Ghent",
                    "team_id": cls.call_center.id,
                    "customer_domain": "[('city', '=', 'Ghent')]",
                    **vals,
                }
            )
        )

    def _run_job(self, minutes=0):
        """Run the job some minutes later."""
        for rule in self.env["leads.agent.rule"].search([]):
            rule.next_run_at -= timedelta(minutes=minutes)
        with self.enter_registry_test_mode():
            self.env.ref("leads_agent_distribution.cron_run_rules").method_direct_trigger()
        self.env.invalidate_all()

    def _held(self):
        return self._active_of(self.customers)

    def _active_of(self, customers):
        return self.env["leads.agent.assignment"].search(
            [("partner_id", "in", customers.ids), ("state", "=", "active")]
        )

    def test_matching_leads_go_to_the_agents_of_the_call_center_in_equal_shares(self):
        other = self._lead("Elsewhere", city="Leeds")
        self._run_job()
        held = self._held()
        self.assertEqual(len(held), 6)
        self.assertEqual(set(held.mapped("source")), {"rule"})
        self.assertEqual(
            {agent: len(some) for agent, some in held.grouped("agent_id").items()}, {self.agent: 3, self.other_agent: 3}
        )
        self.assertTrue(all(reason.startswith("Rule Ghent: ") for reason in held.mapped("reason")))
        self.assertFalse(self._active_of(other))
        self.assertEqual(
            (self.rule.last_assigned_count, self.rule.last_refused_count, self.rule.last_result),
            (6, 0, "Leads assigned: 6, to 2 agents. No further lead matches."),
        )

    def test_second_run_gives_nothing_and_new_leads_come_with_the_next(self):
        self._run_job()
        self._run_job()
        self.assertEqual(self.rule.last_assigned_count, 6, "not due yet")
        self._run_job(minutes=16)
        self.assertEqual((self.rule.last_assigned_count, self.rule.last_result), (0, "No further lead matches."))
        new = self._lead("New", city="Ghent")
        self._run_job(minutes=16)
        self.assertTrue(self._active(new))

    def test_filter_on_quotations(self):
        self.rule.order_domain = "[('client_order_ref', '=', 'fair')]"
        self.customers[2].sale_order_ids.client_order_ref = "fair"
        self._run_job()
        self.assertEqual(self._held().partner_id, self.customers[2])

    def test_daily_cap_and_newest_customers_first(self):
        self.rule.daily_cap = 2
        self._run_job()
        self.assertEqual(self._held().partner_id, self.customers[4:])
        self.assertEqual(
            self.rule.last_result, "Leads assigned: 2, to 2 agents. The limit of 2 leads per day has been reached."
        )
        self._run_job(minutes=16)
        self.assertEqual((len(self._held()), self.rule.last_assigned_count), (2, 0))
        self.rule.sudo().given_on -= timedelta(days=1)
        self._run_job(minutes=16)
        self.assertEqual(len(self._held()), 4)

    def test_rule_in_chunks_ends_where_it_would_end_in_one(self):
        with patch.object(leads_agent_rule, "CHUNK", 2):
            self._run_job()
        self.assertEqual(len(self._held()), 6)
        self.assertEqual(self.rule.last_assigned_count, 6)
        self.assertEqual(len(self._held().filtered(lambda a: a.agent_id == self.agent)), 3)

    def test_absent_and_full_agents_are_passed_by(self):
        self.agent.leads_available = False
        self.other_agent.leads_max_open = 2
        self._run_job()
        self.assertEqual(self._held().agent_id, self.other_agent)
        self.assertEqual(len(self._held()), 2)
        self.assertIn("all are away or full", self.rule.last_result)

    def test_no_agent_at_all_gets_a_sentence(self):
        self.call_center.crm_team_member_ids = [Command.clear()]
        self._run_job()
        self.assertEqual(
            self.rule.last_result, "No agent of Call Center North receives leads now: all are away or full."
        )
        self.assertFalse(self._held())

    def test_cooling_and_do_not_call_are_left_out(self):
        self.disposition.cooling_days = 5
        self._resolve(self._assign(self.customers[0]))
        self.env["phone.blacklist"].add(self.customers[1].phone)
        self._run_job()
        self.assertEqual(self._held().partner_id, self.customers[2:])
        self.assertEqual(self.rule.last_refused_count, 0, "not looked at again each time")

    def test_refused_leads_are_counted_in_words(self):
        # The second number is checked when the lead is assigned; the filter only compares the first.
        self.customers[0].phone = "+32 2 555 02 00 / +32 475 55 01 03"
        self.env["phone.blacklist"].add("+32 475 55 01 03")
        self._run_job()
        self.assertEqual(self.rule.last_refused_count, 1)
        self.assertIn("Left out: Cannot be called now: 1.", self.rule.last_result)

    def test_previous_agent_is_preferred(self):
        self.disposition.cooling_days = 0
        for customer in self.customers:
            self._resolve(self._assign(customer, self.other_agent))
        self._run_job()
        self.assertEqual(self._held().agent_id, self.other_agent)
        self.assertEqual(set(self._held().mapped("reason")), {"Rule Ghent: held the customer before"})

    def test_shares_by_weight(self):
        self.agent.leads_weight = 2
        self.rule.method = "weight"
        self._run_job()
        self.assertEqual(len(self._held().filtered(lambda a: a.agent_id == self.agent)), 4)

    def test_fewest_open_leads_first(self):
        busy = [self._lead(f"Busy {nr}") for nr in range(3)]
        self._assign(busy)
        self.rule.write({"method": "least", "daily_cap": 3})
        self._run_job()
        self.assertEqual(self._held().agent_id, self.other_agent)

    # ------------------------------------------------------------------
    # Access rights
    # ------------------------------------------------------------------

    def test_run_now_is_for_managers_and_says_what_it_did(self):
        action = self.rule.action_run()
        self.assertEqual(action["params"]["message"], "Leads assigned: 6, to 2 agents. No further lead matches.")
        for user in (self.agent, self.plain):
            with self.assertRaises(AccessError):
                self.rule.with_user(user).action_run()
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.env["leads.agent.rule"].with_user(user).search([])

    def test_rule_finds_what_its_author_may_see(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.customers[:3].company_id = branch
        self._run_job()
        self.assertEqual(self._held().partner_id, self.customers[3:])

    def test_rule_of_somebody_who_is_no_manager_any_more_stops(self):
        author = self._user("manager_max", MANAGER)
        rule = self._rule(author, name="Max").with_user(self.manager)
        self.rule.active = False
        author.group_ids = self.env.ref("base.group_user")
        self._run_job()
        self.assertEqual(
            rule.last_result, "The author, Manager Max, is no longer a Leads Manager. Save the filter again."
        )
        self.assertFalse(self._held())
        rule.customer_domain = "[('city', '=', 'Ghent')]"
        self.assertEqual(rule.user_id, self.manager)
        self._run_job(minutes=16)
        self.assertEqual(len(self._held()), 6)

    def test_results_are_written_by_the_rule_alone(self):
        for name, value in (("last_result", "x"), ("given_count", 0), ("user_id", self.manager.id)):
            with self.subTest(name), self.assertRaises(AccessError):
                self.rule.write({name: value})

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def test_filters_that_cannot_be_read_get_a_sentence(self):
        for text in (
            "[('no_such_field', '=', 1)]",
            "[('name', '=', ",
            "__import__('os').system('true')",
            "42",
            "[('name', 'no operator', 1)]",
            "[" * 2000,
            "[('id', '=', 'abc')]",
        ):
            for name in ("customer_domain", "order_domain"):
                with self.subTest(f"{name}: {text[:30]}"), self.assertRefused(ValidationError, "cannot be read"):
                    self.rule.write({name: text})

    def test_filter_that_became_unreadable_stops_the_rule_with_a_sentence_and_not_the_others(self):
        other = self._rule(name="Other")
        self.env.cr.execute(
            "UPDATE leads_agent_rule SET customer_domain = %s WHERE id = %s",
            ["[('field_of_a_removed_app', '=', 1)]", self.rule.id],
        )
        self.env.invalidate_all()
        self._run_job()
        self.assertIn("cannot be read", self.rule.last_result)
        self.assertEqual(self.rule.matching_count, 0)
        self.assertEqual(other.last_assigned_count, 6)

    @mute_logger("odoo.sql_db", "odoo.addons.leads_agent_distribution.models.leads_agent_rule")
    def test_error_ends_a_run_with_a_sentence_and_not_the_other_rules(self):
        other = self._rule(name="Other")
        self.env.cr.execute(
            "UPDATE leads_agent_rule SET customer_domain = %s WHERE id = %s", ["[('id', '=', 'abc')]", self.rule.id]
        )
        self.env.invalidate_all()
        self._run_job()
        self.assertIn("The run ended with an error", self.rule.last_result)
        self.assertGreater(self.rule.next_run_at, fields.Datetime.now())
        self.assertEqual(other.last_assigned_count, 6)

    def test_empty_filter_means_all_assignable_leads(self):
        self.rule.write({"customer_domain": "", "order_domain": False, "daily_cap": 3})
        self.assertGreaterEqual(self.rule.matching_count, 6)
        self._run_job()
        self.assertEqual(self.rule.last_assigned_count, 3)

    def test_absurd_numbers_get_a_sentence(self):
        for name, value in (
            ("interval_minutes", 0),
            ("interval_minutes", 1),
            ("interval_minutes", 10**12),
            ("daily_cap", -1),
            ("daily_cap", 10**12),
        ):
            with self.subTest(f"{name} = {value}"):
                with self.assertRefused(ValidationError, "must be a whole number"):
                    self.rule.write({name: value})
                with self.assertRefused(ValidationError, "must be a whole number"):
                    self._rule(**{name: value})
        with self.assertRefused(ValidationError, "A rule needs a name"):
            self.rule.name = "  "

    def test_call_center_of_another_company_is_refused(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.call_center.company_id = self.env.company
        with self.assertRefused(ValidationError, "belongs to another company"):
            self.env["leads.agent.rule"].create(
                {"name": "Branch", "team_id": self.call_center.id, "company_id": branch.id}
            )

    def test_form_shows_how_many_match(self):
        form = Form(self.env["leads.agent.rule"].with_user(self.manager))
        form.name = "Form"
        form.team_id = self.call_center
        form.customer_domain = "[('city', '=', 'Ghent')]"
        self.assertEqual(form.matching_count, 6)
        self.assertTrue(form.save().next_run_at <= fields.Datetime.now())
