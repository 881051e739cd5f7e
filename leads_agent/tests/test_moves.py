from odoo.fields import Command
from odoo.tests import tagged

from .common import LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestMoves(LeadsAgentCommon):
    """Customers merge, move under another company, change the Odoo company: one active assignment, history kept."""

    def _merge(self, destination, *sources):
        partners = self.env["res.partner"].union(destination, *sources)
        self.env["base.partner.merge.automatic.wizard"]._merge(partners.ids, destination)

    def _told(self, customer):
        """Result and note of each assignment of the customer, the oldest first."""
        self.env.invalidate_all()
        return [
            (assignment.agent_id, assignment.state, assignment.end_reason, bool(assignment.note))
            for assignment in customer.leads_assignment_ids.sorted("id")
        ]

    def test_merge_with_both_sides_held(self):
        source, destination = self._lead("Source"), self._lead("Destination")
        lost = self._assign(source)
        self._assign(destination, self.other_agent)
        self._merge(destination, source)
        self.assertEqual(
            self._told(destination),
            [(self.agent, "unassigned", "merged", True), (self.other_agent, "active", False, False)],
        )
        self.assertEqual(lost.note, "Merged with Destination, whose agent is Agent Ben.")
        self.assertEqual(destination.sale_order_ids.leads_agent_id, self.other_agent)
        history = self.env["leads.agent.history"].search([("partner_id", "=", destination.id)])
        self.assertEqual(len(history.filtered(lambda row: row.kind == "assigned")), 2, "of both")

    def test_merge_with_only_the_source_held(self):
        source, destination = self._lead("Source"), self._lead("Destination")
        self._assign(source)
        self._merge(destination, source)
        self.assertEqual(self._told(destination), [(self.agent, "active", False, False)])
        self.assertEqual(destination.leads_agent_id, self.agent)
        self.assertEqual(destination.sale_order_ids.leads_agent_id, self.agent)

    def test_merge_with_only_the_destination_held(self):
        source, destination = self._lead("Source"), self._lead("Destination")
        self._assign(destination)
        self._merge(destination, source)
        self.assertEqual(self._told(destination), [(self.agent, "active", False, False)])
        self.assertEqual(len(destination.sale_order_ids), 2)
        self.assertEqual(destination.sale_order_ids.leads_agent_id, self.agent)

    def test_merge_of_three_held_customers_without_the_destination_keeps_the_first(self):
        destination, first, second = self._lead("Destination"), self._lead("First"), self._lead("Second")
        self._assign(first, self.other_agent)
        self._assign(second)
        self._merge(destination, first, second)
        self.assertEqual(self._active(destination).agent_id, self.other_agent)
        self.assertEqual(len(destination.leads_assignment_ids), 2)

    def test_merge_keeps_resolved_assignments_and_their_cooling_off(self):
        source, destination = self._lead("Source"), self._lead("Destination")
        self.disposition.cooling_days = 10
        self._resolve(self._assign(source))
        self._merge(destination, source)
        self.assertEqual(self._told(destination), [(self.agent, "resolved", "resolved", False)])
        [result] = self._give(destination, source="batch")
        self.assertEqual(result.result, "blocked")

    def test_contact_moved_under_another_company(self):
        person, company = self._lead("Freelancer", is_company=False), self._customer("Agency")
        assignment = self._assign(person)
        person.parent_id = company
        self.assertEqual(
            assignment.note,
            "The customer became a contact of another customer, who took over the lead unless somebody "
            "already held it.",
        )
        self.assertEqual(
            self._active(company).reason, "The agent held a customer who became a contact of this customer."
        )
        self.assertEqual(self._active(company).agent_id, self.agent)

    def test_of_two_held_contacts_who_move_together_the_first_assigned_decides(self):
        one, two = self._lead("One", is_company=False), self._lead("Two", is_company=False)
        company = self._customer("Agency")
        self._assign(two, self.other_agent)
        self._assign(one)
        (one | two).parent_id = company
        self.assertEqual(self._active(company).agent_id, self.other_agent)
        self.assertEqual((one | two).leads_agent_id, self.other_agent)
        self.assertFalse(self._active(one) - self._active(company))

    def test_contact_who_leaves_the_company_is_free(self):
        company = self._lead("Agency")
        person = self.env["res.partner"].create({"name": "Joan", "parent_id": company.id})
        order = self._order(person)
        self._assign(company)
        person.parent_id = False
        self.assertFalse(person.leads_agent_id)
        self.assertFalse(order.leads_agent_id)
        self.assertEqual(company.leads_agent_id, self.agent)

    def test_customer_moves_to_a_company_in_which_the_agent_does_not_work(self):
        customer, kept = self._lead("Moves"), self._lead("Stays")
        branch = self.env["res.company"].create({"name": "Branch"})
        (customer | kept).sale_order_ids.unlink()
        assignment = self._give(customer | kept, unconditional=True)[0].assignment
        customer.company_id = branch
        self.assertEqual((assignment.state, assignment.end_reason), ("unassigned", "unassigned"))
        self.assertEqual(assignment.note, "The customer moved to Branch, in which the agent does not work.")
        self.assertFalse(customer.leads_agent_id)
        self.assertEqual(kept.leads_agent_id, self.agent)

    def test_customer_moves_to_another_company_of_the_agent(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.agent.company_ids = [Command.link(branch.id)]
        customer = self._customer("Moves")
        self._give(customer, unconditional=True)
        customer.company_id = branch
        self.assertEqual(self._active(customer).agent_id, self.agent)

    def _cost_of_moving(self, count, name):
        people = self.env["res.partner"].create([{"name": f"{name} {nr}"} for nr in range(count)])
        self.env["sale.order"].create([{"partner_id": person.id} for person in people])
        self._give(people, source="batch")
        companies = self.env["res.partner"].create([{"name": f"{name} Inc", "is_company": True}])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        people.write({"parent_id": companies.id})
        self.env.flush_all()
        self.assertEqual(people.leads_agent_id, self.agent)
        return self.env.cr.sql_log_count - before

    def test_twenty_contacts_moved_at_once_cost_no_query_set_each(self):
        self._cost_of_moving(1, "Warm")
        few, many = self._cost_of_moving(2, "Few"), self._cost_of_moving(20, "Many")
        plain = self._cost_of_moving_plain(20) - self._cost_of_moving_plain(2)
        self.assertLessEqual(many - few - plain, 5, (few, many, plain))

    def _cost_of_moving_plain(self, count):
        """What core itself takes for contacts whom nobody holds."""
        people = self.env["res.partner"].create([{"name": f"Plain {count} {nr}"} for nr in range(count)])
        company = self.env["res.partner"].create([{"name": "Plain Inc", "is_company": True}])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        people.write({"parent_id": company.id})
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
