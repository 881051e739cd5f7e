import re
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_call.tests.desk_common import WORKDAY

from .test_leads import LifecycleCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestReach(LifecycleCommon):
    """Stage, status and channel in other parts of the desk: lists, reports, batches, *Next*."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner"].search([("lead_stage_id", "!=", False)]).lead_activity = "inactive"
        cls.first, cls.second = (
            cls._lead(name, phone="+33155550123", country_id=cls.env.ref("base.fr").id) for name in "AB"
        )
        cls._assign(cls.first | cls.second)
        cls.first.lead_stage_id = cls.stages["prospect"]
        cls.second.lead_stage_id = cls.stages["opportunity"]

    def _groups(self, model, user, field):
        rows = (
            self.env[model]
            .with_user(user)
            .formatted_read_group([("partner_id", "in", (self.first | self.second).ids)], [field], ["__count"])
        )
        return {row[field][1] if isinstance(row[field], tuple) else row[field]: row["__count"] for row in rows}

    def test_orders_and_calls_are_grouped_by_stage(self):
        self.env["leads.agent.call"].with_user(self.agent).start(self.first.id)
        for user in (self.agent, self.manager):
            self.assertEqual(self._groups("sale.order", user, "lead_stage_id"), {"Prospect": 1, "Opportunity": 1})
            self.first.invalidate_recordset(["lead_channel"])
            self.assertEqual(self._groups("sale.order", user, "lead_channel"), {self.first.lead_channel: 2})
            self.assertEqual(self._groups("leads.agent.call", user, "lead_stage_id"), {"Prospect": 1})

    def test_former_assignments_do_not_tell_how_far_a_customer_is_by_now(self):
        assignments = self.env["leads.agent.assignment"].with_user(self.agent)
        domain = [("partner_id.lead_stage_id", "ilike", "prospect")]
        self.assertEqual(assignments.search(domain).partner_id, self.first)
        self.env.company.leads_agent_lock_assigned = True
        self._active(self.first).with_user(self.manager).action_unassign()
        # PostgreSQL set the end by its own clock.
        with freeze_time("2050-01-01"):
            self.assertIn(self.first.id, assignments.search([]).partner_id.ids, "their own, ended")
            self.assertFalse(assignments.search(domain))

    def test_no_other_user_gets_the_fields(self):
        for user in (self.salesperson, self.plain):
            self.assertFalse(
                {"lead_stage_id", "lead_status_id", "lead_channel"}
                & set(self.env["sale.order"].with_user(user).fields_get())
            )

    def test_no_other_user_gets_the_filters(self):
        # Group-by filters too: the client would request fields that these users do not have.
        view = self.env.ref("sale.view_sales_order_filter")
        for user, expected in ((self.salesperson, 0), (self.agent, 6), (self.manager, 6)):
            arch = self.env["sale.order"].with_user(user).get_view(view.id, "search")["arch"]
            self.assertEqual(len(re.findall(r'name="(?:group_)?lead_', arch)), expected, user.login)

    def test_a_batch_of_one_stage(self):
        domain = [
            ("lead_stage_id", "=", self.stages["opportunity"].id),
            ("partner_id", "in", (self.first | self.second).ids),
        ]
        orders = self.env["sale.order"].with_user(self.manager).search(domain)
        self.assertEqual(orders.partner_id, self.second)
        self.env["leads.agent.officer"].create({"partner_id": self.first.id, "user_id": self.manager.id})
        domain = [("partner_id.lead_officer_ids.user_id", "ilike", self.manager.name)]
        self.assertEqual(self.env["sale.order"].with_user(self.manager).search(domain).partner_id, self.first)

    def test_the_dashboard_tells_the_channel_and_the_officers(self):
        self.env["leads.agent.officer"].create(
            [{"partner_id": self.first.id, "user_id": user.id} for user in (self.manager, self.other_agent)]
        )
        data = self.env["leads.agent.dashboard"].with_user(self.agent).get_data()
        [lead] = [lead for lead in data["leads"] if lead["partner_id"] == self.first.id]
        self.assertEqual((lead["stage"], lead["channel"]), ("Prospect", "Order"))
        self.assertEqual(lead["officers"], f"{self.manager.name}, {self.other_agent.name}")

    def _next(self):
        return self.env["leads.agent.desk"].with_user(self.agent).next_lead()

    def test_a_stage_that_counts_more_is_called_first(self):
        before = self._next()["partner_id"]
        other = self.second if before == self.first.id else self.first
        other.lead_stage_id.weight = 2.5
        answer = self._next()
        self.assertEqual(answer["partner_id"], other.id)
        self.assertIn("Leads in this stage count 2.5 times.", answer["reasons"])
        # A move to another stage changes the priority.
        other.with_user(self.manager).lead_stage_id = self.stages["lead"]
        self.assertEqual(self._next()["partner_id"], before)
        self.assertFalse([reason for reason in self._next()["reasons"] if "counts" in reason])

    def test_a_batch_that_is_undone_puts_the_stage_back(self):
        stages = self.stages
        self.env["leads.agent.lifecycle.rule"].create({"name": "Given", "stage_id": stages["opportunity"].id})
        stages["opportunity"].weight = 4
        moved, talked, ahead = (self._lead(name) for name in ("Moved", "Talked", "Ahead"))
        (moved | talked).lead_stage_id = stages["prospect"]
        ahead.lead_stage_id = stages["customer"]
        self._assign(moved | talked | ahead, self.other_agent)
        (moved | talked).with_user(self.manager).lead_stage_id = stages["prospect"]
        former = self._active(moved)
        self.env.flush_all()
        before = former.priority
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .create(
                {
                    "agent_id": self.agent.id,
                    "reassign": True,
                    "selected_order_ids": (moved | talked | ahead).sale_order_ids.ids,
                }
            )
        )
        batch.action_assign()
        self.assertEqual((moved | talked).lead_stage_id, stages["opportunity"])
        talked.with_user(self.manager).lead_stage_id = stages["customer"]
        batch.action_undo()
        self.assertEqual(
            [lead.lead_stage_id for lead in (moved, talked, ahead)],
            [stages["prospect"], stages["customer"], stages["customer"]],
        )
        self.assertEqual((self._active(moved), former.priority), (former, before))

    def test_moves_cost_nothing_while_all_stages_count_alike(self):
        desk = self.env["leads.agent.desk"]
        with patch.object(type(desk), "_refresh_priorities") as refresh:
            self.first.lead_stage_id = self.stages["customer"]
        refresh.assert_not_called()

    def test_an_absurd_weight_is_refused(self):
        for weight in (0, -1, 101):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.stages["lead"].weight = weight
                self.env.flush_all()
