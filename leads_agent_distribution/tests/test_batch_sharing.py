from collections import Counter
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent import selecting
from odoo.addons.leads_agent.models import leads_agent_batch_assign
from odoo.addons.leads_agent.tests.common import AGENT, LeadsAgentCommon

from ..models import leads_agent_batch_assign as sharing


class BatchCase(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third_agent = cls._user("agent_cleo", AGENT)
        cls.agents = cls.agent | cls.other_agent | cls.third_agent

    def _leads(self, count, name="Lead", **vals):
        partners = self.env["res.partner"].create(
            [{"name": f"{name} {nr}", "is_company": True, "phone": f"+32 2 555 {nr:04}", **vals} for nr in range(count)]
        )
        self.env["sale.order"].create([{"partner_id": partner.id} for partner in partners])
        return partners

    def _batch(self, partners, user=None, **vals):
        vals = vals if vals.keys() & {"agent_id", "team_id", "agent_ids"} else {"agent_ids": self.agents.ids, **vals}
        return (
            self.env["leads.agent.batch.assign"]
            .with_user(user or self.manager)
            .create({"selected_order_ids": partners.sale_order_ids.ids, **vals})
        )

    def _got(self, batch):
        return Counter(line.agent_id for line in batch.line_ids if line.result == "assigned")

    def _small_requests(self, most=5, chunk=2):
        """Send larger batches to the job, in small chunks."""
        for module, name, value in (
            (leads_agent_batch_assign, "MOST_IN_REQUEST", most),
            (leads_agent_batch_assign, "CHUNK", chunk),
            (sharing, "CHUNK", chunk),
        ):
            self.startPatcher(patch.object(module, name, value))

    def _run_job(self):
        """Run the job as the scheduler does: in a transaction that commits each chunk."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            self.env(cr=cr)["leads.agent.batch.assign"]._cron_run_batches()
        self.env.invalidate_all()

    def _time_passes(self):
        """Move everything that has happened one hour back."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE leads_agent_history SET at = at - interval '2 hours'")
        self.env.cr.execute("UPDATE leads_agent_assignment SET assigned_at = assigned_at - interval '1 hour'")
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestBatchSharing(BatchCase):
    def test_several_agents_get_equal_shares_over_many_batches(self):
        total = Counter()
        for count in (4, 1, 2, 7, 3):
            batch = self._batch(self._leads(count))
            batch.action_assign()
            total.update(self._got(batch))
            self.assertLessEqual(max(total.values()) - min(total[agent] for agent in self.agents), 1)
        self.assertEqual(total.total(), 17)
        assignment = self.env["leads.agent.assignment"].search([("batch_id", "=", batch.id)], limit=1)
        self.assertIn("next in turn", assignment.reason)

    def test_who_is_away_gets_nothing_and_is_not_made_up_for(self):
        self._batch(self._leads(3)).action_assign()
        self.other_agent.leads_available = False
        batch = self._batch(self._leads(4))
        batch.action_assign()
        self.assertEqual(self._got(batch), {self.agent: 2, self.third_agent: 2})
        self.other_agent.leads_available = True
        batch = self._batch(self._leads(3))
        batch.action_assign()
        self.assertEqual(self._got(batch), dict.fromkeys(self.agents, 1))

    def test_shares_by_weight(self):
        batch = self._batch(
            self._leads(8),
            method="weight",
            share_ids=[(0, 0, {"agent_id": self.agent.id, "weight": 2})],
        )
        batch.action_assign()
        self.assertEqual(self._got(batch), {self.agent: 4, self.other_agent: 2, self.third_agent: 2})

    def test_whoever_has_the_fewest(self):
        self._assign(self._leads(3, "Before"), self.agent)
        batch = self._batch(self._leads(4), method="least")
        batch.action_assign()
        self.assertEqual(self._got(batch), {self.other_agent: 2, self.third_agent: 2})

    def test_cap_of_the_batch_and_what_nobody_has_room_for(self):
        batch = self._batch(self._leads(7), cap=2)
        batch.action_assign()
        self.assertEqual(self._got(batch), dict.fromkeys(self.agents, 2))
        [left] = batch.line_ids.filtered(lambda line: line.result == "capped")
        self.assertIn("No agent of this batch has room", left.reason)

    def test_previous_agent_language_and_country_come_first(self):
        known = self._leads(2, "Known")
        for assignment in self._assign(known, self.third_agent):
            assignment.with_user(self.manager).action_unassign()
        batch = self._batch(known, prefer_previous=True)
        batch.action_assign()
        self.assertEqual(self._got(batch), {self.third_agent: 2})
        self.assertIn("held the customer before", self._active(known[0]).reason)
        self.other_agent.partner_id.country_id = self.env.ref("base.be")
        batch = self._batch(self._leads(2, "Belgian", country_id=self.env.ref("base.be").id), prefer_country=True)
        batch.action_assign()
        self.assertEqual(self._got(batch), {self.other_agent: 2})

    def test_members_of_a_call_center_share_its_leads(self):
        batch = self._batch(self._leads(4), team_id=self.call_center.id)
        batch.action_assign()
        self.assertEqual(self._got(batch), {self.agent: 2, self.other_agent: 2})

    def test_one_notice_per_agent(self):
        self.agents.notification_type = "inbox"
        before = {agent: len(self._notices(agent)) for agent in self.agents}
        self._small_requests(most=100)
        self._batch(self._leads(9)).action_assign()
        for agent in self.agents:
            self.assertEqual(len(self._notices(agent)) - before[agent], 1)

    def _notices(self, agent):
        return self.env["mail.notification"].search([("res_partner_id", "=", agent.partner_id.id)])

    # ------------------------------------------------------------------
    # The plan
    # ------------------------------------------------------------------

    def test_plan_assigns_nothing_and_is_carried_out_exactly(self):
        leads = self._leads(6)
        held = self._leads(1, "Held")
        self._assign(held, self.other_agent)
        batch = self._batch(leads | held)
        batch.action_plan()
        self.assertEqual((batch.state, batch.pending_count), ("planned", 6))
        self.assertFalse(leads.filtered("leads_agent_id"))
        [refused] = batch.line_ids.filtered("result")
        self.assertEqual((refused.partner_id, refused.result), (held, "held"))
        shares = {
            share.agent_id: (share.open_before, share.planned_count, share.open_after) for share in batch.share_ids
        }
        self.assertEqual(shares, {self.agent: (0, 2, 2), self.other_agent: (1, 2, 3), self.third_agent: (0, 2, 2)})
        bars = self.env["leads.agent.batch.assign.load"].with_user(self.manager).search([("batch_id", "=", batch.id)])
        self.assertEqual(sum(bars.filtered(lambda bar: bar.moment == "after").mapped("leads")), 7)
        plan = {line.partner_id: line.agent_id for line in batch.line_ids - refused}
        taken, sold = leads[0], leads[1]
        self._assign(taken, self.third_agent if plan[taken] != self.third_agent else self.agent)
        sold.sale_order_ids.action_confirm()
        batch.action_commit()
        self.assertEqual(batch.state, "done")
        results = {line.partner_id: line.result for line in batch.line_ids}
        self.assertEqual((results[taken], results[sold]), ("held", "not_assignable"))
        for lead in leads[2:]:
            self.assertEqual((results[lead], lead.leads_agent_id), ("assigned", plan[lead]))

    def test_plan_names_the_leads_of_an_agent_who_lost_the_role_since(self):
        leads = self._leads(3)
        batch = self._batch(leads)
        batch.action_plan()
        self.third_agent.action_archive()
        batch.action_commit()
        [failed] = batch.line_ids.filtered(lambda line: line.result == "failed")
        self.assertIn("is archived", failed.reason)
        self.assertEqual(batch.assigned_count, 2)

    def test_plan_for_one_agent(self):
        leads = self._leads(2) | self._lead("Sold", "sale")
        batch = self._batch(leads, agent_id=self.agent.id)
        batch.action_plan()
        self.assertEqual((batch.state, batch.assigned_count), ("planned", 0))
        batch.action_commit()
        self.assertEqual((batch.assigned_count, batch.skipped_count), (2, 1))

    def test_plans_that_are_committed_count_in_the_rotation(self):
        got = Counter()
        for nr in range(4):
            lead = self._leads(1, f"Planned {nr}")
            batch = self._batch(lead)
            batch.action_plan()
            batch.action_commit()
            got[lead.leads_agent_id] += 1
        self.assertEqual(sorted(got.values()), [1, 1, 2])
        batch = self._batch(self._leads(2, "At once"))
        batch.action_assign()
        self.assertEqual(sorted((got + self._got(batch)).values()), [2, 2, 2])

    def test_plan_for_one_agent_says_what_would_be_refused(self):
        batch = self._batch(self._leads(2) | self._lead("Sold", "sale"), agent_id=self.agent.id)
        batch.action_plan()
        self.assertEqual((batch.pending_count, batch.skipped_count), (2, 1))
        self.assertIn("is confirmed", batch.line_ids.filtered("result").reason)
        self.assertEqual(batch.line_ids.filtered(lambda line: not line.result).agent_id, self.agent)
        self.assertEqual((batch.share_ids.planned_count, batch.share_ids.open_after), (2, 2))

    def test_customer_who_moved_between_plan_and_commit_brings_the_plan_along(self):
        lead, company = self._leads(1, "Mover"), self._lead("Company")
        batch = self._batch(lead | self._leads(1, "Other"))
        batch.action_plan()
        planned = batch.line_ids.filtered(lambda line: line.partner_id == lead).agent_id
        lead.write({"is_company": False, "parent_id": company.id})
        batch.action_commit()
        self.assertEqual(set(batch.line_ids.mapped("result")), {"assigned"})
        self.assertEqual(self._active(company).agent_id, planned)

    def test_what_was_asked_for_stands_once_the_batch_has_begun(self):
        batch = self._batch(self._leads(2))
        batch.write({"cap": 5})
        batch.action_plan()
        for vals in ({"reassign": True}, {"cap": 1}, {"agent_id": self.agent.id}, {"domain": "[]"}):
            with self.subTest(vals), self.assertRefused(UserError, "This batch has begun"):
                batch.write(vals)
        share = batch.share_ids[0]
        with self.assertRefused(UserError, "This batch has begun"):
            share.weight = 9
        with self.assertRefused(UserError, "This batch has begun"):
            share.unlink()
        with self.assertRefused(UserError, "This batch has begun"):
            share.create({"batch_id": batch.id, "agent_id": self.manager.id})
        draft = self._batch(self._leads(1), share_ids=[(0, 0, {"agent_id": self.agent.id})])
        with self.assertRaises(AccessError):
            draft.share_ids.planned_count = 99

    # ------------------------------------------------------------------
    # Undoing
    # ------------------------------------------------------------------

    def test_undo_restores_who_held_what_and_says_what_it_left(self):
        free, taken, worked, resolved = (self._leads(1, name) for name in ("Free", "Taken", "Worked", "Resolved"))
        former = self._assign(taken, self.other_agent)
        batch = self._batch(free | taken | worked | resolved, agent_id=self.agent.id, reassign=True)
        batch.action_assign()
        self.assertEqual(batch.assigned_count, 4)
        self._time_passes()
        worked.with_user(self.agent).message_post(body="Called", subtype_xmlid="mail.mt_note")
        self._resolve(self._active(resolved))
        batch.action_undo()
        self.assertEqual(batch.state, "undone")
        self.assertEqual((free.leads_agent_id, worked.leads_agent_id), (self.env["res.users"], self.agent))
        self.assertEqual(taken.leads_agent_id, self.other_agent)
        restored = self._active(taken)
        self.assertEqual((restored, restored.source, restored.end_reason), (former, "manual", False))
        ended = self.env["leads.agent.assignment"].search([("batch_id", "=", batch.id), ("end_reason", "=", "undone")])
        self.assertEqual(ended.partner_id, free | taken)
        reasons = {line.partner_id: (line.undone, line.undo_reason) for line in batch.line_ids}
        self.assertEqual(reasons[worked][0], "left")
        self.assertIn("Worked on since", reasons[worked][1])
        self.assertEqual(reasons[resolved], ("left", "Resolved since."))
        self.assertEqual(reasons[taken], ("undone", "Returned to Agent Ben."))
        self.assertIn("Returned: 2", batch.undo_summary)
        with self.assertRefused(UserError, "already been undone"):
            batch.action_undo()

    def test_undo_when_the_former_holder_is_gone(self):
        lead = self._leads(1)
        self._assign(lead, self.third_agent)
        batch = self._batch(lead, agent_id=self.agent.id, reassign=True)
        batch.action_assign()
        self._time_passes()
        self.third_agent.action_archive()
        batch.action_undo()
        self.assertFalse(lead.leads_agent_id)
        self.assertIn("previous holder cannot have it", batch.line_ids.undo_reason)

    def test_undo_tells_nobody_of_leads_they_do_not_get(self):
        lead, kept = self._leads(1, "Lost"), self._leads(1, "Kept")
        self._assign(lead, self.third_agent)
        self._assign(kept, self.other_agent)
        batch = self._batch(lead | kept, agent_id=self.agent.id, reassign=True)
        batch.action_assign()
        self._time_passes()
        (self.third_agent | self.other_agent).notification_type = "inbox"
        self.third_agent.group_ids = self.env.ref("base.group_user")
        before = len(self._notices(self.third_agent)), len(self._notices(self.other_agent))
        batch.action_undo()
        after = len(self._notices(self.third_agent)), len(self._notices(self.other_agent))
        self.assertEqual((after[0] - before[0], after[1] - before[1]), (0, 1))
        self.assertEqual((lead.leads_agent_id.id, kept.leads_agent_id), (False, self.other_agent))

    def test_undo_says_what_the_former_holder_could_not_take_back(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += company
        self.agent.company_ids += company
        lead = self._leads(1)
        self._assign(lead, self.other_agent)
        batch = self._batch(lead, agent_id=self.agent.id, reassign=True)
        batch.action_assign()
        self._time_passes()
        self.env.cr.execute("UPDATE res_partner SET company_id = %s WHERE id = %s", (company.id, lead.id))
        self.env.invalidate_all()
        batch.action_undo()
        self.assertEqual(batch.line_ids.undone, "left")
        self.assertIn("in which Agent Ben does not work", batch.line_ids.undo_reason)
        self.assertEqual(lead.leads_agent_id, self.agent)

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    def test_an_agent_who_left_the_company_since_gets_no_lead_of_it(self):
        self._small_requests()
        batch = self._batch(self._leads(9))
        batch.action_assign()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.third_agent.write({"company_id": elsewhere.id, "company_ids": [Command.set(elsewhere.ids)]})
        self._run_job()
        self.assertNotIn(self.third_agent, self._got(batch))
        self.assertFalse(batch.line_ids.filtered(lambda line: line.agent_id == self.third_agent))
        refused = batch.line_ids.filtered(lambda line: line.result not in (False, "assigned"))
        self.assertEqual(set(refused.mapped("result")), {"failed"})
        self.assertIn("does not work in the company", refused[0].reason)
        self.assertFalse(self.third_agent.leads_assignment_ids)

    def test_large_batches_go_on_in_the_background_in_chunks(self):
        self._small_requests()
        leads = self._leads(9)
        batch = self._batch(leads)
        action = batch.action_assign()
        self.assertEqual((batch.state, batch.pending_count, action["target"]), ("running", 9, "current"))
        self.assertTrue(
            self.env["ir.cron.trigger"].search([("cron_id", "=", self.env.ref("leads_agent.cron_run_batches").id)])
        )
        with self.assertRefused(UserError, "is running"):
            batch.action_assign()
        batch.sudo()._work_in_job()
        self.env.invalidate_all()
        self.assertEqual((batch.pending_count, batch.assigned_count), (7, 2))
        self.assertAlmostEqual(batch.progress, 100 * 2 / 9)
        self._run_job()
        self.assertEqual((batch.state, batch.assigned_count, batch.progress), ("done", 9, 100))
        self.assertEqual(self._got(batch), dict.fromkeys(self.agents, 3))
        self.assertEqual(leads.leads_assignment_ids.assigned_by_id, self.manager, "not the job")
        self._run_job()
        self.assertEqual(len(leads.leads_assignment_ids), 9)

    @mute_logger("odoo.addons.leads_agent.jobs")
    def test_batch_that_fails_is_stopped_and_holds_up_no_other(self):
        self._small_requests()
        broken, sound = self._batch(self._leads(7, "Broken")), self._batch(self._leads(7, "Sound"))
        broken.action_assign()
        sound.action_assign()
        work = type(broken)._assign_chunk

        def fail_once_begun(batch, *args, **kwargs):
            if batch.id == broken.id and batch.assigned_count:
                raise ZeroDivisionError
            return work(batch, *args, **kwargs)

        with patch.object(type(broken), "_assign_chunk", fail_once_begun):
            self._run_job()
        self.assertEqual((sound.state, sound.assigned_count), ("done", 7))
        self.assertEqual((broken.state, broken.assigned_count, broken.pending_count), ("cancelled", 2, 5))
        left = broken.line_ids.filtered(lambda line: not line.result)
        reason = "Stopped by an error (ZeroDivisionError) before this lead was processed."
        self.assertEqual(set(left.mapped("reason")), {reason})

    def test_running_batch_is_cancelled_between_chunks(self):
        self._small_requests()
        leads = self._leads(7)
        batch = self._batch(leads)
        batch.action_assign()
        batch.sudo()._work_in_job()
        batch.action_cancel()
        self._run_job()
        self.assertEqual((batch.state, batch.assigned_count, batch.pending_count), ("cancelled", 2, 5))
        self.assertIn("Cancelled before", batch.line_ids.filtered(lambda line: not line.result)[0].reason)
        self._time_passes()
        batch.action_undo()
        self.assertFalse(leads.filtered("leads_agent_id"))

    def test_plan_and_undo_of_large_batches_run_in_the_background_too(self):
        self._small_requests()
        leads = self._leads(8)
        batch = self._batch(leads)
        batch.action_plan()
        self.assertEqual(batch.state, "running")
        self._run_job()
        self.assertEqual((batch.state, batch.pending_count), ("planned", 8))
        batch.action_commit()
        self._run_job()
        self.assertEqual((batch.state, batch.assigned_count), ("done", 8))
        self._time_passes()
        batch.action_undo()
        self._run_job()
        self.assertEqual(batch.state, "undone")
        self.assertFalse(leads.filtered("leads_agent_id"))

    def test_all_orders_of_the_filter_instead_of_a_cut_selection(self):
        leads = self._leads(4)
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .with_context(
                active_model="sale.order",
                active_ids=leads[0].sale_order_ids.ids,
                active_domain=[("partner_id", "in", leads.ids)],
            )
            .create({"agent_id": self.agent.id, "whole_filter": True})
        )
        self.assertEqual((batch.order_count, batch.filter_count), (1, 4))
        batch.action_assign()
        self.assertEqual(batch.assigned_count, 4)

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def test_bad_input_gets_a_sentence_and_changes_nothing(self):
        leads = self._leads(2)
        Batch = self.env["leads.agent.batch.assign"].with_user(self.manager)
        orders = {"selected_order_ids": leads.sale_order_ids.ids}
        for error, sentence, vals in (
            (UserError, "No order matches the filter", {"domain": "[('id', '=', 0)]", "agent_id": self.agent.id}),
            (
                UserError,
                "Choose the Leads Agent",
                {**orders, "team_id": self.env["crm.team"].create({"name": "Empty"}).id},
            ),
            (UserError, "is not a Leads Agent", {**orders, "agent_ids": self.plain.ids}),
            (
                ValidationError,
                "one agent, or several",
                {**orders, "agent_id": self.agent.id, "agent_ids": self.agents.ids},
            ),
            (ValidationError, "whole number from", {**orders, "agent_ids": self.agents.ids, "cap": -1}),
            (ValidationError, "whole number from", {**orders, "agent_ids": self.agents.ids, "cap": 10**12}),
            (
                ValidationError,
                "whole number from",
                {**orders, "share_ids": [(0, 0, {"agent_id": self.agent.id, "weight": -3})]},
            ),
        ):
            with self.subTest(sentence), self.assertRefused(error, sentence), self.env.cr.savepoint():
                Batch.create(vals).action_assign()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._batch(leads, share_ids=[(0, 0, {"agent_id": self.agent.id}) for _ in range(2)])
        self.agents.leads_available = False
        with self.assertRefused(UserError, "None of these agents receives leads now"):
            self._batch(leads).action_assign()
        with patch.object(selecting, "MOST_ORDERS", 1), self.assertRefused(UserError, "at most"):
            Batch.create({"domain": "[]", "agent_id": self.agent.id}).action_assign()
        self.assertFalse(leads.filtered("leads_agent_id"))

    def test_batch_of_another_company_is_out_of_reach(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user(
            "manager_bo", "leads_agent.group_leads_manager", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        batch = self._batch(self._leads(2))
        batch.action_plan()
        for button in ("action_commit", "action_undo", "action_cancel"):
            with self.subTest(button), self.assertRaises(AccessError):
                getattr(batch.with_user(stranger), button)()
        for button in ("action_commit", "action_plan"):
            with self.subTest(button), self.assertRaises(AccessError):
                getattr(batch.with_user(self.agent), button)()
        self.assertEqual(batch.state, "planned")
        batch.action_commit()
        with self.assertRefused(UserError, "has been run already"):
            batch.action_commit()
        self.assertTrue(batch.executed_at <= fields.Datetime.now())
