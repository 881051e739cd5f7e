from datetime import timedelta
from random import Random

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.leads_agent.tests.limits_common import LimitsCommon
from odoo.addons.leads_agent.tools.eligibility import Cause, Verdict
from odoo.addons.leads_agent.tools.limits import refuse

from ..tools import limits


@tagged("post_install", "-at_install")
class TestLimits(LimitsCommon):
    """How many leads an agent may have, for every source."""

    # ------------------------------------------------------------------
    # Most open leads
    # ------------------------------------------------------------------

    def test_batch_fills_the_agent_up_to_the_cap_and_says_so_of_the_rest(self):
        self.env.company.leads_agent_max_open = 2
        lines = self._batch(self.customers[:4])
        results = sorted(line.result for line in lines.values())
        self.assertEqual(results, ["assigned", "assigned", "capped", "capped"])
        capped = next(line for line in lines.values() if line.result == "capped")
        self.assertEqual(capped.reason, "Agent Anna is full: at most 2 open leads.")
        self.assertEqual(self.agent.leads_open_count, 2)

    def test_every_entry_point_refuses_a_full_agent(self):
        first, second, third, fourth = self.customers[:4]
        self._assign(first)
        self._assign(third, self.other_agent)
        resolved = self._assign(fourth)
        self._resolve(resolved)
        self.env.company.leads_agent_max_open = 1
        full = "Agent Anna is full: at most 1 open leads"
        with self.assertRefused(UserError, full):
            self._assign(second)
        with self.assertRefused(UserError, full):
            self._import(second)
        with self.assertRefused(UserError, full):
            resolved.with_user(self.manager).action_reopen()
        action = (
            self.env["leads.agent.reassign"]
            .with_user(self.manager)
            .create({"agent_id": self.agent.id, "assignment_ids": self._active(third).ids})
            .action_reassign()
        )
        self.assertIn(full, action["params"]["message"])
        self.assertEqual(self._active(third).agent_id, self.other_agent, "left with whom it was")
        [result] = self._give(second, source="rule")
        self.assertEqual(result.result, "capped")

    def test_number_of_the_agent_counts_instead_of_the_company(self):
        self.env.company.leads_agent_max_open = 1
        self.agent.leads_max_open = 3
        self.assertEqual(sorted(self._results(self.customers[:4])), ["assigned"] * 3 + ["capped"])
        self.assertEqual(sorted(self._results(self.customers[4:], agent=self.other_agent)), ["assigned", "capped"])

    def test_strictest_company_of_the_agent_counts(self):
        strict = self.env["res.company"].create({"name": "Strict", "leads_agent_max_open": 1})
        self.env.company.leads_agent_max_open = 5
        self.agent.company_ids += strict
        self.assertEqual(sorted(self._results(self.customers[:2])), ["assigned", "capped"])

    def test_resolving_makes_room(self):
        self.env.company.leads_agent_max_open = 1
        assignment = self._assign(self.customers[0])
        self._resolve(assignment)
        self.assertTrue(self._assign(self.customers[1]))

    def test_what_an_agent_enters_is_theirs_even_when_full(self):
        self.env.company.write({"leads_agent_max_open": 1, "leads_agent_lock_assigned": True})
        self._assign(self.customers[0])
        entered = self.env["res.partner"].with_user(self.agent).create({"name": "Walk-in"})
        self.assertEqual(self._active(entered).agent_id, self.agent)

    def test_first_of_the_request_get_the_room_there_is(self):
        self.env.company.leads_agent_max_open = 1
        wanted = self.customers[3] | self.customers[0]
        results = self._give(wanted, source="batch")
        self.assertEqual([result.result for result in results], ["assigned", "capped"])

    # ------------------------------------------------------------------
    # Most new leads a day
    # ------------------------------------------------------------------

    def test_leads_of_today_count_also_when_they_ended(self):
        self.env.company.leads_agent_max_per_day = 2
        self._resolve(self._assign(self.customers[0]))
        self._assign(self.customers[1])
        with self.assertRefused(UserError, "full for today: at most 2 new leads a day"):
            self._assign(self.customers[2])

    def test_day_begins_at_midnight_of_the_agent(self):
        self.env.company.leads_agent_max_per_day = 1
        assignment = self._assign(self.customers[0])
        midnight = self.env["leads.agent.assignment"]._midnight(self.agent)
        assignment.sudo().assigned_at = midnight - timedelta(seconds=1)
        self.assertEqual(sorted(self._results(self.customers[1:3])), ["assigned", "capped"])

    def test_reopening_is_no_new_lead_of_the_day(self):
        self.env.company.leads_agent_max_per_day = 1
        assignment = self._assign(self.customers[0])
        self._resolve(assignment)
        assignment.with_user(self.agent).action_reopen()
        self.assertTrue(self._active(self.customers[0]))

    def test_refused_leads_take_no_place_of_the_cap(self):
        self.env.company.leads_agent_max_open = 1
        self.env["phone.blacklist"].add(self.customers[0].phone)
        results = self._give(self.customers[:2], source="batch")
        self.assertEqual([result.result for result in results], ["blocked", "assigned"])

    def test_arithmetic_never_exceeds_a_cap_and_leaves_no_lead_without_a_fate(self):
        dice = Random(42)
        for _nr in range(200):
            agents = range(1, dice.randint(1, 5) + 1)
            loads = {
                agent: limits.Load(
                    dice.randint(0, 9), dice.randint(0, 9), dice.choice([None, 5, 12]), dice.choice([None, 7])
                )
                for agent in agents
                if dice.random() < 0.8
            }
            verdicts = {
                lead: Verdict(*dice.choice([("assigned", "assigned"), ("held", "held")]))
                for lead in range(dice.randint(0, 40))
            }
            agent_of = {lead: dice.choice(agents) for lead in verdicts}
            refused = {lead: Cause("cooling") for lead in verdicts if dice.random() < 0.1}
            limited = limits.limit(
                refuse(verdicts, refused), agent_of, loads, dice.sample(sorted(verdicts), len(verdicts) // 2)
            )
            self.assertEqual(limited.keys(), verdicts.keys())
            for agent in agents:
                given = [lead for lead, v in limited.items() if v.result == "assigned" and agent_of[lead] == agent]
                capped = [lead for lead, v in limited.items() if v.result == "capped" and agent_of[lead] == agent]
                room = loads[agent].room if agent in loads else None
                self.assertTrue(room is None or len(given) <= room)
                self.assertTrue(not capped or len(given) == room, "nobody is called full who is not")
                self.assertFalse(set(given) & refused.keys())

    def test_move_gives_nothing_new_so_no_limit_stands_against_it(self):
        person, company = self._lead("Freelancer", is_company=False, phone="+32 2 555 03 01"), self._customer("Agency")
        self._assign(person)
        self.agent.write({"leads_max_open": 1, "leads_max_per_day": 1})
        self.env["phone.blacklist"].add(person.phone)
        person.parent_id = company
        self.assertEqual(self._active(company).agent_id, self.agent)

    def test_import_names_each_row_of_a_full_agent(self):
        self.other_agent.leads_max_open = 1
        loaded = (
            self.env["leads.agent.assignment"]
            .with_user(self.manager)
            .load(
                ["partner_id/.id", "agent_id/.id"],
                [[str(customer.id), str(self.other_agent.id)] for customer in self.customers[:2]],
            )
        )
        self.assertFalse(loaded["ids"])
        [message] = loaded["messages"]
        self.assertEqual((message["rows"]["from"], message["message"]), (1, "Agent Ben is full: at most 1 open leads."))
        self.assertFalse(self._active(self.customers[0]), "all or nothing")

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def test_absurd_numbers_get_a_sentence(self):
        for record, name in (
            (self.env.company, "leads_agent_max_open"),
            (self.env.company, "leads_agent_max_per_day"),
            (self.agent, "leads_max_open"),
            (self.agent, "leads_max_per_day"),
            (self.agent, "leads_weight"),
        ):
            for value in (-1, 10**12, float("inf"), "many"):
                with self.subTest(f"{name} = {value}"), self.assertRefused(ValidationError, "must be a whole number"):
                    record.write({name: value})

    def test_settings_page_refuses_absurd_numbers_and_saves_good_ones(self):
        settings = self.env["res.config.settings"].create({"leads_agent_max_open": 40, "leads_agent_need_phone": True})
        settings.execute()
        self.assertEqual(self.env.company.leads_agent_max_open, 40)
        self.assertTrue(self.env.company.leads_agent_need_phone)
        with self.assertRefused(ValidationError, "must be a whole number"):
            self.env["res.config.settings"].create({"leads_agent_max_open": -5}).execute()

    def test_form_says_before_that_the_agent_is_full(self):
        self.agent.leads_max_open = 1
        self._assign(self.customers[0])
        form = Form(self.env["leads.agent.assign"].with_user(self.manager))
        form.agent_id = self.agent
        self.assertEqual(form.agent_note, "Agent Anna is full: at most 1 open leads.")
        form.agent_id = self.other_agent
        self.assertFalse(form.agent_note)
