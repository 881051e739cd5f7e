from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_leads import LifecycleCommon


@tagged("post_install", "-at_install")
class TestAccess(LifecycleCommon):
    """Access to leads: who may read and change what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.leads_agent_lock_assigned = True
        cls.held = cls._lead(phone="+1 555 010 0100")
        cls._assign(cls.held)
        cls.hidden = cls._new_lead("Hidden Person", phone="+1 555 010 0200", lead_linkedin="linkedin.com/in/hidden")
        for lead in (cls.held, cls.hidden):
            cls.env["leads.agent.officer"].create({"partner_id": lead.id, "user_id": cls.manager.id})
            cls.env["leads.agent.identity"].create({"partner_id": lead.id, "channel": "chat", "key": f"key {lead.id}"})
            cls.env["leads.agent.visit"].create(
                {"partner_id": lead.id, "channel": "chat", "device": f"device {lead.id}"}
            )

    def test_what_hangs_on_a_lead_is_seen_with_it(self):
        for model in ("leads.agent.move", "leads.agent.officer", "leads.agent.identity", "leads.agent.visit"):
            with self.subTest(model=model):
                rows = self.env[model].with_user(self.agent).search([])
                self.assertEqual(rows.partner_id, self.held)
                hidden = self.env[model].search([("partner_id", "=", self.hidden.id)], limit=1)
                with self.assertRaises(AccessError):
                    hidden.with_user(self.agent).read(["partner_id"])
                self.assertTrue(hidden.with_user(self.manager).read(["partner_id"]))

    def test_nobody_writes_the_log(self):
        for user in (self.agent, self.manager):
            move = self.held.lead_move_ids[:1].with_user(user)
            with self.assertRaises(AccessError):
                move.reason = "Something else"
            with self.assertRaises(AccessError):
                move.unlink()
            with self.assertRaises(AccessError):
                self.env["leads.agent.move"].with_user(user).create(
                    {"partner_id": self.held.id, "at": "2026-01-01", "stage_id": self.stages["customer"].id}
                )

    def test_agents_do_not_choose_officers_nor_dates(self):
        for vals in (
            {"lead_officer_ids": [(0, 0, {"user_id": self.agent.id})]},
            {"lead_at": "2020-01-01 00:00:00"},
            {"lead_event_at": "2020-01-01 00:00:00"},
            {"date_last_stage_update": "2020-01-01 00:00:00"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self.held.with_user(self.agent).write(vals)

    def test_officers_see_what_all_their_companies_decide(self):
        self.env["leads.agent.officer"].create({"partner_id": self.hidden.id, "user_id": self.agent.id})
        hidden = self.hidden.with_user(self.agent)
        self.assertFalse(hidden.has_access("read"))
        self.env.company.leads_officers_see = True
        self.assertTrue(hidden.has_access("read"))
        self.assertIn(hidden, hidden.search([]))
        self.assertFalse(hidden.has_access("write"))
        other = self.env["res.company"].create({"name": "Strict", "leads_agent_lock_assigned": True})
        self.agent.company_ids += other
        self.assertFalse(hidden.has_access("read"))
        self.agent.company_ids -= other
        self.hidden.lead_officer_ids.filtered(lambda officer: officer.user_id == self.agent).unlink()
        self.assertFalse(hidden.has_access("read"))

    def test_officers_see_no_order_more(self):
        order = self._order(self.hidden)
        self.env["leads.agent.officer"].create({"partner_id": self.hidden.id, "user_id": self.agent.id})
        self.env.company.leads_officers_see = True
        self.assertFalse(order.with_user(self.agent).has_access("read"))

    def test_managers_change_customers_only(self):
        self.hidden.with_user(self.manager).function = "Buyer"
        for partner in (self.plain.partner_id, self.env.company.partner_id):
            with self.assertRaises(AccessError):
                partner.with_user(self.manager).email = "mine@example.com"

    def test_only_officers_follow(self):
        officer = self.held.lead_officer_ids.with_user(self.manager)
        self.assertIn(self.manager.partner_id, self.held.message_partner_ids)
        officer.user_id = self.agent
        self.assertIn(self.agent.partner_id, self.held.message_partner_ids)
        self.assertNotIn(self.manager.partner_id, self.held.message_partner_ids, "the officer before")
        officer.is_notified = False
        self.assertNotIn(self.agent.partner_id, self.held.message_partner_ids)

    def test_one_primary_officer(self):
        officers = self.env["leads.agent.officer"].with_user(self.manager)
        first = self.held.lead_officer_ids.with_user(self.manager)
        self.assertTrue(first.is_primary)
        second = officers.create({"partner_id": self.held.id, "user_id": self.agent.id})
        self.assertFalse(second.is_primary)
        second.is_primary = True
        self.assertFalse(first.is_primary)
        self.assertIn(self.agent.partner_id, self.held.message_partner_ids)
        second.is_notified = False
        self.assertNotIn(self.agent.partner_id, self.held.message_partner_ids)

    def test_other_users_read_contacts_as_ever(self):
        for user in (self.salesperson, self.plain):
            lead = self.hidden.with_user(user)
            names = [name for name in lead.fields_get(attributes=["type"]) if name.startswith("lead_")]
            self.assertIn("lead_stage_id", names)
            self.assertNotIn("lead_officer_ids", names)
            self.assertTrue(lead.read(names))
