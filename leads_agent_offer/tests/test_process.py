import psycopg2

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_offer.process import Process

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestProcess(OfferCommon, HttpCase):
    """The state of a lead is stored on its open row, shown on the lead, and changed by the routing only."""

    def _call(self, method, *args, **context):
        try:
            return self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {"model": "crm.lead", "method": method, "args": list(args), "kwargs": {"context": context}},
            )
        finally:
            self.env.invalidate_all()

    def _refused(self, *args, **context):
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException) as caught:
            self._call(*args, **context)
        self.assertEqual(caught.exception.args[0], AccessError.__module__ + ".AccessError")

    def _open(self, leads):
        return self.env["leads.agent.routing"].search([("lead_id", "in", leads.ids), ("state", "!=", False)])

    def _moved(self):
        """Return a value for each field of the process that differs from the lead's."""
        other = self._incoming("Another", email_from="other@example.com", phone=False)
        now = fields.Datetime.to_string(fields.Datetime.now())
        return {
            "leads_routing_id": other.leads_routing_id.id,
            "leads_offer_state": "accepted",
            "leads_hold": "manager",
            "leads_released_at": now,
            "leads_waiting_reason": "Because",
            "leads_offer_until": now,
            "leads_offer_step": 9,
            "leads_accepted_at": now,
        }

    def test_nobody_who_may_write_leads_moves_them(self):
        lead, moved = self._incoming(), self._moved()
        self.assertEqual(set(moved), lead._leads_process_fields)
        before = lead.read(list(moved))
        self.salesperson.group_ids = [Command.link(self.env.ref("sales_team.group_sale_manager").id)]
        for login in ("sales_sam", "manager_mia"):
            self.authenticate(login, login)
            for name, value in moved.items():
                with self.subTest(name, login=login):
                    self._refused("write", lead.ids, {name: value})
                    self._refused("web_save", lead.ids, {name: value}, {})
                    self._refused("create", [{"name": "Made", "team_id": self.call_center.id, name: value}])
                    self._refused("create", [{"name": "Made"}], **{f"default_{name}": value})
                    self.assertEqual(lead.read(list(moved)), before)
            # They can write the fields they are allowed to.
            self._call("write", lead.ids, {"city": f"City of {login}"})
            self.assertEqual(lead.city, f"City of {login}")
        self.assertFalse(self.env["crm.lead"].search([("name", "=", "Made")]))
        # The row cannot be written directly either.
        for user in (self.salesperson, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                lead.leads_routing_id.with_user(user).write({"state": "accepted"})

    def test_a_copy_is_a_lead_that_has_not_come_in(self):
        self.authenticate("manager_mia", "manager_mia")
        lead = self._incoming()
        Process(lead).withdraw("Taken back.", state="held")
        [copy_id] = self._call("copy", lead.ids, {"team_id": False})
        values = self.env["crm.lead"].browse(copy_id).read(list(lead._leads_process_fields))[0]
        self.assertEqual({value for name, value in values.items() if name != "id"}, {"none", False})

    def test_a_lead_has_one_open_row_through_everything(self):
        lead = self._incoming()
        row = self._open(lead)
        self.assertEqual((row, row.state), (lead.leads_routing_id, "offered"))
        self._live(lead).with_user(self._holder(lead)).action_decline()
        self._pass_time(minutes=6)
        lead.with_user(self.manager).action_leads_recall()
        self.assertEqual((row.state, row.hold, lead.leads_hold), ("held", "manager", "manager"))
        lead.with_user(self.manager).action_leads_release()
        lead.with_user(self.manager).action_leads_route()
        self._live(lead).with_user(self._holder(lead)).action_accept()
        self.assertEqual((row.state, row.until, lead.leads_offer_state), ("accepted", False, "accepted"))
        self.assertEqual(lead.leads_accepted_at, row.accepted_at)
        self.assertEqual(self._open(lead), row)
        self.assertNotIn(row, lead.leads_routing_ids, "decisions alone")
        action = lead.with_user(self.manager).action_leads_audit()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), lead.leads_routing_ids)
        with self.assertRaises(psycopg2.errors.UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            row.copy({"state": "held"})

    def test_where_leads_are_is_searched_and_grouped_as_ever(self):
        lead = self._incoming()
        lead.with_user(self.manager).action_leads_recall()
        other = self._incoming("Another", email_from="other@example.com", phone=False)
        self.authenticate("manager_mia", "manager_mia")
        mine = ["id", "in", (lead | other).ids]
        for condition, found in (
            (["leads_offer_state", "=", "held"], lead),
            (["leads_hold", "=", "manager"], lead),
            (["leads_hold", "not in", ["turn", "manager"]], other),
            (["leads_waiting_reason", "ilike", "taken back"], lead),
            (["leads_waiting_reason", "=", False], other),
            (["leads_offer_until", "!=", False], other),
            (["leads_offer_until", "=", False], lead),
        ):
            with self.subTest(condition):
                self.assertEqual(self._call("search", [mine, condition]), found.ids)
        groups = self._call("formatted_read_group", [mine], ["leads_hold"], ["__count"])
        self.assertEqual([(group["leads_hold"], group["__count"]) for group in groups], [("manager", 1), (False, 1)])
        for name in lead._leads_process_fields:
            with self.subTest(name):
                group = f"{name}:day" if lead._fields[name].type == "datetime" else name
                self.assertTrue(self._call("formatted_read_group", [mine], [group], ["__count"]))
                self.assertEqual(len(self._call("search", [mine], 0, None, name)), 2)

    def test_moving_costs_one_query_whatever_the_number_of_leads(self):
        self.call_center.leads_offer_routing = False
        for count in (2, 60):
            leads = self.env["crm.lead"].union(*[self._incoming(f"Lead {nr}") for nr in range(count)])
            leads.mapped("team_id.company_id")
            self.env.flush_all()
            for state in ("waiting", "held"):
                with self.assertQueryCount(1):
                    Process(leads).move(state, reason="Because")
                self.assertEqual(set(leads.mapped("leads_offer_state")), {state})
            self.assertEqual(len(self._open(leads)), count)
