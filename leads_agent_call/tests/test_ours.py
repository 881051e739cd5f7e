from contextlib import suppress
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent.tests.common import AGENT, LeadsAgentCommon

from ..facts import seen_companies

OURS = "not a customer"


class OursCommon(LeadsAgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["leads.agent.calling.hours"].search([]).unlink()

    @classmethod
    def _customer(cls, name="Harbour Café", **vals):
        return super()._customer(name, **{"country_id": cls.env.ref("base.be").id, **vals})

    def _call(self, user, model, method, *args, **kwargs):
        """Call a method like the web client and XML-RPC."""
        return call_kw(self.env(user=user)[model], method, list(args), kwargs)


@tagged("post_install", "-at_install")
class TestOurs(OursCommon):
    """Calls and callbacks are for customers: neither for colleagues nor for the companies of the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = cls.env.company.partner_id
        own.phone = "+1 555 010 0100"
        contact = cls.env["res.partner"].create({"name": "Front Desk", "parent_id": own.id, "phone": "+1 555 010 0101"})
        cls.plain.partner_id.phone = "+1 555 010 0102"
        cls.ours = own | contact | cls.plain.partner_id | cls.other_agent.partner_id
        cls.due_at = fields.Datetime.to_string(fields.Datetime.now() + timedelta(days=1))

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_nobody_calls_us(self):
        self.manager.leads_may_hold = True
        for partner in self.ours:
            for user in (self.agent, self.manager):
                for call in (
                    ("leads.agent.call", "start", partner.id),
                    ("leads.agent.call", "start", partner.id, "in"),
                    ("res.partner", "action_leads_call", partner.ids),
                    ("leads.agent.callback", "create", [{"partner_id": partner.id, "due_at": self.due_at}]),
                    ("leads.agent.callback", "create", [{"partner_id": str(partner.id), "due_at": self.due_at}]),
                ):
                    with self.subTest(partner=partner.name, user=user.login, call=call[:2]):
                        with self.assertRefused(UserError, OURS), self.env.cr.savepoint():
                            self._call(user, *call)
                result = self._call(
                    user, "leads.agent.callback", "load", ["partner_id/.id", "due_at"], [[str(partner.id), self.due_at]]
                )
                self.assertIn(OURS, str(result["messages"]))

    def test_who_became_one_of_us_is_called_no_more(self):
        lead = self._lead(phone="+32 3 227 01 06")
        self._assign(lead)
        callback = self.env["leads.agent.callback"].with_user(self.agent)
        callback = callback.create({"partner_id": lead.id, "due_at": self.due_at})
        self.assertEqual(self._call(self.agent, "leads.agent.desk", "next_lead")["partner_id"], False)
        self.env["res.company"].create({"name": lead.name, "partner_id": lead.id})
        self.env.flush_all()
        with self.assertRefused(UserError, OURS), self.env.cr.savepoint():
            later = fields.Datetime.to_string(fields.Datetime.now() + timedelta(days=2))
            self._call(self.agent, "leads.agent.callback", "write", callback.ids, {"due_at": later})
        callback.sudo().state = "cancelled"
        self.assertFalse(self._call(self.agent, "leads.agent.desk", "next_lead")["partner_id"])

    def test_customers_who_sign_in_are_called(self):
        portal = new_test_user(self.env, "portal_pia", groups="base.group_portal", email="pia@example.com")
        portal.partner_id.phone = "+32 3 227 01 02"
        self.assertTrue(self._call(self.agent, "leads.agent.call", "start", portal.partner_id.id)["call_id"])


@tagged("post_install", "-at_install")
class TestWhatFiguresTell(OursCommon):
    """Counts, sorting and domains reveal nothing that the user may not read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine, cls.theirs, cls.nobodys = (cls._lead(name) for name in ("Mine", "Theirs", "Nobody's"))
        cls._assign(cls.mine)
        cls._assign(cls.theirs, cls.other_agent)

    @mute_logger("odoo.models")
    def test_no_domain_tells_what_a_colleague_holds(self):
        theirs = self._active(self.theirs)
        everybody = self.mine | self.theirs | self.nobodys
        for path, records in (
            ("leads_assignment_ids", everybody),
            ("commercial_partner_id.leads_assignment_ids", everybody),
            ("leads_assignment_ids", self.agent | self.other_agent),
        ):
            own = self.mine if records == everybody else self.agent
            for operator, value, found in (
                ("=", False, records - own),
                ("!=", False, own),
                ("in", theirs.ids, own.browse()),
                ("not in", theirs.ids, records),
                ("in", [False, theirs.id], records - own),
                ("any", [("state", "=", "active")], own),
                ("not any", [("state", "=", "active")], records - own),
                ("any", [("agent_id", "=", self.other_agent.id)], own.browse()),
            ):
                with self.subTest(path=path, model=records._name, operator=operator):
                    domain = [("id", "in", records.ids), (path, operator, value)]
                    seen = self.env[records._name].with_user(self.agent).search(domain)
                    self.assertEqual(set(seen.ids), set(found.ids))
        lead = [("id", "in", self.theirs.sale_order_ids.ids), ("partner_id.leads_assignment_ids", "!=", False)]
        self.assertFalse(self._call(self.agent, "sale.order", "search_count", lead))
        self.assertTrue(self._call(self.manager, "sale.order", "search_count", lead))
        for name in ("leads_assignment_count", "leads_open_count", "leads_oldest_at", "leads_sold_today"):
            model = "res.partner" if name == "leads_assignment_count" else "res.users"
            for call in (
                lambda model=model, name=name: self._call(self.agent, model, "search_count", [(name, ">", 0)]),
                lambda model=model, name=name: self._call(self.agent, model, "formatted_read_group", [], [name]),
                lambda model=model, name=name: self._call(self.agent, model, "search", [], order=name),
            ):
                with self.subTest(name=name), self.assertRaises(ValueError):
                    call()

    def test_archiving_the_company_that_locks_opens_nothing(self):
        far = self.env["res.company"].create({"name": "Elsewhere", "leads_agent_lock_assigned": True})
        self.agent.company_ids += far
        self.env.flush_all()
        count = [("id", "in", (self.mine | self.theirs).ids)]
        self.assertEqual(self._call(self.agent, "res.partner", "search_count", count), 1)
        far.active = False
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._call(self.agent, "res.partner", "search_count", count), 1)
        self.assertTrue(self.agent.leads_locked)
        far.leads_agent_lock_assigned = False
        self.env.invalidate_all()
        self.assertEqual(self._call(self.agent, "res.partner", "search_count", count), 2)

    def test_next_tells_and_ranks_by_the_companies_of_the_agent(self):
        far = self.env["res.company"].create({"name": "Elsewhere"})
        (self.mine | self.theirs).write({"phone": "+32 3 227 01 04"})
        big = self._order(self.mine, company_id=far.id, order_line=[Command.clear()], days_ago=1)
        self.env["sale.order.line"].create(
            {"order_id": big.id, "name": "x", "product_id": self.product.id, "price_unit": 987_654, "tax_ids": False}
        )
        second = self._lead("Second", phone="+32 3 227 01 05")
        second.sale_order_ids.order_line.write({"price_unit": 5_000})
        self._assign(second)
        self.env["leads.agent.assignment"]._refresh_priorities(Domain("agent_id", "=", self.agent.id))
        self.env.flush_all()
        answer = self._call(self.agent, "leads.agent.desk", "next_lead")
        self.assertEqual(answer["partner_id"], second.id)
        answer = self._call(self.agent, "leads.agent.desk", "next_lead", [second.id])
        self.assertEqual(answer["partner_id"], self.mine.id)
        self.assertNotIn("987", str(answer))
        data = self._call(self.agent, "leads.agent.dashboard", "get_data", sort="value")
        self.assertEqual(data["leads"][0]["partner_id"], second.id)
        # A user of both companies is notified of both while both are active.
        self.agent.company_ids += far
        self.env.flush_all()
        both = {"allowed_company_ids": (self.env.company | far).ids}
        answer = self._call(self.agent, "leads.agent.desk", "next_lead", context=both)
        self.assertEqual(answer["partner_id"], self.mine.id)
        self.assertIn("987", str(answer))
        one = {"allowed_company_ids": self.env.company.ids}
        answer = self._call(self.agent, "leads.agent.desk", "next_lead", [second.id], context=one)
        self.assertNotIn("987", str(answer))

    def test_a_company_named_by_the_client_alone_counts_for_nothing(self):
        far = self.env["res.company"].create({"name": "Elsewhere"})
        desk = (
            self.env["leads.agent.desk"]
            .with_user(self.agent)
            .with_context(allowed_company_ids=[far.id], leads_companies=[far.id])
        )
        self.assertEqual(seen_companies(desk.sudo().env), [])


