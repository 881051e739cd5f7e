from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.leads_agent.tests.common import MANAGER
from odoo.addons.leads_agent_distribution.tests.test_batch_sharing import BatchCase


class UndoCase(BatchCase):
    """Batches run by a manager over RPC, and all data that undoing must restore."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["leads.agent.calling.hours"].search([]).unlink()
        cls.other_manager = cls._user("manager_max", MANAGER)
        cls.no_answer = cls.env.ref("leads_agent.disposition_no_answer")

    def _leads(self, count, name="Lead", **vals):
        return super()._leads(count, name, **{"country_id": self.env.ref("base.be").id, **vals})

    def _rpc(self, model, method, *args, user=None, **kwargs):
        """Call a method like the web client and XML-RPC, with a flush at the end of the request."""
        result = call_kw(self.env(user=user or self.manager)[model], method, list(args), kwargs)
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _press(self, batch, button, user=None):
        self._rpc("leads.agent.batch.assign", button, batch.ids, user=user)

    def _batch(self, partners, user=None, **vals):
        vals = vals if vals.keys() & {"agent_id", "team_id", "agent_ids"} else {"agent_ids": self.agents.ids, **vals}
        vals["selected_order_ids"] = partners.sale_order_ids.ids
        ids = self._rpc("leads.agent.batch.assign", "create", [vals], user=user)
        return self.env["leads.agent.batch.assign"].browse(ids)

    def _run(self, partners, user=None, **vals):
        batch = self._batch(partners, user, **vals)
        self._press(batch, "action_assign", user)
        return batch

    def _held_since(self, partners, agent, days=3):
        """Create leads that an agent has held for days, with an unsuccessful attempt."""
        assignments = self._assign(partners, agent)
        assignments.attempt_count = 2
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE leads_agent_assignment SET assigned_at = assigned_at - %s * interval '1 day' WHERE id = ANY(%s)",
            [days, assignments.ids],
        )
        self.env.cr.execute(
            "UPDATE leads_agent_history SET at = at - %s * interval '1 day' WHERE partner_id = ANY(%s)",
            [days, partners.ids],
        )
        self.env.invalidate_all()
        self.env["leads.agent.history"]._refresh_last_events(partners.ids)
        return assignments

    def _promise(self, partner, agent):
        values = {"partner_id": partner.id, "agent_id": agent.id, "due_at": self._tomorrow()}
        ids = self._rpc("leads.agent.callback", "create", [values])
        return self.env["leads.agent.callback"].browse(ids)

    def _tomorrow(self):
        return fields.Datetime.to_string(fields.Datetime.now().replace(microsecond=0) + timedelta(days=1))

    def _facts(self, partners):
        """Return the data that undoing restores, of leads and of all agents."""
        self.env.flush_all()
        self.env.invalidate_all()
        active = self.env["leads.agent.assignment"].search(
            [("partner_id", "in", partners.ids), ("state", "=", "active")]
        )
        callbacks = self.env["leads.agent.callback"].search([("partner_id", "in", partners.ids)])
        names = [
            *("partner_id", "agent_id", "company_id", "assigned_at", "assigned_by_id", "source", "reason", "batch_id"),
            *("attempt_count", "next_call_at", "last_event_at", "last_contact_at", "first_call_at", "visible_until"),
            *("ended_at", "ended_by_id", "end_reason", "note", "order_id"),
            *("is_assigned", "is_resolved", "is_sale", "conversion"),
        ]
        return {
            "leads": active.read(names),
            "priorities": {lead.id: round(lead.priority, 6) for lead in active},
            "holders": {partner.id: partner.leads_agent_id.id for partner in partners},
            "orders": {order.id: order.leads_agent_id.id for order in partners.sale_order_ids},
            "callbacks": callbacks.read(["partner_id", "agent_id", "state", "due_at", "promised_at", "told_at"]),
            "loads": self.env["leads.agent.assignment"]._agent_rooms(self.agents),
            "open": {agent.id: agent.leads_open_count for agent in self.agents},
            "desks": {agent.id: self._desk(agent) for agent in self.agents},
            "turns": self.env["leads.agent.rotation"].search([]).filtered("turns").mapped("turns"),
        }

    def _desk(self, agent):
        """Return the figures of an agent, and the ten latest entries."""
        data = self._rpc("leads.agent.dashboard", "get_data", user=agent)
        return data["figures"], [(entry["id"], entry["summary"]) for entry in data["history"]]

    def _line(self, batch, partner):
        return batch.line_ids.filtered(lambda line: line.partner_id == partner)


@tagged("post_install", "-at_install")
class TestPlanIsItsCommit(UndoCase):
    """Committing a plan does exactly what was planned."""

    def _check_plan(self, partners, **vals):
        """Compare the lines of a plan and its commit, and the resulting holders."""
        batch = self._batch(partners, **vals)
        self._press(batch, "action_plan")
        planned = {
            line.partner_id: (line.result or "assigned", line.agent_id, line.previous_agent_id, not line.result)
            for line in batch.line_ids
        }
        refused = {line.partner_id: line.reason for line in batch.line_ids if line.result}
        foreseen = {share.agent_id: share.open_after for share in batch.share_ids}
        self._press(batch, "action_commit")
        for line in batch.line_ids:
            result, agent, previous, was_open = planned[line.partner_id]
            self.assertEqual((line.result, line.agent_id, line.previous_agent_id), (result, agent, previous))
            if was_open:
                self.assertEqual(line.partner_id.leads_agent_id, agent)
            else:
                self.assertEqual(line.reason, refused[line.partner_id])
        self.assertEqual({agent: agent.leads_open_count for agent in foreseen}, foreseen)
        return {partner: (result, agent) for partner, (result, agent, *_rest) in planned.items()}

    def test_who_holds_a_lead_already_keeps_it_and_it_is_no_new_load(self):
        leads = self._leads(6, "Held by Ben")
        self._assign(leads, self.other_agent)
        plan = self._check_plan(leads, reassign=True)
        kept = [partner for partner, (result, _agent) in plan.items() if result == "already"]
        self.assertEqual(len(kept), 2, "a third of them")
        self.assertEqual([agent.leads_open_count for agent in self.agents], [2, 2, 2])

    def test_who_is_full_keeps_what_they_hold_and_has_room_for_no_more(self):
        self.other_agent.leads_max_open = 3
        held, free = self._leads(3, "Held"), self._leads(4, "Free")
        self._assign(held, self.other_agent)
        plan = self._check_plan(held | free, reassign=True)
        self.assertFalse(
            [agent for result, agent in plan.values() if result == "assigned" and agent == self.other_agent]
        )

    def test_a_lead_that_stays_takes_no_room(self):
        self.other_agent.leads_max_open = 2
        held, free = self._leads(1, "Held"), self._leads(1, "Free")
        self._assign(held, self.other_agent)
        plan = self._check_plan(held | free, agent_ids=self.other_agent.ids, reassign=True)
        self.assertEqual((plan[held][0], plan[free][0]), ("already", "assigned"))

    def test_the_fewest_open_leads_are_counted_without_those_that_are_taken(self):
        leads = self._leads(9)
        self._assign(leads, self.agent)
        self._check_plan(leads, method="least", reassign=True)
        self.assertEqual([agent.leads_open_count for agent in self.agents], [3, 3, 3])

    def test_leads_of_a_company_are_for_agents_who_work_there(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.third_agent.company_ids += company
        ours, theirs = self._leads(4, "Ours"), self._leads(3, "Theirs")
        theirs.company_id = company
        plan = self._check_plan(ours | theirs)
        self.assertEqual({plan[partner] for partner in theirs}, {("assigned", self.third_agent)})
        self.assertEqual({plan[partner][0] for partner in ours}, {"assigned"})

    def test_leads_of_a_company_in_which_nobody_of_the_batch_works(self):
        lead = self._leads(1)
        lead.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += lead.company_id
        batch = self._batch(lead | self._leads(1, "Other"))
        self._press(batch, "action_plan")
        line = self._line(batch, lead)
        self.assertEqual(line.result, "not_assignable")
        self.assertIn("in which no agent of this batch works", line.reason)

    def test_one_agent_with_a_cap_and_every_reason_to_refuse(self):
        self.agent.leads_max_per_day = 2
        several, quiet = self._leads(1, "Several"), self._leads(1, "Quiet", phone="+32 2 555 99 01")
        self._order(several, days_ago=2)
        self.env["leads.agent.opt.out"]._record(quiet)
        sold, cancelled = self._lead("Sold", "sale"), self._lead("Cancelled", "cancel")
        mine, theirs = self._leads(1, "Mine"), self._leads(1, "Theirs")
        gone = self._leads(1, "Gone")
        self._held_since(mine, self.agent)
        self._assign(theirs, self.other_agent)
        gone.action_archive()
        everybody = several | quiet | sold | cancelled | mine | theirs | gone | self._leads(3, "Free")
        plan = self._check_plan(everybody, agent_id=self.agent.id)
        results = {partner: result for partner, (result, _agent) in plan.items()}
        self.assertEqual(
            [results[partner] for partner in (quiet, sold, cancelled, mine, theirs, gone)],
            ["blocked", "not_assignable", "not_assignable", "already", "held", "not_assignable"],
        )
        self.assertEqual((list(results.values()).count("assigned"), list(results.values()).count("capped")), (2, 2))

    def test_an_agent_must_work_in_the_company_of_the_batch(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += company
        stranger = self._user(
            "agent_eve", "leads_agent.group_leads_agent", company_id=company.id, company_ids=[Command.set(company.ids)]
        )
        batch = self._batch(self._leads(1), agent_id=stranger.id)
        with self.assertRefused(UserError, "does not work in the company"):
            call_kw(
                self.env(user=self.manager)["leads.agent.batch.assign"],
                "action_plan",
                [batch.ids],
                {"context": {"allowed_company_ids": company.ids + self.env.company.ids}},
            )

    # ------------------------------------------------------------------
    # Nothing to assign
    # ------------------------------------------------------------------

    def test_nothing_to_give_no_commit(self):
        held, mine, quiet = self._leads(1, "Held"), self._leads(1, "Mine"), self._leads(1, "Q", phone="+32 2 555 99 02")
        self._assign(held, self.other_agent)
        self._assign(mine, self.agent)
        self.env["leads.agent.opt.out"]._record(quiet)
        full, free = self.third_agent, self._leads(1, "Free")
        self._assign(self._leads(1, "Before"), full)
        full.leads_max_open = 1
        before = self.env["leads.agent.assignment"].search([])
        for name, partners, vals in (
            ("all are held", held, {}),
            ("sold", self._lead("Sold", "sale"), {}),
            ("cancelled", self._lead("Cancelled", "cancel"), {"agent_id": self.agent.id}),
            ("already theirs", mine, {"agent_id": self.agent.id, "reassign": True}),
            ("kept by the one who shares", mine, {"agent_ids": self.agent.ids, "reassign": True}),
            ("wants no calls", quiet, {}),
            ("full", free, {"agent_id": full.id}),
        ):
            batch = self._batch(partners, **vals)
            self._press(batch, "action_plan")
            with self.subTest(name):
                self.assertEqual((batch.state, batch.pending_count), ("planned", 0))
                for button in ("action_commit", "action_assign"):
                    with self.assertRefused(UserError, "There is nothing to apply"):
                        self._press(batch, button)
                self.assertEqual(batch.state, "planned")
                with self.assertRefused(UserError, "has not been run yet"):
                    self._press(batch, "action_undo")
        self.assertEqual(self.env["leads.agent.assignment"].search([]), before)


@tagged("post_install", "-at_install")
class TestUndo(UndoCase):
    """Undoing restores the previous state."""

    def _check_undone(self, partners, **vals):
        """Run a batch, undo it, and compare."""
        before = self._facts(partners)
        batch = self._run(partners, **vals)
        self.assertNotEqual(self._facts(partners), before)
        self._press(batch, "action_undo")
        after = self._facts(partners)
        for name, fact in before.items():
            self.assertEqual(after[name], fact, name)
        self.assertEqual(batch.state, "undone")
        given = batch.line_ids.filtered(lambda line: line.result == "assigned")
        self.assertEqual(set(given.mapped("undone")), {"undone"})
        self.assertEqual(set(given.assignment_id.mapped("end_reason")), {"undone"})
        return batch

    def test_leads_of_the_pool(self):
        self._check_undone(self._leads(4))

    def test_earlier_holders_have_their_leads_since_when_they_had_them(self):
        leads = self._leads(3)
        held = self._held_since(leads, self.other_agent)
        self._check_undone(leads, agent_id=self.agent.id, reassign=True)
        self.assertEqual(set(held.mapped("state")), {"active"}, "the very same assignments")

    def test_held_and_free_leads_shared_out_by_several(self):
        held = self._leads(5, "Held")
        self._held_since(held, self.other_agent)
        self._check_undone(held | self._leads(4, "Free"), reassign=True)

    def test_several_orders_of_one_customer_and_a_contact(self):
        customer = self._leads(1)
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id})
        self._order(contact)
        self._order(customer, days_ago=3)
        self._held_since(customer, self.third_agent)
        self._check_undone(customer | contact, agent_id=self.agent.id, reassign=True)
        self.assertEqual(contact.leads_agent_id, self.third_agent)

    def test_callbacks_are_whose_they_were(self):
        held, free, nobodys, moved = (self._leads(1, name) for name in ("Held", "Free", "Nobody's", "Moved"))
        self._held_since(held | moved, self.other_agent)
        self._promise(held, self.other_agent)
        self._promise(free, self.third_agent)
        self._promise(nobodys, self.third_agent).agent_id = False
        callback = self._promise(moved, self.other_agent)
        self._rpc("leads.agent.callback", "write", callback.ids, {"agent_id": self.third_agent.id})
        self._check_undone(held | free | nobodys | moved, agent_id=self.agent.id, reassign=True)

    def test_caps_count_what_was_undone_no_more(self):
        self.agent.leads_max_per_day = self.agent.leads_max_open = 2
        self._check_undone(self._leads(3), agent_id=self.agent.id)
        self.assertEqual(self._run(self._leads(2, "Next"), agent_id=self.agent.id).assigned_count, 2)

    def test_leads_given_in_another_company_stay_there(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        company.leads_agent_half_life = 5
        (self.manager | self.agent | self.other_agent).company_ids += company
        lead = self._leads(1)
        held = self._held_since(lead, self.other_agent)
        held.company_id = company
        self.env["leads.agent.history"].with_company(company)._refresh_last_events(lead.ids)
        before = self._facts(lead)
        context = {"allowed_company_ids": self.env.company.ids + company.ids}
        batch = self._batch(lead, agent_id=self.agent.id, reassign=True)
        for button in ("action_assign", "action_undo"):
            self._rpc("leads.agent.batch.assign", button, batch.ids, context=context)
        self.assertEqual(batch.line_ids.undone, "undone")
        self.assertEqual(self._facts(lead), before)

    def test_by_another_manager(self):
        lead = self._leads(1)
        self._held_since(lead, self.other_agent)
        before = self._facts(lead)
        batch = self._run(lead, agent_id=self.agent.id, reassign=True)
        self._press(batch, "action_undo", self.other_manager)
        self.assertEqual(self._facts(lead), before)

    def test_batches_upon_batches_are_undone_one_after_the_other(self):
        lead = self._leads(1)
        self._held_since(lead, self.agent)
        before = [self._facts(lead)]
        batches = []
        for agent in (self.other_agent, self.third_agent, self.agent, self.other_agent):
            batches.append(self._run(lead, agent_id=agent.id, reassign=True))
            before.append(self._facts(lead))
        for batch in reversed(batches):
            before.pop()
            self._press(batch, "action_undo")
            self.assertEqual(self._facts(lead), before[-1])

    def test_the_same_plan_again_is_the_same_plan(self):
        leads = self._leads(5)
        plans = []
        for method in ("equal", "equal", "weight", "weight", "least", "least"):
            batch = self._batch(leads, method=method)
            self._press(batch, "action_plan")
            plans.append([(line.partner_id, line.agent_id) for line in batch.line_ids])
            self._press(batch, "action_commit")
            self._press(batch, "action_undo")
        self.assertEqual(plans[::2], plans[1::2])

    def test_turns_are_taken_back_when_others_were_served_meanwhile(self):
        first = self._run(self._leads(3))
        self._run(self._leads(3, "Since"))
        self._press(first, "action_undo")
        batch = self._run(self._leads(3, "Next"))
        self.assertEqual(self._got(batch), dict.fromkeys(self.agents, 1))

    def test_who_had_it_by_an_undone_batch_is_no_previous_agent(self):
        lead = self._leads(1)
        self._assign(lead, self.third_agent).with_user(self.manager).action_unassign()
        self._press(self._run(lead, agent_id=self.agent.id), "action_undo")
        batch = self._run(lead, prefer_previous=True)
        self.assertEqual(batch.line_ids.agent_id, self.third_agent)

    def test_the_grace_of_an_earlier_lead_goes_on(self):
        self.env.company.leads_agent_lock_assigned = True
        self.disposition.cooling_days = 0
        lead = self._leads(1)
        self._resolve(self._assign(lead))
        self._check_undone(lead, agent_id=self.agent.id)
        self.assertTrue(lead.with_user(self.agent).has_access("read"))
        other = self._leads(1, "Other")
        self._check_undone(other, agent_id=self.agent.id)
        self.assertFalse(other.with_user(self.agent).has_access("read"))

    # ------------------------------------------------------------------
    # The history
    # ------------------------------------------------------------------

    def test_no_row_fills_the_ten_latest_entries_and_the_time_line_says_undone(self):
        leads = self._leads(10)
        self._held_since(leads, self.other_agent)
        leads[0].with_user(self.other_agent).message_post(body="Wants two", subtype_xmlid="mail.mt_note")
        latest = self._desk(self.other_agent)[1]
        for _nr in range(2):
            self._press(self._run(leads, agent_id=self.agent.id, reassign=True), "action_undo")
        self.assertEqual(self._desk(self.other_agent)[1], latest)
        self.assertEqual(latest[0][1], "Wants two")
        # Nor when a lead of an undone batch is assigned to another agent
        free = self._leads(1, "Free")
        self._press(self._run(free, agent_id=self.agent.id), "action_undo")
        self._assign(free, self.third_agent)
        told = [summary for _id, summary in self._desk(self.third_agent)[1]]
        self.assertEqual([text for text in told if "Agent Anna" in text], [])
        rows = self.env["leads.agent.history"].with_user(self.other_agent).search([("partner_id", "=", leads[1].id)])
        marked = rows.filtered("undone").mapped("summary")
        self.assertCountEqual(
            marked, ["Taken from Agent Ben (undone)", "Assigned to Agent Anna (undone)"] * 2, "with what was, unmarked:"
        )
        self.assertIn("Assigned to Agent Ben", (rows - rows.filtered("undone")).mapped("summary"))

    # ------------------------------------------------------------------
    # Changes since the batch
    # ------------------------------------------------------------------

    def test_what_somebody_has_worked_on_since_is_left_and_half_is_given_back(self):
        happened = {
            "Resolved since": lambda lead: self._resolve(self._active(lead)),
            "Sold since": lambda lead: lead.sale_order_ids.with_user(self.agent).action_confirm(),
            "assigned to somebody else in the meantime": lambda lead: self._run(
                lead, self.other_manager, agent_id=self.third_agent.id, reassign=True
            ),
            "Taken back or": lambda lead: self._rpc(
                "leads.agent.assignment", "action_unassign", self._active(lead).ids
            ),
            "Worked on since": lambda lead: lead.with_user(self.agent).message_post(body="Rang"),
            "Worked on since: 2": lambda lead: self._call(lead).finish(self.no_answer.id),
            "on the phone": self._call,
            "A callback was promised in the meantime": lambda lead: self._rpc(
                "leads.agent.callback", "create", [{"partner_id": lead.id, "due_at": self._tomorrow()}], user=self.agent
            ),
            "Worked on since: ": lambda lead: lead.sale_order_ids.with_user(self.agent).action_quotation_sent(),
        }
        touched = self.env["res.partner"]
        for nr in range(len(happened)):
            touched |= self._leads(1, f"Touched {nr}", phone=f"+32 2 555 98 {nr:02}")
        self._held_since(touched[-1], self.other_agent)
        free, held = self._leads(2, "Free"), self._leads(2, "Held")
        self._held_since(held, self.other_agent)
        before = self._facts(free | held)
        batch = self._run(touched | free | held, agent_id=self.agent.id, reassign=True)
        self.assertEqual(batch.assigned_count, len(touched) + 4)
        for lead, happens in zip(touched, happened.values(), strict=True):
            happens(lead)
            self.env.flush_all()
        kept = {lead: lead.leads_agent_id for lead in touched}
        self._press(batch, "action_undo")
        for lead, sentence in zip(touched, happened, strict=True):
            with self.subTest(sentence):
                line = self._line(batch, lead)
                self.assertEqual(line.undone, "left")
                self.assertIn(sentence, line.undo_reason)
                self.assertEqual(lead.leads_agent_id, kept[lead])
        after = self._facts(free | held)
        for name in ("leads", "priorities", "holders", "orders", "callbacks"):
            self.assertEqual(after[name], before[name], name)
        self.assertEqual(batch.state, "undone")
        self.assertIn(
            f"Returned: 4. Not changed, because somebody has worked on them since: {len(touched)}",
            batch.undo_summary,
        )

    def _call(self, lead):
        call_id = self._rpc("leads.agent.call", "start", lead.id, user=self.agent)["call_id"]
        return self.env["leads.agent.call"].with_user(self.agent).browse(call_id)

    def test_a_batch_that_gave_nothing_back_is_not_undone(self):
        leads = self._leads(2)
        batch = self._run(leads, agent_id=self.agent.id)
        callback = self._promise(leads[0], self.agent)
        self._resolve(self._active(leads[1]))
        self._press(batch, "action_undo")
        self.assertEqual((batch.state, set(batch.line_ids.mapped("undone"))), ("done", {"left"}))
        self.assertIn("Returned: 0", batch.undo_summary)
        self._rpc("leads.agent.callback", "action_cancel", callback.ids, user=self.agent)
        self._press(batch, "action_undo")
        self.assertEqual(batch.state, "undone")
        self.assertEqual(self._line(batch, leads[0]).undone, "undone")

    # ------------------------------------------------------------------
    # Repeated and interrupted undoing
    # ------------------------------------------------------------------

    def test_a_second_press_is_refused_and_changes_nothing(self):
        held, touched = self._leads(2, "Held"), self._leads(1, "Touched")
        self._held_since(held, self.other_agent)
        whole = self._run(self._leads(2, "Whole"))
        half = self._run(touched | self._leads(1, "Half"), agent_id=self.agent.id)
        touched.with_user(self.agent).message_post(body="Rang")
        taken = self._run(held, agent_id=self.agent.id, reassign=True)
        none = self._run(held, agent_id=self.third_agent.id)
        for batch in (whole, half, taken):
            self._press(batch, "action_undo")
        again = self._run(held, agent_id=self.third_agent.id, reassign=True)
        everybody = self.env["res.partner"].search([])
        before = self._facts(everybody)
        for batch, user, sentence in (
            (whole, self.manager, "already been undone"),
            (whole, self.other_manager, "already been undone"),
            (half, self.manager, "already been undone"),
            (taken, self.manager, "already been undone"),
            (none, self.manager, "assigned no lead"),
            (self._batch(held), self.manager, "not been run"),
        ):
            with self.subTest(sentence), self.assertRefused(UserError, sentence):
                self._press(batch, "action_undo", user)
        for button in ("action_assign", "action_commit", "action_plan", "action_cancel"):
            with self.subTest(button), self.assertRefused(UserError, "already been undone"):
                self._press(whole, button)
        self.assertEqual(self._facts(everybody), before)
        self.assertEqual(again.state, "done")

    def test_an_undo_that_was_cancelled_in_the_middle_goes_on(self):
        leads = self._leads(6)
        self._held_since(leads[:3], self.other_agent)
        before = self._facts(leads)
        batch = self._run(leads, reassign=True)
        given = batch.assigned_count
        for name, value in (("MOST_IN_REQUEST", 1), ("CHUNK", 2)):
            self.startPatcher(patch(f"odoo.addons.leads_agent.models.leads_agent_batch_assign.{name}", value))
        self.startPatcher(patch("odoo.addons.leads_agent_distribution.models.leads_agent_batch_assign.CHUNK", 2))
        self._press(batch, "action_undo")
        self.assertEqual((batch.state, batch.pending_count, batch.progress), ("running", given, 0))
        batch.with_user(self.manager).sudo()._work_in_job()
        self.env.invalidate_all()
        self.assertEqual(batch.pending_count, given - 2)
        self._press(batch, "action_cancel")
        self.assertEqual(batch.state, "cancelled")
        self._press(batch, "action_undo")
        self._run_job()
        self.assertEqual(batch.state, "undone")
        self.assertEqual(self._facts(leads), before)
