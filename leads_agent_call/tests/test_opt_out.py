from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import preview
from .desk_common import WORKDAY, DeskCommon


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestOptOut(DeskCommon):
    """*Does not want calls* belongs to the customer, whatever the number is or becomes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unwanted = cls.env.ref("leads_agent.disposition_do_not_call")

    def _opted_out(self, phone="+32 2 555 09 01", **vals):
        """Create a customer who opted out in a call of the agent."""
        customer = self._lead("Silent Café", country_id=self.belgium.id, phone=phone, **vals)
        self._assign(customer)
        started = self.env["leads.agent.call"].with_user(self.agent).start(customer.id)
        if not started["call_id"]:
            number = started["numbers"][0]["dial"]
            started = self.env["leads.agent.call"].with_user(self.agent).start(customer.id, number=number)
        self.env["leads.agent.call"].with_user(self.agent).browse(started["call_id"]).finish(self.unwanted.id)
        return customer

    def _forget_numbers(self):
        """Delete the numbers, so that only the customer's opt-out is left."""
        self.env["phone.blacklist"].search([]).active = False

    def assertLeftAlone(self, customer):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRefused(UserError, "does not want to be called"):
            self._start(customer)
        with self.assertRefused(UserError, "does not want to be called"):
            self._assign(customer.commercial_partner_id)
        self.assertTrue(customer.is_leads_refused)

    def test_resolving_a_lead_without_a_call_counts_as_well(self):
        customer = self._lead("Silent Café", country_id=self.belgium.id, phone="+32 2 555 09 01")
        self._resolve(self._assign(customer), disposition=self.unwanted)
        self.assertLeftAlone(customer)

    def test_whatever_the_number_looks_like_or_becomes(self):
        def corrected(customer):
            customer.with_user(self.agent).phone = "+32 2 555 09 77"

        def without_country(customer):
            customer.write({"country_id": False, "phone": "02 555 09 01"})

        def another_contact(customer):
            self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id, "phone": "+32 2 555 09 78"})

        def no_number_of_the_own(customer):
            another_contact(customer)
            customer.phone = False

        def nothing(customer):
            pass

        for phone, change in (
            ("+32 2 555 09 01", corrected),
            ("+32 2 555 09 02", without_country),
            ("+32 2 555 09 03", another_contact),
            ("+32 2 555 09 04", no_number_of_the_own),
            ("02 555 09 05 (after 6 pm)", nothing),
            ("02 555 09 06 / 0475 55 09 06", nothing),
            ("+44 (0)20 7946 0123 ext. 12", nothing),
        ):
            with self.subTest(phone, change=change.__name__):
                customer = self._opted_out(phone)
                self._forget_numbers()
                change(customer)
                self.assertLeftAlone(customer)

    def test_numbers_that_can_be_read_are_blocked_besides(self):
        for phone, numbers in (
            ("02 555 09 05 (after 6 pm)", ["+3225550905"]),
            ("02 555 09 06 / 0475 55 09 06", ["+3225550906", "+32475550906"]),
            ("+44 (0)20 7946 0123 ext. 12", ["+442079460123"]),
        ):
            with self.subTest(phone):
                customer = self._opted_out(phone)
                blocked = self.env["phone.blacklist"]._leads_blocked(numbers)
                self.assertEqual(sorted(blocked), numbers)
                twin = self._lead("Twin", country_id=self.belgium.id, phone=numbers[-1])
                with self.assertRefused(UserError, "do-not-call list"):
                    self._start(twin)
                self.assertLeftAlone(customer)

    def test_no_entry_point_assigns_it(self):
        customer = self._opted_out()
        customer_contact = self.env["res.partner"].create({"name": "Joan", "parent_id": customer.id})
        self._forget_numbers()
        # The cooling-off after the last call is another refusal, which ends earlier.
        self.unwanted.cooling_days = 0
        batch = (
            self.env["leads.agent.batch.assign"]
            .with_user(self.manager)
            .create({"agent_id": self.agent.id, "selected_order_ids": customer.sale_order_ids.ids})
        )
        batch.action_assign()
        self.assertEqual((batch.line_ids.result, batch.line_ids.reason), ("blocked", "Do not want to be called"))
        loaded = (
            self.env["leads.agent.assignment"]
            .with_user(self.manager)
            .load(["partner_id/.id", "agent_id/.id"], [[str(customer.id), str(self.agent.id)]])
        )
        self.assertFalse(loaded["ids"])
        self.assertIn("does not want to be called", loaded["messages"][0]["message"])
        rule = (
            self.env["leads.agent.rule"]
            .with_user(self.manager)
            .create(
                {"name": "All", "team_id": self.call_center.id, "customer_domain": repr([("id", "=", customer.id)])}
            )
        )
        self.assertEqual(rule.matching_count, 0)
        found = (
            self.env["res.partner"]
            .with_user(self.manager)
            .search([("id", "=", customer.id), *self.env["leads.agent.assign"]._fields["partner_id"].domain])
        )
        self.assertFalse(found, "not among those to choose from")
        with self.assertRefused(UserError, "does not want to be called"):
            self.env["leads.agent.callback"].with_user(self.agent).create(
                {"partner_id": customer.id, "due_at": "2026-11-26 10:00:00"}
            )
        with self.assertRefused(UserError, "does not want to be called"):
            customer_contact.with_user(self.agent).action_leads_call()
        self.assertFalse(self._active(customer))

    def test_a_merge_takes_it_along(self):
        for nr, (into, is_contact) in enumerate(((False, False), (True, False), (False, True), (True, True))):
            with self.subTest(into=into, is_contact=is_contact):
                customer = self._opted_out(f"+32 2 555 08 0{nr}")
                # A person: merging a company into a contact makes the contact a separate customer.
                other = self._lead(
                    "Other Guest", is_company=False, country_id=self.belgium.id, phone=f"+32 2 555 08 1{nr}"
                )
                self._forget_numbers()
                source, target = (customer, other) if into else (other, customer)
                if is_contact:
                    target = self.env["res.partner"].create({"name": "Joan", "parent_id": target.id})
                wizard = self.env["base.partner.merge.automatic.wizard"].create({})
                wizard._merge((source | target).ids, target)
                self.env.invalidate_all()
                self.assertLeftAlone(target)

    def test_a_customer_who_joins_another_brings_it(self):
        customer = self._opted_out()
        self._forget_numbers()
        group = self._callable("Group")
        customer.write({"is_company": False, "parent_id": group.id})
        self.assertLeftAlone(group)

    def test_what_was_promised_to_whom_a_merge_or_a_move_makes_one_with_them_is_cancelled(self):
        for nr, way in enumerate(("merged", "the other way round", "joins", "is joined")):
            with self.subTest(way):
                silent = self._opted_out(f"+32 2 555 07 0{nr}", is_company=False)
                other = self._callable(f"Promised {nr}", is_company=False)
                self._assign(other)
                callback = self._callback(other)
                self._forget_numbers()
                wizard = self.env["base.partner.merge.automatic.wizard"].create({})
                match way:
                    case "merged":
                        wizard._merge((silent | other).ids, other)
                    case "the other way round":
                        wizard._merge((silent | other).ids, silent)
                    case "joins":
                        silent.parent_id = other
                    case "is joined":
                        other.parent_id = silent
                self.env.flush_all()
                self.assertEqual(callback.state, "cancelled")
                told = [("partner_ids", "in", self.agent.partner_id.ids), ("subject", "like", "Callback cancelled: ")]
                self.assertEqual(self.env["mail.message"].search_count(told), nr + 1)

    def test_an_import_of_contacts_lifts_nothing(self):
        customer = self._opted_out()
        self._forget_numbers()
        loaded = self.env["res.partner"].load(
            [".id", "name", "phone", "country_id"], [[str(customer.id), "Renamed", "+32 2 555 09 99", "Belgium"]]
        )
        self.assertEqual(loaded["ids"], customer.ids)
        self.assertLeftAlone(customer)

    def test_it_ends_at_its_own_time_by_the_clock(self):
        self.unwanted.do_not_call_days = 30
        self.unwanted.cooling_days = 0
        customer = self._opted_out()
        with freeze_time("2026-12-25 09:59:00"):
            self.assertLeftAlone(customer)
            self.assertIn(
                "Silent Café",
                self.env["leads.agent.opt.out"].search([("is_in_force", "=", True)]).mapped("partner_id.name"),
            )
        with freeze_time("2026-12-25 10:01:00"):
            self.env.invalidate_all()
            self._assign(customer)
            self._start(customer)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_a_manager_lifts_it_with_a_reason_that_stays(self):
        customer = self._opted_out()
        row = self.env["leads.agent.opt.out"].search([("partner_id", "=", customer.id)])
        for reason in ("", "  ", None, False):
            with self.subTest(reason), self.assertRefused(UserError, "Enter why"):
                row.with_user(self.manager).action_lift(reason)
        for user in (self.agent, self.other_agent, self.salesperson, self.plain):
            with self.subTest(user.login), self.assertRaises(AccessError):
                row.with_user(user).action_lift("Asked for an offer")
        for user in (self.agent, self.manager):
            for vals in ({"lifted_at": "2026-11-25 10:00:00"}, {"until": "2026-11-25 10:00:00"}):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    row.with_user(user).write(vals)
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
        self.assertLeftAlone(customer)
        wizard = (
            self.env["leads.agent.lift"]
            .with_user(self.manager)
            .create({"opt_out_id": row.id, "reason": "Wrote on 24 November and asks for an offer"})
        )
        wizard.action_confirm()
        self.assertEqual(
            (row.lifted_by_id, row.lift_reason), (self.manager, "Wrote on 24 November and asks for an offer")
        )
        self.assertFalse(self.env["phone.blacklist"]._leads_blocked([customer.phone_sanitized]))
        self.assertIn("asks for an offer", customer.message_ids[0].body)
        self.env.invalidate_all()
        self._assign(customer)
        self._start(customer)

    def test_an_open_callback_does_not_survive_it(self):
        customer = self._callable("Promised")
        self._assign(customer)
        callback = self._callback(customer)
        # The customer calls, and a colleague answers, whose call keeps no callback of the agent.
        call = self._start(customer, self.other_agent, direction="in")
        call.finish(self.unwanted.id)
        self.assertEqual(callback.state, "cancelled")
        told = self.env["mail.message"].search([("partner_ids", "in", self.agent.partner_id.ids)], limit=1)
        self.assertEqual(told.subject, "Callback cancelled: Promised")

    def test_who_said_so_before_opt_outs_were_kept(self):
        """Data before the upgrade: numbers on the list, removed from it, or never valid."""
        OptOut, Blacklist = self.env["leads.agent.opt.out"], self.env["phone.blacklist"]
        silent, welcome = self._opted_out(), self._opted_out("+32 2 555 09 02")
        unread, over = self._opted_out("+32 2 555 09 03"), self._opted_out("+32 2 555 09 04")
        Blacklist._remove([welcome.phone_sanitized])
        # An invalid number was on no list.
        Blacklist.search([("number", "=", unread.phone_sanitized)]).unlink()
        unread.phone = "02 555 extension on request"
        OptOut.search([]).unlink()
        self.unwanted.do_not_call_days = 30
        for customer, day in (
            (silent, "2030-05-01"),
            (welcome, "2030-05-01"),
            (unread, "2030-05-02"),
            (over, "2020-01-01"),
        ):
            calls = self.env["leads.agent.call"].search([("partner_id", "=", customer.id)])
            customer.leads_assignment_ids.ended_at = calls.ended_at = fields.Datetime.to_datetime(day)
        customers = silent | welcome | unread | over
        rows = OptOut._adopt_outcomes().filtered(lambda row: row.partner_id in customers)
        self.assertEqual(rows.partner_id, silent | unread)
        self.assertEqual(set(rows.mapped("until")), {datetime(2030, 5, 31), datetime(2030, 6, 1)})
        self.assertEqual(set(rows.mapped("numbers")), {silent.phone_sanitized, False})
        self.assertLeftAlone(silent)
        self.assertLeftAlone(unread)
        self.assertFalse(OptOut._adopt_outcomes(), "once")

    def test_it_is_said_before_it_is_logged(self):
        call = self._start()
        self.assertIn(
            "The customer is never called again, at any number.", preview.sentences(preview.know(call), self.unwanted)
        )
