from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestBatch(LeadsAgentCommon):
    def _batch(self, orders, agent=None, user=None, **vals):
        """The dialog, opened by the server action on a selection of the order list."""
        user = user or self.manager
        action = (
            self.env.ref("leads_agent.action_assign_leads")
            .with_user(user)
            .with_context(active_model="sale.order", active_ids=list(orders), active_id=next(iter(orders)))
            .run()
        )
        form = Form(
            self.env["leads.agent.batch.assign"].with_user(user).with_context(**action["context"]),
            view="leads_agent.leads_agent_batch_assign_view_form_dialog",
        )
        form.agent_id = agent or self.agent
        for name, value in vals.items():
            form[name] = value
        batch = form.save()
        self.assertEqual(batch.action_assign()["res_id"], batch.id)
        return batch

    def _results(self, batch):
        return {line.partner_id.name or line.reason: line.result for line in batch.line_ids}

    def test_each_customer_gets_one_line_that_says_what_happened(self):
        free, held, mine = self._lead("Free"), self._lead("Held"), self._lead("Mine")
        sold, cancelled = self._lead("Sold", "sale"), self._lead("Cancelled", "cancel")
        self._assign(held, self.other_agent)
        self._assign(mine)
        orders = (free | held | mine | sold | cancelled).sale_order_ids
        batch = self._batch(orders.ids)
        self.assertEqual(
            self._results(batch),
            {
                "Free": "assigned",
                "Held": "held",
                "Mine": "already",
                "Sold": "not_assignable",
                "Cancelled": "not_assignable",
            },
        )
        self.assertEqual(
            {line.partner_id: (line.reason, line.detail or "", line.agent_id) for line in batch.line_ids},
            {
                free: ("Assigned to Agent Anna", "", self.agent),
                held: ("Held by another agent", "Held by Agent Ben", self.plain.browse()),
                mine: ("Held by the agent already", "Held by Agent Anna", self.plain.browse()),
                sold: ("No open quotation: the latest order is confirmed", "", self.plain.browse()),
                cancelled: ("No open quotation: the latest order is cancelled", "", self.plain.browse()),
            },
        )
        self.assertEqual(batch.state, "done")
        self.assertEqual((batch.assigned_count, batch.skipped_count), (1, 4))
        assignment = self._active(free)
        self.assertEqual((assignment.source, assignment.batch_id), ("batch", batch))

    def test_several_orders_of_one_customer_and_its_contacts_are_one_lead(self):
        customer = self._lead()
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id})
        newest = self._order(contact)
        self._order(customer, days_ago=3)
        batch = self._batch((customer.sale_order_ids | contact.sale_order_ids).ids)
        self.assertEqual(len(batch.line_ids), 1)
        self.assertEqual(batch.line_ids.order_id, newest)
        self.assertEqual(len(self._active(customer)), 1)

    def test_running_again_changes_nothing(self):
        customers = self._lead("One") | self._lead("Two")
        orders = customers.sale_order_ids
        batch = self._batch(orders.ids)
        before = self.env["leads.agent.assignment"].search([])
        with self.assertRefused(UserError, "has been run already"):
            batch.action_assign()
        again = self._batch(orders.ids)
        self.assertEqual(set(again.line_ids.mapped("result")), {"already"})
        self.assertEqual(self.env["leads.agent.assignment"].search([]), before)

    def test_reassign_takes_leads_from_other_agents(self):
        customer = self._lead()
        former = self._assign(customer, self.other_agent)
        batch = self._batch(customer.sale_order_ids.ids, reassign=True)
        self.assertEqual(batch.line_ids.result, "assigned")
        self.assertEqual(batch.line_ids.detail, "Taken from Agent Ben")
        self.assertEqual(customer.leads_agent_id, self.agent)
        self.assertEqual((former.state, former.end_reason), ("unassigned", "reassigned"))

    def test_customers_of_completed_orders_are_accepted_when_agents_may_see_them(self):
        sold, never = self._lead("Sold", "sale"), self._lead("Saved", "cancel")
        self.env.company.leads_agent_view_non_partial = True
        batch = self._batch((sold | never).sale_order_ids.ids)
        self.assertEqual(set(batch.line_ids.mapped("result")), {"assigned"})

    def test_orders_that_are_gone_or_not_visible_get_a_line_and_nothing_is_lost(self):
        free, gone = self._lead("Free"), self._lead("Gone")
        doomed = gone.sale_order_ids
        company = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.env["sale.order"].create({"partner_id": self._customer("Hidden").id, "company_id": company.id})
        order_ids = (free.sale_order_ids | doomed | hidden).ids
        action_batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .with_context(active_model="sale.order", active_ids=[*order_ids, 2**31 - 1])
            .create({"agent_id": self.agent.id})
        )
        doomed.unlink()
        action_batch.action_assign()
        self.assertEqual(sorted(action_batch.line_ids.mapped("result")), ["assigned", "gone", "gone", "not_visible"])

    def test_bad_selections_get_a_sentence(self):
        Batch = self.env["leads.agent.batch.assign"].with_user(self.manager)
        for selection, sentence in (
            ([], "Select at least one order"),
            ("all", "selection is not valid"),
            ([1, "2"], "selection is not valid"),
            ([2**40], "selection is not valid"),
            (list(range(1, 300_002)), "You can take at most"),
        ):
            with self.subTest(sentence), self.assertRefused(UserError, sentence):
                Batch.create({"agent_id": self.agent.id, "selected_order_ids": selection}).action_assign()
        order = self._lead().sale_order_ids
        with self.assertRefused(UserError, "Choose the Leads Agent"):
            Batch.create({"selected_order_ids": order.ids}).action_assign()
        with self.assertRefused(UserError, "is not a Leads Agent"):
            Batch.create({"selected_order_ids": order.ids, "agent_id": self.plain.id}).action_assign()
        self.assertFalse(self._active(order.partner_id))

    def test_all_orders_of_a_filter(self):
        customers = self._lead("One") | self._lead("Two") | self._lead("Three")
        Batch = self.env["leads.agent.batch.assign"].with_user(self.manager)
        batch = Batch.create({"agent_id": self.agent.id, "domain": str([("partner_id", "in", customers.ids)])})
        batch.action_assign()
        self.assertEqual(batch.assigned_count, 3)
        for bad in ("[('nosuchfield', '=', 1)]", "not a filter", "[(1,)]", "__import__('os')"):
            with self.subTest(bad), self.assertRefused(UserError, "cannot be read"):
                Batch.create({"agent_id": self.agent.id, "domain": bad}).action_assign()

    def test_selection_that_the_client_cut_is_announced(self):
        self.env["ir.config_parameter"].set_param("web.active_ids_limit", 2)
        orders = (self._lead("One") | self._lead("Two")).sale_order_ids
        batch = self.env["leads.agent.batch.assign"].new({"selected_order_ids": orders.ids})
        self.assertIn("At most 2 selected orders", batch.selection_warning)

    def test_the_log_is_grouped_by_reason(self):
        customers = self._lead("One") | self._lead("Two") | self._lead("Three")
        held = self._lead("Held") | self._lead("Kept")
        self._assign(held, self.other_agent)
        sold = self._lead("Sold", "sale")
        batch = self._batch((customers | held | sold).sale_order_ids.ids)
        Line = self.env["leads.agent.batch.assign.line"].with_user(self.manager)
        log = Line.get_log(batch.id)
        self.assertEqual(
            [(reason["result"], reason["reason"], reason["count"]) for reason in log],
            [
                ("assigned", "Assigned to Agent Anna", 3),
                ("held", "Held by another agent", 2),
                ("not_assignable", "No open quotation: the latest order is confirmed", 1),
            ],
        )
        self.assertEqual({line["customer"] for line in log[1]["lines"]}, {"Held", "Kept"})
        self.assertEqual({line["detail"] for line in log[1]["lines"]}, {"Held by Agent Ben"})
        self.assertEqual([reason["hint"] for reason in log], ["", "", ""])
        admin = self._user("admin_ada", "base.group_system,leads_agent.group_leads_manager")
        hints = [reason["hint"] for reason in Line.with_user(admin).get_log(batch.id)]
        self.assertEqual(hints[:2], ["", ""])
        self.assertIn("'Allow Leads Agents to View Non-Partial Orders'", hints[2])
        for user in (self.agent, self.plain):
            with self.assertRaises(AccessError):
                Line.with_user(user).get_log(batch.id)

    def test_the_log_of_any_batch_costs_the_same(self):
        def cost(count, name):
            customers = self.env["res.partner"].union(*(self._lead(f"{name} {nr}") for nr in range(count)))
            batch = self._batch(customers.sale_order_ids.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["leads.agent.batch.assign.line"].with_user(self.manager).get_log(batch.id)
            return self.env.cr.sql_log_count - before

        cost(2, "Warm")
        self.assertEqual(cost(2, "Few"), cost(30, "Many"))

    def test_customers_held_now_are_told_held_also_in_cooling_off(self):
        customer = self._lead()
        self.disposition.cooling_days = 30
        self._resolve(self._assign(customer))
        batch = self._batch(customer.sale_order_ids.ids)
        self.assertRegex(batch.line_ids.reason, "^In cooling-off")
        self.assertRegex(batch.line_ids.detail, f"^{self.disposition.name}, until .*20")
        self._assign(customer, self.other_agent)
        batch = self._batch(customer.sale_order_ids.ids, reassign=True)
        self.assertEqual((batch.line_ids.result, batch.line_ids.reason), ("blocked", "Held by another agent"))
        self.assertRegex(batch.line_ids.detail, "^Held by Agent Ben. Cooling-off: .*, until ")

    def test_log_cannot_be_forged(self):
        batch = self._batch(self._lead().sale_order_ids.ids)
        with self.assertRaises(AccessError):
            batch.line_ids.with_user(self.manager).write({"result": "held"})

    def test_dialogs_that_were_left_are_forgotten(self):
        batch = self.env["leads.agent.batch.assign"].create({})
        self.env.cr.execute("UPDATE leads_agent_batch_assign SET create_date = '2020-01-01' WHERE id = %s", [batch.id])
        batch.invalidate_recordset()
        batch._gc_abandoned()
        self.assertFalse(batch.exists())
