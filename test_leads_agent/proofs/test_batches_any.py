import os
import random
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.leads_agent.assigning import Assigning, Request, Terms
from odoo.addons.leads_agent.tests.common import AGENT, LeadsAgentCommon

from .marks import WHOLE, figure

SEED = int(os.environ.get("LEADS_SEED") or random.randrange(10**6))
FACTS = (
    *("partner_id", "agent_id", "company_id", "assigned_at", "assigned_by_id", "source", "reason", "batch_id"),
    *(
        "attempt_count",
        "next_call_at",
        "first_call_at",
        "last_event_at",
        "last_contact_at",
        "order_id",
        "visible_until",
    ),
    *("is_assigned", "is_resolved", "is_sale", "conversion"),
)


@tagged("post_install", "-at_install", "leads_prove")
class TestBatchesAny(LeadsAgentCommon):
    """Random batches: the commit does exactly what each line of the plan says, and undoing restores the previous state.

    Each situation is random: holders and assignment dates, orders, callbacks, limits, and the manager's options. It is
    run by RPC and rolled back. In full: 1,000 situations; as a slice: 25.
    """

    SITUATIONS = 1_000 if WHOLE else 25

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        figure("batches", "seed (LEADS_SEED)", SEED)
        cls.env["leads.agent.calling.hours"].search([]).unlink()
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.third_agent, cls.far_agent = cls._user("agent_cleo", AGENT), cls._user("agent_dora", AGENT)
        cls.agents = cls.agent | cls.other_agent | cls.third_agent | cls.far_agent
        (cls.manager | cls.third_agent | cls.far_agent).company_ids += cls.other_company
        cls.call_center.crm_team_member_ids = [
            Command.create({"user_id": agent.id}) for agent in (cls.third_agent, cls.far_agent)
        ]
        belgium, france = cls.env.ref("base.be"), cls.env.ref("base.fr")
        cls.third_agent.partner_id.country_id = belgium
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Any {nr}",
                    "is_company": True,
                    "country_id": (france if nr % 4 == 0 else belgium).id,
                    "phone": f"+32 2 555 97 {nr:02}",
                }
                for nr in range(14)
            ]
        )
        cls.contact = cls.env["res.partner"].create({"name": "Contact", "parent_id": cls.customers[0].id})
        for nr, customer in enumerate((*cls.customers, cls.contact, cls.customers[1])):
            cls._order(customer, "sale" if nr == 4 else "cancel" if nr == 5 else "draft", days_ago=nr)
        # Customers of one company with orders of another, as after a move.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = ANY(%s)",
            [cls.other_company.id, (cls.customers[3] | cls.customers[9]).ids],
        )
        cls.env.invalidate_all()
        cls.orders = (cls.customers | cls.contact).sale_order_ids
        cls.env["leads.agent.opt.out"]._record(cls.customers[6])
        cls.customers[7].action_archive()
        cls.env.flush_all()

    def test_any_plan_is_its_commit_and_any_undo_puts_back_what_was(self):
        counts = dict.fromkeys(("leads", "assigned", "taken", "kept", "capped", "callbacks", "nothing to give"), 0)
        for nr in range(self.SITUATIONS):
            self.random = random.Random(f"{SEED} {nr}")
            savepoint = self.env.cr.savepoint()
            try:
                with self.subTest(f"LEADS_SEED={SEED}, situation {nr}"):
                    self._play(counts)
            finally:
                self.env.cr.precommit.clear()
                savepoint.close(rollback=True)
                self.env.invalidate_all()
        figure("batches", "situations planned, committed, undone", self.SITUATIONS)
        for name, count in counts.items():
            figure("batches", name, count)
            self.assertTrue(count, f"No situation in which {name} were tried")

    # ------------------------------------------------------------------
    # A situation
    # ------------------------------------------------------------------

    def _draw(self):
        """Create random assignments, callbacks and limits."""
        draw, assignments = self.random, self.env(user=self.manager)["leads.agent.assignment"].sudo()
        self.agents.leads_max_open = self.agents.leads_max_per_day = 0
        holders = {customer.id: draw.choice(self.agents) for customer in self.customers if draw.random() < 0.5}
        for company in self.env.company | self.other_company:
            requests = [
                Request(nr, agent.id)
                for nr, agent in holders.items()
                if (agent == self.far_agent) == (company != self.env.company)
            ]
            Assigning(assignments.with_company(company).env, Terms("manual", unconditional=True), tell=False).run(
                requests
            )
        leads = assignments.search([("partner_id", "in", self.customers.ids), ("state", "=", "active")])
        for lead in leads:
            lead.write(
                {
                    "assigned_at": lead.assigned_at - timedelta(hours=draw.choice((0, 1, 30, 700))),
                    "attempt_count": draw.choice((0, 0, 1, 3)),
                    "next_call_at": draw.choice((False, fields.Datetime.now() + timedelta(hours=2))),
                }
            )
        for company, mine in leads.grouped("company_id").items():
            assignments.env["leads.agent.history"].with_company(company)._refresh_last_events(mine.partner_id.ids)
        for agent in self.agents:
            agent.write(
                {"leads_max_open": draw.choice((0, 0, 1, 2, 4)), "leads_max_per_day": draw.choice((0, 0, 1, 3))}
            )
            agent.leads_weight = draw.choice((1, 1, 2, 5))
        for customer in draw.sample(list(self.customers - self.customers[6]), draw.randint(0, 4)):
            callback = self.env["leads.agent.callback"].create(
                {
                    "partner_id": customer.id,
                    "agent_id": draw.choice(self.agents).id,
                    "due_at": fields.Datetime.now() + timedelta(days=1),
                }
            )
            if draw.random() < 0.3:
                callback.agent_id = False

    def _request(self):
        """Return random options of the manager."""
        draw = self.random
        orders = draw.sample(self.orders.ids, draw.randint(1, len(self.orders)))
        vals = {"reassign": draw.random() < 0.6, "cap": draw.choice((0, 0, 0, 1, 2))}
        match draw.choice(("one", "several", "several", "team")):
            case "one":
                vals["agent_id"] = draw.choice(self.agents).id
            case "several":
                vals["agent_ids"] = draw.sample(self.agents.ids, draw.randint(1, 4))
            case "team":
                vals["team_id"] = self.call_center.id
        if "agent_id" not in vals:
            vals["method"] = draw.choice(("equal", "weight", "least"))
            vals |= {f"prefer_{name}": draw.random() < 0.3 for name in ("previous", "lang", "country")}
        return {**vals, "selected_order_ids": orders}

    def _rpc(self, model, method, *args, user=None):
        companies = (self.env.company | self.other_company).ids
        context = {} if user else {"context": {"allowed_company_ids": companies}}
        result = call_kw(self.env(user=user or self.manager)[model], method, list(args), context)
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _facts(self):
        """Return the data that undoing restores, written as simply as possible."""
        leads = self.env["leads.agent.assignment"].search(
            [("partner_id", "in", self.customers.ids), ("state", "=", "active")]
        )
        facts = {
            "leads": leads.read(FACTS),
            "priorities": {lead.id: round(lead.priority, 6) for lead in leads},
            "ended": leads.filtered(lambda lead: lead.ended_at or lead.ended_by_id or lead.end_reason or lead.note),
            "holders": {customer.id: customer.leads_agent_id.id for customer in self.customers | self.contact},
            "orders": {order.id: order.leads_agent_id.id for order in self.orders},
            "callbacks": self.env["leads.agent.callback"]
            .search([("partner_id", "in", self.customers.ids)])
            .read(["partner_id", "agent_id", "state", "due_at", "open_at", "promised_at"]),
            "rooms": self.env["leads.agent.assignment"]._agent_rooms(self.agents),
            "turns": self.env["leads.agent.rotation"].search([]).filtered("turns").mapped("turns"),
        }
        return facts

    def _desks(self):
        """Return the figures of the agents, and their ten latest entries."""
        desks = [self._rpc("leads.agent.dashboard", "get_data", user=agent) for agent in self.agents]
        return [(desk["figures"], desk["day"], desk["history"]) for desk in desks]

    def _play(self, counts):
        self._draw()
        try:
            batch_id = self._rpc("leads.agent.batch.assign", "create", [self._request()])
            batch = self.env["leads.agent.batch.assign"].browse(batch_id)
            before, desks = self._facts(), self._desks()
            self._rpc("leads.agent.batch.assign", "action_plan", batch.ids)
        except UserError as error:
            # All requested agents are full.
            self.assertIn("None of these agents receives leads now", str(error))
            return
        self.assertEqual(self._facts(), before, "a plan changes nothing")
        counts["leads"] += batch.lead_count
        counts["capped"] += len(batch.line_ids.filtered(lambda line: line.result == "capped"))
        counts["kept"] += len(batch.line_ids.filtered(lambda line: line.result == "already"))
        planned = {line: (line.result, line.reason, line.agent_id, line.previous_agent_id) for line in batch.line_ids}
        foreseen = {share.agent_id: share.open_after for share in batch.share_ids}
        if not batch.pending_count:
            counts["nothing to give"] += 1
            with self.assertRaisesRegex(UserError, "There is nothing to apply"):
                self._rpc("leads.agent.batch.assign", "action_commit", batch.ids)
            return
        promised = {callback["partner_id"][0] for callback in before["callbacks"] if callback["state"] == "open"}
        self._rpc("leads.agent.batch.assign", "action_commit", batch.ids)
        for line, (result, reason, agent, previous) in planned.items():
            self.assertEqual((line.agent_id, line.previous_agent_id), (agent, previous))
            self.assertEqual(line.result, result or "assigned", line.reason)
            if result:
                self.assertEqual(line.reason, reason)
            else:
                self.assertEqual((line.partner_id.leads_agent_id, line.assignment_id.reason), (agent, reason))
                counts["taken"] += bool(previous)
                counts["callbacks"] += line.partner_id.id in promised
        self.assertEqual({agent: agent.leads_open_count for agent in foreseen}, foreseen, "the load of the plan")
        counts["assigned"] += batch.assigned_count
        self._rpc("leads.agent.batch.assign", "action_undo", batch.ids)
        given = batch.line_ids.filtered(lambda line: line.result == "assigned")
        self.assertEqual((batch.state, set(given.mapped("undone"))), ("undone", {"undone"}))
        self.assertEqual(set(given.assignment_id.mapped("end_reason")), {"undone"})
        after = self._facts()
        for name, fact in before.items():
            self.assertEqual(after[name], fact, name)
        self.assertEqual(self._desks(), desks)