@tagged("post_install", "-at_install")
class TestForced(OursCommon):
    """A forbidden group gives an agent no access, even if the checks are bypassed to add it."""

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule")
    def test_a_group_put_there_by_sql_opens_no_report(self):
        for xmlid in ("sales_team.group_sale_manager", "account.group_account_manager", "base.group_partner_manager"):
            self.env.cr.execute(
                "INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)",
                [self.env.ref(xmlid).id, self.agent.id],
            )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        self._lead("Sold", state="sale")
        self.env.flush_all()
        opened, shut = [], []
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(self.agent)
            if not model._abstract and name not in ("ir.rule",) and model.has_access("read"):
                rights = self.env["ir.model.access"].search([("model_id.model", "=", name), ("perm_read", "=", True)])
                own = self.env.ref(AGENT).all_implied_ids
                is_own = any(not right.group_id or right.group_id in own for right in rights)
                (opened if is_own else shut).append(name)
                if not is_own:
                    # Odoo itself refuses to search some of these models.
                    with suppress(UserError):
                        self.assertFalse(model.search_count([]), name)
        self.assertIn("sale.report", shut)
        self.assertIn("account.move", shut)
        self.assertIn("sale.order", opened)
        self.assertTrue(self.env["sale.report"].search_count([]))
        self.assertFalse(self._call(self.agent, "sale.report", "formatted_read_group", [], ["state"], ["__count"]))
        with self.assertRaises(AccessError):
            self._call(self.agent, "sale.report", "read", self.env["sale.report"].search([], limit=1).ids, ["name"])
        self.assertTrue(self.env["sale.report"].with_user(self.salesperson).search_count([]))
