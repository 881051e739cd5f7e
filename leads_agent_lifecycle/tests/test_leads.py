import base64
import io

from PIL import Image

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.common import LeadsAgentCommon
from odoo.addons.leads_agent_lifecycle.moving import LifeCycle

FORM = "leads_agent_lifecycle.res_partner_view_lead_form"
NEW = {"lead_new": True}


class LifecycleCommon(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ref = cls.env.ref
        cls.stages = {
            name: ref(f"leads_agent_lifecycle.stage_{name}") for name in ("lead", "prospect", "opportunity", "customer")
        }
        cls.statuses = {
            name: ref(f"leads_agent_lifecycle.status_{name}")
            for name in ("new", "attempted", "contacted", "unresponsive")
        }

    @classmethod
    def _new_lead(cls, name="Ada Moreau", user=None, **vals):
        """Create a lead as the form of a new lead does."""
        partners = cls.env["res.partner"].with_user(user or cls.manager).with_context(**NEW)
        defaults = partners.default_get(["lead_stage_id", "lead_status_id", "lead_activity", "lead_channel"])
        return partners.create({**defaults, "name": name, **vals}).with_context(lead_new=False)

    def assertPlace(self, lead, stage, status):
        self.assertEqual(
            (lead.lead_stage_id.name, lead.lead_status_id.name), (self.stages[stage].name, self.statuses[status].name)
        )


class WithAlias:
    """The leads address, hello@leads.example.com."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "leads.example.com"})
        cls.env.company.alias_domain_id = cls.domain
        cls.alias = cls.env.ref("leads_agent_lifecycle.alias_leads")
        cls.alias.alias_domain_id = cls.domain
        cls.env["res.config.settings"].create({"leads_alias_name": "hello"}).execute()


@tagged("post_install", "-at_install")
class TestNewLead(LifecycleCommon):
    def test_a_manager_enters_a_lead(self):
        with Form(self.env["res.partner"].with_user(self.manager).with_context(**NEW), FORM) as form:
            form.name = "Ada Moreau"
            form.phone = "+33 1 55 55 01 23"
            self.assertEqual(form.lead_stage_id, self.stages["lead"])
            self.assertEqual(form.lead_status_id, self.statuses["new"])
        lead = form.record
        self.assertRegex(lead.lead_code, r"^L\d\d-\d{5}$")
        self.assertEqual((lead.lead_activity, lead.lead_channel, lead.lead_info), ("active", "manual", "info"))
        self.assertTrue(lead.lead_at)
        newest = self.env["res.partner"].search(
            [("lead_stage_id", "!=", False)], order="lead_at desc, id desc", limit=1
        )
        self.assertEqual(newest, lead)
        move = lead.lead_move_ids
        self.assertEqual((move.stage_id, move.user_id), (self.stages["lead"], self.manager))
        self.assertFalse(move.stage_from_id)

    def test_company_and_addresses_of_a_new_lead_are_none(self):
        partners = self.env["res.partner"].with_user(self.manager).with_context(**NEW)
        company_id, _name = partners.with_context(default_is_company=True).name_create("Moreau SARL")
        lead = partners.create(
            {
                **partners.default_get(["lead_stage_id", "lead_status_id"]),
                "name": "Ada Moreau",
                "parent_id": company_id,
                "child_ids": [(0, 0, {"name": "Kitchen", "type": "delivery"})],
            }
        )
        self.assertPlace(lead, "lead", "new")
        self.assertFalse(lead.parent_id.lead_stage_id)
        self.assertFalse(lead.child_ids.lead_stage_id)

    def test_an_agent_enters_a_lead_and_moves_it(self):
        self.env.company.leads_agent_lock_assigned = True
        lead = self._new_lead(user=self.agent, lead_birthdate="1990-04-01", lead_gender="female")
        self.assertEqual(lead.leads_agent_id, self.agent)
        lead.lead_status_id = self.statuses["contacted"]
        self.assertPlace(lead, "lead", "contacted")
        hidden = self._new_lead("Ben Sato", phone="+1 555 010 0200")
        with self.assertRaises(AccessError):
            hidden.with_user(self.agent).lead_stage_id = self.stages["customer"]

    @mute_logger("odoo.sql_db")
    def test_codes_are_unique_and_valid(self):
        lead = self._new_lead(lead_code=" vip-7 ")
        self.assertEqual(lead.lead_code, "VIP-7")
        with self.assertRefused(Exception, "contact code already|lead_code"):
            self._new_lead("Ben Sato", lead_code="VIP-7").flush_recordset()

    def test_codes_that_are_none(self):
        for code in ("=1+1", "x", "a b", "ä1", "A" * 33):
            with self.subTest(code=code), self.assertRefused(ValidationError, "not a valid contact code"):
                self._new_lead(lead_code=code)

    def test_generated_codes_pass_those_that_were_typed(self):
        partners = self.env["res.partner"].with_user(self.manager)
        first = partners.lead_generate_code()
        prefix, number = first.split("-")
        taken = f"{prefix}-{int(number) + 1:05d}"
        self._new_lead(lead_code=taken)
        codes = {partners.lead_generate_code() for _nr in range(3)}
        self.assertEqual(len(codes - {taken, first}), 3)
        with self.assertRaises(AccessError):
            partners.with_user(self.plain).lead_generate_code()

    def test_values_that_cannot_be(self):
        bomb = io.BytesIO()
        Image.new("1", (14_000, 14_000)).save(bomb, "PNG")
        for vals, error, sentence in (
            ({"lead_birthdate": "2999-01-01"}, ValidationError, "lies in the future"),
            ({"lead_linkedin": "javascript:alert(1)"}, ValidationError, "not a page on LinkedIn"),
            ({"lead_facebook": "https://facebook.com.evil.example/ada"}, ValidationError, "not a page on Facebook"),
            ({"image_1920": "bm8gaW1hZ2U="}, UserError, "(?i)image"),
            ({"image_1920": base64.b64encode(b"x" * 11 * 1024 * 1024)}, UserError, "larger than 10 MB"),
            ({"image_1920": base64.b64encode(bomb.getvalue())}, UserError, "dimensions of the photo"),
        ):
            with self.subTest(vals=vals), self.assertRefused(error, sentence):
                self._new_lead(**vals)

    def test_duplicates_are_shown_while_typing(self):
        known = self._new_lead("Ada Moreau", email="Ada@Example.com", phone="+33 1 55 55 01 23", zip="75011")
        for vals in ({"email": "ada@example.com"}, {"phone": "0033155550123"}, {"name": "ada moreau", "zip": "75011"}):
            with self.subTest(vals=vals):
                form = Form(self.env["res.partner"].with_user(self.manager).with_context(**NEW), FORM)
                form.name = "Somebody Else"
                for name, value in vals.items():
                    form[name] = value
                self.assertEqual(form.lead_duplicate_ids.ids, known.ids)

    def test_duplicates_out_of_sight_are_not_told(self):
        self.env.company.leads_agent_lock_assigned = True
        self._new_lead("Ada Moreau", email="ada@example.com")
        form = Form(self.env["res.partner"].with_user(self.agent).with_context(**NEW), FORM)
        form.name = "Ada"
        form.email = "ada@example.com"
        self.assertFalse(form.lead_duplicate_ids.ids)


@tagged("post_install", "-at_install")
class TestStages(LifecycleCommon):
    def test_a_stage_asks_before_a_lead_enters(self):
        self.stages["prospect"].write({"needs_email": True, "needs_country": True})
        lead = self._new_lead()
        with self.assertRefused(ValidationError, "cannot enter the stage 'Prospect' yet. Missing: Email, Country"):
            lead.lead_stage_id = self.stages["prospect"]
        lead.write({"email": "ada@example.com", "country_id": self.env.ref("base.fr").id})
        lead.lead_stage_id = self.stages["prospect"]
        self.assertPlace(lead, "prospect", "new")

    def test_a_stage_asks_of_a_new_lead_too(self):
        self.stages["lead"].needs_phone = True
        with self.assertRefused(ValidationError, "cannot enter the stage 'Lead' yet. Missing: Phone"):
            self._new_lead()
        self.assertTrue(self._new_lead(phone="+1 555 010 0100").lead_stage_id)
        with self.assertRefused(ValidationError, "'New' is not a status of the stage 'Customer'"):
            self._new_lead(
                "Ben", lead_stage_id=self.stages["customer"].id, lead_status_id=self.statuses["new"].id, phone="1"
            )
        self.assertTrue(self.env["res.partner"]._lead_from_channel("chat", "visitor").lead_stage_id)

    def test_statuses_belong_to_stages(self):
        lead = self._new_lead()
        with self.assertRefused(ValidationError, "'New' is not a status of the stage 'Customer'"):
            lead.write({"lead_stage_id": self.stages["customer"].id, "lead_status_id": self.statuses["new"].id})
        lead.lead_stage_id = self.stages["customer"]
        self.assertPlace(lead, "customer", "contacted")
        with self.assertRefused(ValidationError, "A lead always has a stage"):
            lead.lead_stage_id = False

    def test_stages_in_use_stay(self):
        self._new_lead()
        with self.assertRefused(UserError, "Leads are in the stage 'Lead'"):
            self.stages["lead"].with_user(self.manager).unlink()
        with self.assertRefused(UserError, "Some leads have the status 'New'"):
            self.statuses["new"].with_user(self.manager).active = False

    def test_time_in_stages_and_rotting(self):
        lead = self._new_lead()
        self.env.cr.execute("UPDATE leads_agent_move SET at = at - interval '20 days' WHERE partner_id = %s", [lead.id])
        self.env.cr.execute(
            """UPDATE res_partner SET date_last_stage_update = date_last_stage_update - interval '20 days'
                WHERE id = %s""",
            [lead.id],
        )
        self.env.invalidate_all()
        self.assertTrue(lead.is_rotting)
        self.assertIn(lead.id, self.env["res.partner"].search([("is_rotting", "=", True)]).ids)
        lead.lead_stage_id = self.stages["prospect"]
        self.assertFalse(lead.is_rotting)
        spent = lead.duration_tracking
        self.assertAlmostEqual(spent[str(self.stages["lead"].id)] / 86400, 20, delta=0.1)
        self.assertAlmostEqual(lead.lead_move_ids[0].days, 20, delta=0.1)

    def test_many_at_once(self):
        leads = self.env["res.partner"].union(*(self._new_lead(f"Lead {nr}") for nr in range(3)))
        update = self.env["leads.agent.status.update"].with_user(self.manager)
        wizard = update.with_context(active_model="res.partner", active_ids=leads.ids).create({})
        with self.assertRefused(UserError, "Choose a stage"):
            wizard.action_update()
        wizard.write({"stage_id": self.stages["prospect"].id, "status_id": self.statuses["attempted"].id})
        wizard.action_update()
        for lead in leads:
            self.assertPlace(lead, "prospect", "attempted")
            self.assertEqual(lead.lead_move_ids[0].user_id, self.manager)

    def test_statements_for_many(self):
        """As many for 300 leads as for 30, except for reads in batches of a thousand."""
        counts = []
        for count in (30, 300):
            leads = self.env["res.partner"].with_user(self.manager)
            for nr in range(count):
                leads |= self._new_lead(f"Lead {nr}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            leads.write({"lead_stage_id": self.stages["prospect"].id})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertLessEqual(counts[1], 20)


@tagged("post_install", "-at_install")
class TestMovesByThemselves(LifecycleCommon):
    def test_from_the_first_quotation_to_the_sale(self):
        customer = self._lead(phone="+1 555 010 0100")
        self.assertFalse(customer.lead_stage_id)
        assignment = self._assign(customer)
        self.assertPlace(customer, "lead", "new")
        call = self.env["leads.agent.call"].with_user(self.agent)
        started = call.start(customer.id, "in")
        call.browse(started["call_id"]).finish(self.env.ref("leads_agent.disposition_no_answer").id)
        self.assertPlace(customer, "lead", "attempted")
        started = call.start(customer.id, "in")
        call.browse(started["call_id"]).finish(self.env.ref("leads_agent.disposition_interested").id, "Wants a sample")
        self.assertPlace(customer, "prospect", "contacted")
        move = customer.lead_move_ids[0]
        self.assertEqual((move.rule_id.name, move.reason), ("Reached", "Interested, still deciding"))
        self.assertEqual(move.user_id, self.agent)
        order = self._order(customer)
        self.assertPlace(customer, "opportunity", "contacted")
        order.with_user(self.agent).action_confirm()
        self.assertPlace(customer, "customer", "contacted")
        self.assertEqual(assignment.state, "resolved")
        self._order(customer)
        self.assertPlace(customer, "customer", "contacted")

    def test_never_backwards_unless_the_rule_says_so(self):
        rule = (
            self.env["leads.agent.lifecycle.rule"]
            .with_user(self.manager)
            .create({"name": "Back", "sequence": 0, "trigger": "sale", "stage_id": self.stages["lead"].id})
        )
        customer = self._lead()
        self._assign(customer)
        self._order(customer, "sale")
        self.assertPlace(customer, "customer", "contacted")
        rule.backwards = True
        self._order(customer, "sale")
        self.assertEqual(customer.lead_stage_id, self.stages["lead"])

    def test_an_answer_wakes_a_resting_lead(self):
        lead = self._new_lead(email="ada@example.com")
        lead.lead_status_id = self.statuses["attempted"]
        lead.action_lead_rest()
        self.assertEqual(lead.lead_activity, "inactive")
        lead.message_post(
            body="Yes, please call me", author_id=lead.id, message_type="email", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(lead.lead_activity, "active")
        self.assertPlace(lead, "lead", "contacted")
        self.assertEqual(lead.lead_move_ids[0].reason, "Answer received")

    def _run_silence(self):
        with self.enter_registry_test_mode():
            self.env.ref("leads_agent_lifecycle.cron_silence").method_direct_trigger()
        self.env.invalidate_all()

    def test_silence(self):
        lead = self._new_lead()
        busy = self._new_lead("Ben Sato")
        for partner, days in ((lead, 31), (busy, 29)):
            self.env.cr.execute(
                "UPDATE res_partner SET lead_at = lead_at - make_interval(days => %s) WHERE id = %s", [days, partner.id]
            )
        self._run_silence()
        self.assertPlace(lead, "lead", "unresponsive")
        self.assertPlace(busy, "lead", "new")
        self.assertEqual(lead.lead_move_ids[0].reason, "No contact for 30 days")
        self._run_silence()
        self.assertEqual(len(lead.lead_move_ids), 2)

    def test_dry_run_changes_nothing_until_confirmed(self):
        sold = self._new_lead("Sold")
        self._order(sold)
        rule = (
            self.env["leads.agent.lifecycle.rule"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Quotations again",
                    "trigger": "order",
                    "from_stage_ids": [self.stages["opportunity"].id],
                    "status_id": self.statuses["attempted"].id,
                }
            )
        )
        action = rule.action_try()
        attempt = self.env["leads.agent.lifecycle.try"].with_user(self.manager).browse(action["res_id"])
        self.assertIn(sold, attempt.line_ids.partner_id)
        self.assertPlace(sold, "opportunity", "new")
        attempt.action_move()
        self.assertPlace(sold, "opportunity", "attempted")
        self.assertEqual(sold.lead_move_ids[0].rule_id, rule)

    def test_rules_that_say_nothing_or_contradict(self):
        rules = self.env["leads.agent.lifecycle.rule"].with_user(self.manager)
        with self.assertRefused(ValidationError, "has no effect"):
            rules.create({"name": "Nothing", "trigger": "sale"})
        with self.assertRefused(ValidationError, "not a status of the stage"):
            rules.create(
                {
                    "name": "Contradiction",
                    "trigger": "sale",
                    "stage_id": self.stages["customer"].id,
                    "status_id": self.statuses["new"].id,
                }
            )
        with self.assertRaises(AccessError):
            rules.with_user(self.agent).create({"name": "Mine", "trigger": "sale", "stage_id": self.stages["lead"].id})


@tagged("post_install", "-at_install")
class TestDashboard(LifecycleCommon):
    def test_dashboard_and_pane_tell_stage_and_status(self):
        customer = self._lead(phone="+1 555 010 0100")
        self._assign(customer)
        dashboard = self.env["leads.agent.dashboard"].with_user(self.agent)
        [row] = dashboard.get_data()["leads"]
        self.assertEqual((row["stage"], row["status"]), ("Lead", "New"))
        self.assertEqual(dashboard.get_lead(customer.id)["stage"], "Lead")


@tagged("post_install", "-at_install")
class TestTakingIn(LifecycleCommon):
    def test_customers_at_install(self):
        sold, open_order = self._lead("Sold", "sale"), self._customer("Open")
        self._order(open_order, days_ago=40)
        nobody = self._customer("Nobody")
        (sold | open_order | nobody).invalidate_recordset()
        LifeCycle(self.env).take_in()
        self.assertPlace(sold, "customer", "contacted")
        self.assertPlace(open_order, "prospect", "new")
        self.assertFalse(nobody.lead_stage_id)
        self.assertEqual(open_order.lead_at, open_order.sale_order_ids.date_order)
        self.assertEqual(open_order.lead_event_at, open_order.sale_order_ids.date_order)
        self.assertTrue(sold.lead_code and sold.lead_code != open_order.lead_code)
        moves = len(sold.lead_move_ids)
        LifeCycle(self.env).take_in()
        self.assertEqual(len(sold.lead_move_ids), moves)
