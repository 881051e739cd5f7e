from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.leads_agent.tests.common import MANAGER

from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestMerges(DeskCommon):
    """A manager merges contacts in Odoo's wizard: calls and callbacks move to the remaining customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.merger = new_test_user(
            cls.env, "merger_max", f"{MANAGER},base.group_partner_manager,base.group_erp_manager"
        )
        cls.own = cls.env.company.partner_id
        cls.desk = cls.env["res.partner"].create({"name": "Front Desk", "parent_id": cls.own.id})
        cls.colleague = new_test_user(cls.env, "colleague_carl", "base.group_user")
        (cls.own | cls.desk | cls.colleague.partner_id).email = False

    def _merge(self, into, *others):
        partners = into.union(*others)
        partners.email = False
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.merger)
        wizard = wizard.with_context(active_model="res.partner", active_ids=partners.ids).create({})
        wizard.dst_partner_id = into
        wizard.action_merge()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(partners.exists(), into)

    def _person(self, name="Joan", user=None, **vals):
        """Create a person with a callback of the agent."""
        person = self._callable(name, is_company=False, **vals)
        self._assign(person, user or self.agent)
        return person

    def _company(self, name="Quayside Books", user=None):
        """Create a company held by another agent, and a contact of it."""
        company = self._callable(name)
        if user:
            self._assign(company, user)
        return company, self.env["res.partner"].create({"name": "Joan at work", "parent_id": company.id})

    def assertNothingOf(self, partner, *, calls=(), callbacks=()):
        """Assert that there is no holder, call or callback for one of us, and that the sentence says why."""
        everybody = partner | partner.commercial_partner_id
        self.assertFalse(everybody.leads_agent_id)
        self.assertFalse(
            self.env["leads.agent.assignment"].search(
                [("agent_id", "!=", False), ("state", "=", "active"), ("partner_id", "in", everybody.ids)]
            )
        )
        for model in ("leads.agent.call", "leads.agent.callback"):
            left = self.env[model].search([("partner_id", "in", everybody.ids)])
            self.assertFalse(left.filtered(lambda row: row.state in ("talking", "wrap_up", "open")), model)
        for call in calls:
            self.assertEqual((call.state, bool(call.ended_at), bool(call.note)), ("done", True, True))
        for callback in callbacks:
            self.assertEqual(callback.state, "cancelled")
        with self.assertRefused(UserError, "not a customer"):
            self._start(partner)

    def test_into_a_contact_of_a_held_company(self):
        person = self._person()
        callback = self._callback(person)
        call = self._start(person)
        company, contact = self._company(user=self.other_agent)
        lead = self._active(person)
        self._merge(contact, person)
        self.assertEqual((lead.state, lead.end_reason, bool(lead.note)), ("unassigned", "merged", True))
        self.assertEqual((company | contact).leads_agent_id, self.other_agent)
        self.assertEqual((callback.partner_id, callback.state), (company, "open"))
        self.assertEqual((call.partner_id, call.state), (company, "talking"))
        call.with_user(self.agent).finish(self.no_answer.id)
        self.assertEqual(self._active(company).agent_id, self.other_agent)

    def test_into_a_contact_of_a_company_that_nobody_holds(self):
        person = self._person()
        callback = self._callback(person)
        call = self._start(person)
        company, contact = self._company()
        self._merge(contact, person)
        self.assertEqual(self._active(company).agent_id, self.agent)
        self.assertEqual((company | contact).leads_agent_id, self.agent)
        self.assertEqual((callback.partner_id, call.partner_id), (company, company))
        call.with_user(self.agent).finish(self.no_answer.id)
        self.assertEqual(call.state, "done")

    def test_into_a_contact_of_a_company_with_a_callback_and_a_call_of_its_own(self):
        person = self._person()
        first = self._callback(person, day="2026-11-26")
        later = self._start(person)
        company, contact = self._company(user=self.other_agent)
        second = self._callback(company, self.other_agent, day="2026-11-27")
        running = self._start(company, self.other_agent)
        running.sudo().started_at = self._at("2026-11-25 09:00:00")
        self._merge(contact, person)
        self.assertEqual((first.state, second.state), ("open", "cancelled"))
        self.assertEqual((first.partner_id, later.partner_id), (company, company))
        self.assertEqual((running.state, later.state), ("talking", "done"))

    def test_a_contact_of_a_held_company_into_somebody_free(self):
        company, contact = self._company(user=self.other_agent)
        free = self._callable("Joan", is_company=False)
        self._merge(free, contact)
        self.assertEqual(free.commercial_partner_id, company)
        self.assertEqual(free.leads_agent_id, self.other_agent)
        self.assertEqual(free.sale_order_ids.leads_agent_id, self.other_agent)

    def test_a_held_company_into_a_contact_makes_a_customer_of_the_contact(self):
        held = self._callable("Harbour Café SA")
        self._assign(held)
        callback = self._callback(held)
        company, contact = self._company()
        self._merge(contact, held)
        self.assertEqual(contact.commercial_partner_id, contact)
        self.assertEqual((contact.leads_agent_id, company.leads_agent_id), (self.agent, self.env["res.users"]))
        self.assertEqual(callback.partner_id, contact)

    def test_into_one_of_us(self):
        for nr, (name, into) in enumerate(
            (("colleague", self.colleague.partner_id), ("front desk", self.desk), ("company", self.own))
        ):
            with self.subTest(name):
                person = self._person(f"Joan {nr}")
                lead, callback = self._active(person), self._callback(person)
                call = self._start(person)
                self._merge(into, person)
                self.assertNothingOf(into, calls=call, callbacks=callback)
                self.assertEqual((lead.state, lead.end_reason), ("unassigned", "merged"))
                self.assertIn("is a colleague or one of your own companies", lead.note)
                self.assertTrue(
                    self.env["leads.agent.history"].search(
                        [("assignment_id", "=", lead.id), ("kind", "=", "unassigned")]
                    )
                )

    def test_one_of_us_into_a_customer(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        colleague = new_test_user(self.env, "colleague_cleo", "base.group_user")
        self.merger.company_ids = [Command.link(branch.id)]
        for nr, (name, source) in enumerate((("colleague", colleague.partner_id), ("company", branch.partner_id))):
            with self.subTest(name):
                person = self._person(f"Joan {nr}")
                lead, callback = self._active(person), self._callback(person)
                call = self._start(person)
                self._merge(person, source)
                self.assertNothingOf(person, calls=call, callbacks=callback)
                self.assertEqual((lead.state, lead.end_reason), ("unassigned", "merged"))

    def test_a_held_customer_into_another_in_the_middle_of_a_call(self):
        other = self._callable()
        self._assign(other, self.other_agent)
        callback = self._callback(other, self.other_agent)
        call = self._start(other, self.other_agent)
        self._merge(self.customer, other)
        self.assertEqual((call.partner_id, call.state), (self.customer, "talking"))
        self.assertEqual(callback.partner_id, self.customer)
        call.with_user(self.other_agent).finish(self.no_answer.id)
        self.assertEqual(self._active(self.customer).agent_id, self.agent)

    def test_three_at_once_in_the_middle_of_two_calls(self):
        """Two duplicates, each on the phone with an agent, are merged into a third customer who is unassigned."""
        one, two = self._person("Joan B."), self._person("J. Brown", self.other_agent)
        first = self._callback(one, day="2026-11-27")
        second = self._callback(two, self.other_agent, day="2026-11-26")
        begun, later = self._start(one), self._start(two, self.other_agent)
        begun.sudo().started_at = self._at("2026-11-25 09:50:00")
        free = self._callable("Joan Brown", is_company=False)
        self._merge(free, one, two)
        self.assertEqual(self._active(free).agent_id, self.agent)
        self.assertEqual((begun.partner_id, begun.state), (free, "talking"))
        self.assertEqual((later.partner_id, later.state), (free, "done"))
        self.assertEqual((first.state, second.state, second.partner_id), ("cancelled", "open", free))

    def test_two_contacts_of_a_held_company(self):
        """Callbacks of the company remain with it."""
        company, contact = self._company(user=self.agent)
        other = self.env["res.partner"].create({"name": "Joan twice", "parent_id": company.id})
        callback, call = self._callback(company), self._start(company)
        self._merge(contact, other)
        self.assertEqual((company | contact).leads_agent_id, self.agent)
        self.assertEqual((callback.partner_id, callback.state), (company, "open"))
        self.assertEqual((call.partner_id, call.state), (company, "talking"))

    def test_a_contact_of_one_held_company_into_a_contact_of_another(self):
        """An order of the contact moves too; each company keeps its agent and its callback."""
        left, leaving = self._company("Old Job", self.agent)
        joined, staying = self._company("New Job", self.other_agent)
        order = self._order(leaving)
        promised = self._callback(left)
        self._merge(staying, leaving)
        self.assertEqual((left.leads_agent_id, joined.leads_agent_id), (self.agent, self.other_agent))
        self.assertEqual(order.leads_agent_id, self.other_agent)
        self.assertEqual((promised.partner_id, promised.state), (left, "open"))

    def test_who_does_not_want_calls_into_a_contact_of_a_held_company(self):
        """The customer may not be called any more, and the callback is cancelled."""
        person = self._person("Silent Joan")
        self._finish(self.env.ref("leads_agent.disposition_do_not_call"), person)
        company, contact = self._company(user=self.other_agent)
        callback = self._callback(company, self.other_agent)
        self._merge(contact, person)
        with self.assertRefused(UserError, "does not want to be called|do-not-call"):
            self._start(company, self.other_agent)
        self.assertEqual(callback.state, "cancelled")
