from datetime import timedelta
from itertools import product

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.common import AGENT, LeadsAgentCommon


@tagged("post_install", "-at_install")
class TestWhoCanSee(LeadsAgentCommon):
    """The page of the customer form, compared with what each agent can actually read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Only the agents of this test, so that every name is shown.
        cls._archive_other_agents()
        cls.here = cls.env.company
        cls.here.write({"leads_agent_lock_assigned": False, "leads_agent_view_non_partial": False})
        cls.there = cls.env["res.company"].create({"name": "Elsewhere Ltd"})
        cls.abroad = cls._user("agent_abe", AGENT, company_ids=[Command.set(cls.there.ids)], company_id=cls.there.id)
        cls.both = cls._user("agent_bo", AGENT, company_ids=[Command.set((cls.here | cls.there).ids)])
        cls.agents = cls.agent | cls.other_agent | cls.abroad | cls.both

    def _page(self, customer, user=None):
        """Return who sees the customer according to the page, and its sections."""
        self.env.flush_all()
        self.env.invalidate_all()
        page = customer.with_user(user or self.manager).leads_who_can_see
        tree = html.fragment_fromstring(str(page), create_parent="div")
        blocks = {block.get("class"): block.text_content() for block in tree.iterchildren()}
        seeing = self.agents.filtered(lambda agent: agent.name in blocks.get("o_leads_sees", ""))
        hidden = self.agents.filtered(lambda agent: agent.name in blocks.get("o_leads_sees_not", ""))
        self.assertEqual(seeing | hidden, self.agents, "Everybody is named")
        self.assertFalse(seeing & hidden, "and nobody twice")
        return seeing, blocks

    def _reads(self, customer):
        """Return who can actually read the customer."""
        return self.agents.filtered(
            lambda agent: (
                customer.with_user(agent).with_context(allowed_company_ids=agent.company_ids.ids).has_access("read")
            )
        )

    def _customers(self):
        """One customer of each kind, by name."""
        held, grace, expired, other, both = (
            self._lead(name) for name in ("Held", "In grace", "Expired", "Of the other", "Grace and held")
        )
        assignments = self._assign(held | grace | expired | both)
        self._assign(other, self.other_agent)
        for customer in (grace, expired, both):
            self._resolve(self._active(customer))
        self._assign(both, self.other_agent)
        (assignments.filtered(lambda a: a.partner_id == expired)).visible_until = fields.Datetime.now() - timedelta(
            minutes=1
        )
        archived = self._lead("Archived")
        self._assign(archived)
        contact = self.env["res.partner"].create({"name": "Joan of Held", "parent_id": held.id})
        archived.active = False
        foreign = self._customer("Of the other company", company_id=self.there.id)
        bound = self._lead("Of this company", company_id=self.here.id)
        self._assign(bound)
        return [
            *(held, grace, expired, other, both, archived, contact, foreign, bound, self._lead("Nobody's")),
            self.plain.partner_id,
            self.here.partner_id,
            self.there.partner_id,
        ]

    def test_page_says_what_each_agent_reads_in_fact(self):
        customers = self._customers()
        for lock_here, lock_there, non_partial in product((False, True), (False, True), (False, True)):
            self.here.write({"leads_agent_lock_assigned": lock_here, "leads_agent_view_non_partial": non_partial})
            self.there.leads_agent_lock_assigned = lock_there
            for customer in customers:
                with self.subTest(lock_here, lock_there=lock_there, partial=non_partial, customer=customer.name):
                    seeing, _blocks = self._page(customer)
                    self.assertEqual(seeing.mapped("name"), self._reads(customer).mapped("name"))

    def test_page_says_who_sees_confirmed_orders_in_fact(self):
        held, nobodys = self._lead("Held", "sale"), self._lead("Nobody's", "sale")
        for customer in (held, nobodys):
            self._order(customer, days_ago=0)
        self._assign(held)
        for lock, non_partial in product((False, True), (False, True)):
            self.here.write({"leads_agent_lock_assigned": lock, "leads_agent_view_non_partial": non_partial})
            self.there.leads_agent_view_non_partial = True
            for customer in (held, nobodys):
                _seeing, blocks = self._page(customer)
                wide = blocks.get("o_leads_sees_orders", "").partition("Also confirmed")[2]
                sale = customer.sale_order_ids.filtered(lambda order: order.state == "sale")
                for agent in self.agents - self.abroad:
                    with self.subTest(lock=lock, non_partial=non_partial, customer=customer.name, agent=agent.name):
                        self.assertEqual(agent.name in wide, sale.with_user(agent).has_access("read"))

    def test_reasons_are_told(self):
        (self.here | self.there).leads_agent_lock_assigned = True
        customer = self._lead()
        _seeing, blocks = self._page(customer)
        self.assertIn("because no agent holds it", blocks["o_leads_sees_not"])
        assignment = self._assign(customer)
        self.assertIn("Agent Anna, who has held the customer since", self._page(customer)[1]["o_leads_sees"])
        self._resolve(assignment)
        self.assertIn("the grace after resolving", self._page(customer)[1]["o_leads_sees"])
        foreign = self._customer("Foreign", company_id=self.there.id)
        self.assertIn("do not work in Elsewhere Ltd", self._page(foreign)[1]["o_leads_sees_not"])

    def test_order_that_an_agent_completed_is_told_and_readable_so_long(self):
        self.here.leads_agent_lock_assigned = True
        customer = self._lead()
        self._assign(customer)
        order = customer.sale_order_ids
        order.with_user(self.agent).action_confirm()
        _seeing, blocks = self._page(customer)
        self.assertIn(
            f"Agent Anna completed the order {order.name} and can read it until", blocks["o_leads_sees_orders"]
        )
        self.assertTrue(order.with_user(self.agent).has_access("read"))
        order.leads_completed_until = fields.Datetime.now() - timedelta(minutes=1)
        _seeing, blocks = self._page(customer)
        self.assertNotIn("completed the order", blocks["o_leads_sees_orders"])
        self.assertFalse(order.with_user(self.agent).has_access("read"))

    def test_names_and_queries_stay_few_with_many_agents(self):
        customer = self._lead()
        self.assertIn("Agent Anna", self._page(customer)[1]["o_leads_sees"])

        def queries():
            """Count the second run, because new users clear the caches of groups."""
            for _time in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                page = customer.with_user(self.manager).leads_who_can_see
            return self.env.cr.sql_log_count - before, page

        few, _page = queries()
        for number in range(30):
            new_test_user(self.env, f"many_{number:02}", groups=AGENT, name=f"Many {number:02}")
        many, page = queries()
        self.assertEqual(many, few)
        self.assertIn("14 more (34 in all)", page)
        self.assertIn("Many 10", page)
        self.assertNotIn("Many 29", page)

    def test_agents_do_not_read_the_page(self):
        customer = self._lead()
        self._assign(customer)
        for user in (self.agent, self.salesperson):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                customer.with_user(user).read(["leads_who_can_see"])
            self.assertNotIn(
                "leads_who_can_see", self.env["res.partner"].with_user(user).get_view(view_type="form")["arch"]
            )

    def test_names_are_text_and_never_markup(self):
        self.agent.name = "<script>alert(1)</script>"
        customer = self._lead()
        self._assign(customer)
        page = customer.with_user(self.manager).leads_who_can_see
        self.assertNotIn("<script>", page)
        self.assertIn("&lt;script&gt;", page)
