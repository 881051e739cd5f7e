from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .desk_common import WORKDAY, DeskCommon

DAY = datetime(2026, 11, 25)


@tagged("post_install", "-at_install")
@freeze_time(WORKDAY)
class TestCallingZones(DeskCommon):
    """The customer's local time: legal in every time zone that address and number allow, or no call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # From 8 to 21 everywhere, like the federal rule of the United States.
        cls.env["leads.agent.calling.hours"].create(
            [{"days": days, "hour_from": 8, "hour_to": 21} for days in ("weekdays", "saturday", "sunday")]
        )

    def _at_place(self, country="", state="", zip_code="", phone="+1 800-356-9377", **vals):
        place = self.env["res.country"].search([("code", "=", country)]) if country else self.env["res.country"]
        states = place.state_ids.filtered(lambda row: row.code == state)
        self.assertEqual(bool(states), bool(state), "the state is one of Odoo's")
        customer = self._lead("Somewhere", country_id=place.id, state_id=states.id, zip=zip_code, phone=phone, **vals)
        self._assign(customer)
        return customer

    def _may_call(self, customer, moment):
        """Start a call by RPC as the agent, and roll it back."""
        with freeze_time(moment):
            try:
                with self.env.cr.savepoint():
                    self.env["leads.agent.call"].with_user(self.agent).start(customer.id)
                    raise ZeroDivisionError
            except ZeroDivisionError:
                return True
            except UserError as refusal:
                self.assertRegex(str(refusal), "may not be called now|tells the time zone")
                return False
            finally:
                self.env.invalidate_all()

    def assertWindow(self, customer, opening, closing):
        """Assert that calls are legal from ``opening`` until ``closing``, and not a minute before or at ``closing``."""
        edges = [opening - timedelta(minutes=1), opening, closing - timedelta(minutes=1), closing]
        self.assertEqual([self._may_call(customer, moment) for moment in edges], [False, True, True, False])

    def test_the_legal_window_in_utc(self):
        for place, opening, closing in (
            # Knoxville by its zip, and Tennessee, which has two zones
            (("US", "TN", "37902", "+1 865-321-2345"), 13, 26),
            (("US", "TN", "", "+1 865-321-2345"), 14, 26),
            # No state: narrowed by the prefix, else all zones of the country
            (("US", "", "", "+1 808-555-1234"), 18, 31),
            (("US", "", "", "+1 800-356-9377"), 18, 26),
            (("US", "", "", "+1 423-555-1234"), 14, 26),
            # Address and number in different places
            (("US", "NY", "10001", "+1 808-555-1234"), 18, 26),
            (("BE", "", "", "+1 212-555-0123"), 13, 20),
            # Counties and reservations in another zone than the rest of their state
            (("US", "TX", "", "+1 915-555-0123"), 15, 27),
            (("US", "IN", "46350", "+1 866-356-9377"), 14, 26),
            (("US", "AZ", "86515", "+1 866-356-9377"), 15, 28),
            # Islands by their numbers, Xinjiang by its own, Kosovo, which the time zone database does not list
            (("NZ", "", "", "+64 3 305 0123"), 18.25, 31.25),
            (("CL", "", "", "+56 32 210 0123"), 13, 24),
            (("AU", "NSW", "2898", "+61 412 345 678"), 21, 34),
            (("KI", "", "", "+686 72012345"), 20, 31),
            (("CN", "", "", "+86 991 234 5678"), 2, 13),
            (("XK", "", "", "+383 44 123 456"), 7, 20),
            # Other countries with several zones
            (("RU", "", "", "+7 912 345-67-89"), 6, 9),
            (("RU", "PRI", "", "+7 912 345-67-89"), 22, 35),
            (("PR", "", "", "+1 787-555-1234"), 12, 25),
            (("US", "PR", "00901", "+1 787-555-1234"), 12, 25),
            (("BR", "AC", "", "+55 68 3212-3456"), 13, 26),
            (("BR", "AC", "", "+55 11 3234-5678"), 13, 24),
            (("ES", "TF", "", "+34 612 34 56 78"), 8, 21),
            (("ES", "", "", "+34 612 34 56 78"), 8, 20),
            (("AU", "WA", "6000", "+61 412 345 678"), 24, 37),
            # No address
            (("", "", "", "+32 475 55 01 03"), 7, 20),
            (("", "", "", "+7 912 345-67-89"), 6, 9),
            (("", "", "", "+61 412 345 678"), 24, 34),
        ):
            with self.subTest(place):
                self.assertWindow(
                    self._at_place(*place), DAY + timedelta(hours=opening), DAY + timedelta(hours=closing)
                )

    def test_the_hours_of_the_state_and_of_a_number_abroad_hold_too(self):
        country, state = self.env.ref("base.us"), self.env.ref("base.state_us_10")
        for code in (country.code, "FR"):
            self.env["leads.agent.calling.hours"].create(
                {
                    "country_id": self.env["res.country"].search([("code", "=", code)]).id,
                    "state_id": state.id if code == "US" else False,
                    "days": "weekdays",
                    "hour_from": 10,
                    "hour_to": 13,
                }
            )
        self.assertWindow(self._at_place("US", "FL", "33101"), DAY + timedelta(hours=15), DAY + timedelta(hours=18))
        self.assertWindow(
            self._at_place("BE", phone="+33 1 42 68 53 00"), DAY + timedelta(hours=9), DAY + timedelta(hours=12)
        )
        self.assertWindow(
            self._at_place(phone="+33 1 42 68 53 00"), DAY + timedelta(hours=9), DAY + timedelta(hours=12)
        )

    def test_nothing_known_no_call_until_somebody_confirms_once(self):
        for nr, (place, confirmed) in enumerate(
            (
                (("", "", "", "+1 800-356-9377"), "America/Chicago"),
                (("", "", "", "+800 1234 5678"), "Europe/Paris"),
                (("US", "AE", "09012", "+1 800-356-9377"), "Europe/Berlin"),
                (("US", "AP", "", "+1 888-356-9377"), "Asia/Tokyo"),
                (("", "", "", "+1 866-356-9377 ext. 4"), "America/New_York"),
                (("", "", "", "+870 773 123456"), "Asia/Singapore"),
                (("", "", "", "+881 6 2245 1234"), "Atlantic/Azores"),
                # Forces abroad keep their number from home.
                (("US", "AP", "96201", "+1 212-555-0123"), "Asia/Seoul"),
            )
        ):
            with self.subTest(place):
                # Neither the agent's zone nor Odoo's default for new customers counts.
                self.agent.tz = "Europe/Brussels"
                customer = self._at_place(*place, tz="Europe/Brussels")
                with self.assertRefused(UserError, "of Somewhere tells the time zone.*once per customer"):
                    self._start(customer)
                self.assertFalse(any(self._may_call(customer, DAY + timedelta(hours=hour)) for hour in range(0, 24, 3)))
                self.assertNotEqual(
                    self.env["leads.agent.desk"].with_user(self.agent).next_lead()["partner_id"], customer.id
                )
                lead = self.env["leads.agent.dashboard"].with_user(self.agent).get_lead(customer.id)
                self.assertEqual((lead["tz"], lead["calling"]), (False, []))
                if nr % 2:
                    self.env["leads.agent.desk"].with_user(self.agent).confirm_zone(customer.id, confirmed)
                else:
                    action = customer.with_user(self.agent).action_leads_confirm_zone()
                    form = Form(self.env["leads.agent.zone"].with_user(self.agent).with_context(**action["context"]))
                    form.zone = confirmed
                    form.save().action_confirm()
                self.env.invalidate_all()
                self.assertIn(confirmed, customer.message_ids[0].body)
                lead = self.env["leads.agent.dashboard"].with_user(self.agent).get_lead(customer.id)
                self.assertEqual(lead["tz"], confirmed)
                self.assertTrue(any(self._may_call(customer, DAY + timedelta(hours=hour)) for hour in range(0, 24, 3)))

    def test_a_confirmed_zone_answers_until_the_address_contradicts_it(self):
        customer = self._at_place("RU", phone="+7 912 345-67-89")
        self.env["leads.agent.desk"].with_user(self.agent).confirm_zone(customer.id, "Asia/Omsk")
        self.env.invalidate_all()
        self.assertWindow(customer, DAY + timedelta(hours=2), DAY + timedelta(hours=15))
        customer.write({"country_id": self.belgium.id, "phone": "+32 2 555 01 01"})
        self.assertWindow(customer, DAY + timedelta(hours=7), DAY + timedelta(hours=15))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_confirm_and_what(self):
        customer = self._at_place()
        confirm = self.env["leads.agent.desk"].with_user(self.agent).confirm_zone
        for zone in (
            "Mars/Olympus",
            "",
            None,
            False,
            7,
            ["Europe/Brussels"],
            "../../etc/passwd",
            "Europe/Brussels\x00",
        ):
            with self.subTest(zone), self.assertRefused(UserError, "There is no time zone|must be valid text"):
                confirm(customer.id, zone)
        for number in (0, "x", None, [1]):
            with self.subTest(number), self.assertRefused(UserError, "Invalid record ID"):
                confirm(number, "Europe/Brussels")
        for user in (self.plain, self.salesperson):
            with self.assertRaises(AccessError):
                self.env["leads.agent.desk"].with_user(user).confirm_zone(customer.id, "Europe/Brussels")
        for user in (self.agent, self.other_agent):
            with self.assertRaises(AccessError):
                customer.with_user(user).write({"leads_zone": "Europe/Brussels"})
        self.env.company.leads_agent_lock_assigned = True
        with self.assertRaises(AccessError):
            self.env["leads.agent.desk"].with_user(self.other_agent).confirm_zone(customer.id, "Europe/Brussels")

    def test_next_passes_over_who_is_closed_somewhere(self):
        """Only the number differs: the country is the same, and calls are legal in its first zone."""
        self.assignment.with_user(self.manager).action_unassign()
        honolulu = self._at_place("US", phone="+1 808-555-1234")
        self.env["sale.order"].search([("partner_id", "=", honolulu.id)]).order_line.price_unit = 90_000
        new_york = self._at_place("US", phone="+1 212-555-0123")
        desk = self.env["leads.agent.desk"].with_user(self.agent)
        for hour, partner in ((14, new_york), (20, honolulu), (27, honolulu)):
            with self.subTest(hour), freeze_time(DAY + timedelta(hours=hour)):
                self.assertEqual(desk.next_lead()["partner_id"], partner.id)
        with freeze_time(DAY + timedelta(hours=12)):
            answer = desk.next_lead()
            self.assertFalse(answer["partner_id"])

    def test_a_callback_is_agreed_for_an_hour_that_is_legal_everywhere(self):
        customer = self._at_place("US", "TN", phone="+1 865-321-2345")
        with freeze_time(DAY + timedelta(hours=15)):
            call = self._start(customer)
            with self.assertRefused(UserError, "may not be called then"):
                call.finish(self.agreed.id, callback={"date": "2026-11-26", "time": 8.5, "zone": "America/New_York"})
            call.finish(self.agreed.id, callback={"date": "2026-11-26", "time": 9.5, "zone": "America/New_York"})
        callback = self.env["leads.agent.callback"].search([("partner_id", "=", customer.id)])
        self.assertEqual(callback.due_at, self._at("2026-11-26 14:30:00"))

    def test_the_list_says_when_calls_are_legal_by_the_hours_in_force(self):
        customer = self._at_place("US", "TN", phone="+1 865-321-2345")
        rows = self.env["leads.agent.dashboard"].with_user(self.agent).get_data()["leads"]
        [lead] = [row for row in rows if row["partner_id"] == customer.id]
        self.assertEqual(lead["calling"], [["2026-11-25 14:00:00", "2026-11-26 02:00:00"]])
        self._only_open(10, 12, self.env.ref("base.us"))
        rows = self.env["leads.agent.dashboard"].with_user(self.agent).get_data()["leads"]
        [lead] = [row for row in rows if row["partner_id"] == customer.id]
        self.assertEqual(lead["calling"], [["2026-11-25 16:00:00", "2026-11-25 17:00:00"]])
