from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestAssign(LeadsAgentCommon):
    def _refused(self, sentence, customer, agent=None):
        before = self.env["leads.agent.assignment"].search_count([])
        with self.assertRefused(UserError, sentence):
            self._assign(customer, agent)
        self.assertEqual(self.env["leads.agent.assignment"].search_count([]), before)

    # -- What is an assignable lead

    def test_newest_order_of_any_contact_decides(self):
        customer = self._customer()
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id})
        self.assertFalse(customer.is_assignable_lead, "no order at all")
        self._order(customer, "sale", days_ago=5)
        self.assertFalse(customer.is_assignable_lead, "the newest order is confirmed")
        quotation = self._order(contact, "draft", days_ago=2)
        customer.invalidate_recordset()
        self.assertTrue(customer.is_assignable_lead, "a contact asked for a quotation later")
        self.assertIn(customer, self.env["res.partner"].search([("is_assignable_lead", "=", True)]))
        self.assertFalse(contact.is_assignable_lead, "the lead is the company")
        quotation.validity_date = "2020-01-01"
        customer.invalidate_recordset()
        self.assertTrue(customer.is_assignable_lead, "an expired quotation is one")
        quotation.action_cancel()
        customer.invalidate_recordset()
        self.assertFalse(customer.is_assignable_lead, "cancelled")
        self.assertIn(customer, self.env["res.partner"].search([("is_assignable_lead", "=", False)]))
        quotation.action_draft()
        customer.invalidate_recordset()
        self.assertTrue(customer.is_assignable_lead, "open again")
        customer.action_archive()
        self.assertFalse(customer.is_assignable_lead, "archived")

    def test_order_without_any_line_makes_a_lead(self):
        customer = self._customer()
        self.env["sale.order"].create({"partner_id": customer.id})
        self.assertTrue(customer.is_assignable_lead)

    # -- The form

    def test_form_offers_free_assignable_leads_and_agents_only(self):
        free, held, sold = self._lead("Free"), self._lead("Held"), self._lead("Sold", "sale")
        self._assign(held)
        wizard = self.env["leads.agent.assign"].with_user(self.manager)
        domains = {name: field["domain"] for name, field in wizard.fields_get(attributes=["domain"]).items() if field}
        offered = wizard.env["res.partner"].search(domains["partner_id"])
        self.assertIn(free, offered)
        self.assertNotIn(held, offered)
        self.assertNotIn(sold, offered)
        users = wizard.env["res.users"].search(domains["agent_id"])
        self.assertLessEqual(self.agent | self.other_agent, users)
        self.assertFalse(users & (self.plain | self.salesperson | self.manager))

    def test_form_marks_customers_in_cooling_off(self):
        self.disposition.cooling_days = 30
        resting, fresh = self._lead("Resting"), self._lead("Fresh")
        self._resolve(self._assign(resting))
        form = Form(self.env["leads.agent.assign"].with_user(self.manager))
        form.partner_id = fresh
        self.assertFalse(form.cooling_note)
        form.partner_id = resting
        self.assertRegex(form.cooling_note, f"^In cooling-off: {self.disposition.name}, until .*20")
        form.agent_id = self.agent
        form.save().action_assign()
        self.assertEqual(resting.leads_agent_id, self.agent, "a manager decides")

    def test_amounts_are_those_of_the_latest_quotation(self):
        customer = self._lead()
        first = customer.sale_order_ids
        assignment = self._assign(customer)
        self.assertEqual((assignment.current_order_id, assignment.amount_total), (first, 1000.0))
        later = self._order(customer, order_line=[Command.create({"product_id": self.product.id})])
        self.env.invalidate_all()
        for user in (self.agent, self.manager):
            mine = assignment.with_user(user)
            self.assertEqual((mine.order_id, mine.current_order_id, mine.amount_total), (first, later, 500.0))
        first.with_user(self.agent).action_confirm()
        self.env.invalidate_all()
        sold = assignment.with_user(self.manager)
        self.assertEqual((sold.current_order_id, sold.amount_total), (first, 1000.0), "of a sale, what was sold")

    def test_assigning_writes_the_holder_on_customer_contacts_and_orders(self):
        customer = self._lead()
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id})
        order = self._order(contact)
        sold = self._order(customer, "sale", days_ago=9)
        form = Form(self.env["leads.agent.assign"].with_user(self.manager))
        form.agent_id = self.agent
        form.partner_id = customer
        form.save().action_assign()
        assignment = self._active(customer)
        self.assertEqual(
            (assignment.agent_id, assignment.source, assignment.assigned_by_id, assignment.order_id),
            (self.agent, "manual", self.manager, order),
        )
        self.assertIn("Manager Mia", assignment.reason)
        for record in (customer, contact, order, sold):
            self.assertEqual(record.leads_agent_id, self.agent)
        self.assertEqual(self.agent.leads_assignment_ids, assignment)
        assignment.with_user(self.manager).action_unassign()
        for record in (customer, contact, order, sold):
            self.assertFalse(record.leads_agent_id)
        self.assertFalse(self.agent.leads_assignment_ids)
        self.assertEqual((assignment.state, assignment.end_reason), ("unassigned", "unassigned"))
        self.assertEqual(assignment.ended_by_id, self.manager)

    def test_contact_is_normalised_to_its_company(self):
        customer = self._lead()
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id})
        self._assign(contact)
        self.assertEqual(self._active(customer).partner_id, customer)

    def test_new_orders_and_contacts_of_a_held_customer_carry_the_holder(self):
        customer = self._lead()
        self._assign(customer)
        contact = self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id})
        self.assertEqual(contact.leads_agent_id, self.agent)
        self.assertEqual(self._order(contact).leads_agent_id, self.agent)
        other = self._lead("Other")
        order = self._order(other)
        self.assertFalse(order.leads_agent_id)
        order.partner_id = customer
        self.assertEqual(order.leads_agent_id, self.agent)
        order.partner_id = other
        self.assertFalse(order.leads_agent_id)

    # -- Bad input

    def test_who_cannot_hold_leads(self):
        customer = self._lead()
        portal = new_test_user(self.env, "portal_paul", groups="base.group_portal")
        archived = self._user("agent_gone", "leads_agent.group_leads_agent")
        archived.active = False
        self._refused("is not a Leads Agent", customer, self.plain)
        self._refused("is a portal user", customer, portal)
        self._refused("is archived", customer, archived)
        stranger = self._user(
            "agent_far",
            "leads_agent.group_leads_agent",
            company_id=(company := self.env["res.company"].create({"name": "Far"})).id,
            company_ids=[Command.set(company.ids)],
        )
        self._refused("does not work in the company", customer, stranger)

    def test_blank_form_is_refused_with_a_sentence(self):
        wizard = self.env["leads.agent.assign"].with_user(self.manager).create({})
        with self.assertRefused(UserError, "Choose the Leads Agent"):
            wizard.action_assign()
        wizard.agent_id = self.agent
        with self.assertRefused(UserError, "Choose the lead"):
            wizard.action_assign()

    def test_customers_without_a_partial_order_are_refused_with_the_reason(self):
        self._refused("has no order at all", self._customer("Never ordered"))
        self._refused("is confirmed", self._lead("Sold", "sale"))
        self._refused("is cancelled", self._lead("Cancelled", "cancel"))
        archived = self._lead("Archived")
        archived.action_archive()
        self._refused("is archived", archived)

    def test_held_customer_is_refused_with_the_name_of_the_holder(self):
        customer = self._lead()
        self._assign(customer, self.other_agent)
        self._refused("Agent Ben already holds", customer)
        self._refused("Agent Ben already holds", customer, self.other_agent)

    def test_customer_of_a_company_in_which_the_agent_does_not_work(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += company
        elsewhere = self._customer("Elsewhere customer", company_id=company.id)
        self.env["sale.order"].create({"partner_id": elsewhere.id, "company_id": company.id})
        with self.assertRefused(UserError, "in which Agent Anna does not work"):
            self.env["leads.agent.assign"].with_user(self.manager).with_context(
                allowed_company_ids=(self.env.company | company).ids
            ).create({"agent_id": self.agent.id, "partner_id": elsewhere.id}).action_assign()

    def test_deleting_or_archiving_a_customer_with_assignments(self):
        customer = self._lead()
        assignment = self._assign(customer)
        with self.assertRefused(UserError, "Archive the contact"):
            customer.unlink()
        customer.action_archive()
        self.assertEqual((assignment.state, assignment.end_reason), ("unassigned", "archived"))

    def test_hostile_names_are_text(self):
        name = "<script>alert(1)</script> \u202eevil"
        customer = self._lead(name)
        self.agent.notification_type = "inbox"
        self._assign(customer)
        notice = self.env["mail.message"].search([("partner_ids", "in", self.agent.partner_id.ids)], limit=1)
        self.assertIn(Markup.escape("<script>alert(1)</script>"), notice.body)
        self.assertNotIn("<script>", notice.body)

    def test_nobody_writes_assignments_or_holders_by_hand(self):
        customer = self._lead()
        assignment = self._assign(customer)
        order = customer.sale_order_ids
        for user in (self.agent, self.manager, self.salesperson):
            with self.subTest(user.login), self.assertRaises(AccessError), mute_logger("odoo.models"):
                assignment.with_user(user).write({"agent_id": self.other_agent.id})
        with self.assertRaises(AccessError):
            order.with_user(self.salesperson).write({"leads_agent_id": self.other_agent.id})
        with self.assertRaises(AccessError):
            order.with_user(self.agent).write({"leads_completed_until": "2099-01-01"})
        with self.assertRaises(AccessError):
            customer.with_user(self.salesperson).write({"leads_agent_id": self.salesperson.id})
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.salesperson).create(
                {"name": "Mine", "leads_agent_id": self.salesperson.id}
            )
        with self.assertRaises(AccessError):
            self.env["leads.agent.assignment"].with_user(self.agent).create(
                {"agent_id": self.agent.id, "partner_id": self._lead("Another").id}
            )

    def test_create_by_a_manager_passes_the_same_checks(self):
        free, held = self._lead("Free"), self._lead("Held")
        self._assign(held, self.other_agent)
        Assignment = self.env["leads.agent.assignment"].with_user(self.manager)
        self.assertEqual(Assignment.create({"partner_id": free.id, "agent_id": self.agent.id}), self._active(free))
        with self.assertRefused(UserError, "already holds"):
            Assignment.create({"partner_id": held.id, "agent_id": self.agent.id})
        with self.assertRefused(UserError, "cannot be created with: state"):
            Assignment.create({"partner_id": held.id, "agent_id": self.agent.id, "state": "resolved"})

    # -- Reassigning

    def test_reassigning_in_bulk_from_the_list(self):
        customers = self._lead("One") | self._lead("Two")
        assignments = self._assign(customers, self.other_agent)
        action = assignments.with_user(self.manager).action_reassign()
        form = Form(self.env["leads.agent.reassign"].with_user(self.manager).with_context(**action["context"]))
        form.agent_id = self.agent
        result = form.save().action_reassign()
        self.assertIn("Leads assigned to Agent Anna: 2", result["params"]["message"])
        self.assertEqual(customers.leads_agent_id, self.agent)
        self.assertEqual(set(assignments.mapped("end_reason")), {"reassigned"})
        self.assertEqual(len(self._active(customers[0])), 1)

    def test_reassigning_needs_an_agent_and_something_active(self):
        assignment = self._assign(self._lead())
        wizard = self.env["leads.agent.reassign"].with_user(self.manager).create({"assignment_ids": assignment.ids})
        with self.assertRefused(UserError, "Choose the Leads Agent"):
            wizard.action_reassign()
        wizard.agent_id = self.other_agent
        assignment.with_user(self.manager).action_unassign()
        with self.assertRefused(UserError, "None of the selected leads"):
            wizard.action_reassign()

    # -- Notices

    def test_agent_is_told_once_of_an_assignment_and_of_its_end(self):
        self.agent.notification_type = "inbox"
        Notification = self.env["mail.notification"]
        mine = [("res_partner_id", "=", self.agent.partner_id.id)]
        customers = self._lead("One") | self._lead("Two") | self._lead("Three")
        orders = customers.sale_order_ids
        before = Notification.search_count(mine)
        self.env["leads.agent.batch.assign"].with_user(self.manager).with_context(
            active_model="sale.order", active_ids=orders.ids
        ).create({"agent_id": self.agent.id}).action_assign()
        self.assertEqual(Notification.search_count(mine), before + 1)
        self._active(customers[0]).with_user(self.manager).action_unassign()
        self.assertEqual(Notification.search_count(mine), before + 2)
        self._resolve(self._active(customers[1]))
        self.assertEqual(Notification.search_count(mine), before + 2, "agents know what they did themselves")

    # -- Contacts that move, customers that merge

    def test_held_customer_who_becomes_a_contact_brings_the_assignment_along(self):
        person = self._lead("Freelancer", is_company=False)
        company = self._customer("Agency")
        assignment = self._assign(person)
        person.parent_id = company
        self.assertEqual((assignment.state, assignment.end_reason), ("unassigned", "merged"))
        self.assertEqual(self._active(company).agent_id, self.agent)
        self.assertEqual(person.leads_agent_id, self.agent)
        self.assertEqual(person.sale_order_ids.leads_agent_id, self.agent)
        person.parent_id = False
        self.assertFalse(person.leads_agent_id)
        self.assertFalse(person.sale_order_ids.leads_agent_id)
        self.assertEqual(company.leads_agent_id, self.agent)

    def test_held_customer_who_joins_a_held_company_leaves_one_holder(self):
        person, company = self._lead("Freelancer", is_company=False), self._lead("Agency")
        self._assign(person)
        self._assign(company, self.other_agent)
        person.parent_id = company
        self.assertEqual(self._active(company).agent_id, self.other_agent)
        self.assertEqual(person.leads_agent_id, self.other_agent)
        self.assertEqual(person.sale_order_ids.leads_agent_id, self.other_agent)

    def test_merging_two_held_customers_keeps_the_destination(self):
        source, destination = self._lead("Twice"), self._lead("Once")
        lost = self._assign(source)
        self._assign(destination, self.other_agent)
        self.env["base.partner.merge.automatic.wizard"]._merge((source | destination).ids, destination)
        self.assertEqual(self._active(destination).agent_id, self.other_agent)
        self.assertEqual((lost.partner_id, lost.state, lost.end_reason), (destination, "unassigned", "merged"))
        self.assertEqual(destination.sale_order_ids.leads_agent_id, self.other_agent)

    def test_merging_into_a_free_customer_moves_the_assignment(self):
        source, destination = self._lead("Twice"), self._lead("Once")
        assignment = self._assign(source)
        self.env["base.partner.merge.automatic.wizard"]._merge((source | destination).ids, destination)
        self.assertEqual((assignment.partner_id, assignment.state), (destination, "active"))
        self.assertEqual(destination.leads_agent_id, self.agent)
        self.assertEqual(destination.sale_order_ids.leads_agent_id, self.agent)

    def test_unique_index_exists(self):
        self.env.cr.execute(
            """
            SELECT indexdef FROM pg_indexes
             WHERE tablename = 'leads_agent_assignment' AND indexdef LIKE '%UNIQUE%state%'
            """
        )
        self.assertIn("(partner_id) WHERE", self.env.cr.fetchone()[0])

    def test_second_active_assignment_is_impossible(self):
        customer = self._lead()
        assignment = self._assign(customer)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(
                """
                INSERT INTO leads_agent_assignment (partner_id, agent_id, company_id, state, source, assigned_at)
                SELECT partner_id, agent_id, company_id, state, source, assigned_at
                  FROM leads_agent_assignment WHERE id = %s
                """,
                [assignment.id],
            )
