"""Test data full of marks: every text names its customer, so that every leak can be identified."""

from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo.fields import Command

from odoo.addons.leads_agent.tests.common import AGENT, MANAGER
from odoo.addons.leads_agent_offer.offering import Offering

from .customers_common import CustomersCommon
from .marks import CUSTOMERS, mark


class Scenario(CustomersCommon):
    """The marked test data; ``world[customer][what]`` are its records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "mail_create_nosubscribe": True})
        cls.salesperson.group_ids += cls.env.ref("base.group_allow_export")
        cls.lost = cls._user("agent_lost", AGENT)
        for user in (cls.agent, cls.other_agent, cls.lost):
            user.notification_type = "inbox"
        cls.far = cls.env["res.company"].create({"name": "Elsewhere"})
        far = {"company_id": cls.far.id, "company_ids": [Command.set(cls.far.ids)]}
        cls.far_agent = cls._user("agent_far", AGENT, **far)
        cls.far_manager = cls._user("manager_far", MANAGER, **far)
        cls.plan = cls.env["account.analytic.plan"].create({"name": "Plan"})
        cls.stored = cls.env["product.product"].create({"name": "Grinder", "is_storable": True})
        # Customers may be called at any hour.
        cls.env["leads.agent.calling.hours"].search([]).unlink()
        cls.world = {customer: cls._make_customer(customer) for customer in CUSTOMERS}
        cls._make_projects()
        cls._assign_customers()
        cls._make_offers()
        cls.env.flush_all()

    # ------------------------------------------------------------------
    # Creating the data
    # ------------------------------------------------------------------

    @classmethod
    def _assign_customers(cls):
        world = cls.world
        # C was assigned to three agents; each wrote, was notified, followed and planned activities.
        for user in (cls.agent, cls.other_agent, cls.lost):
            assignment = cls._assign(world["C"]["partner"], user)
            cls._work_on(user, "C")
            assignment.with_user(cls.manager).action_unassign()
        for letter in "AE":
            cls._assign(world[letter]["partner"], cls.agent)
            cls._work_on(cls.agent, letter)
        cls._resolve(cls._active(world["E"]["partner"]))
        cls._assign(world["D"]["partner"], cls.other_agent)
        cls._work_on(cls.other_agent, "D")
        # A stranger on an order in sight: the name is shown there, by design; no other data may be.
        stranger = cls.stranger = cls.env["res.partner"].create({"name": "Passer-by", "email": "CNRY-BP@example.com"})
        cls._fill(stranger, mark("B", "P"))
        world["A"]["quotation"].message_subscribe(partner_ids=(stranger | world["B"]["partner"]).ids)
        world["A"]["quotation"].message_post(body="To a stranger", partner_ids=stranger.ids, message_type="comment")
        cls._open_dialogs(cls.agent, "A")
        cls._open_dialogs(cls.other_agent, "D")
        cls.batch = cls.env["leads.agent.batch.assign"].with_user(cls.far_manager).with_company(cls.far)
        cls.batch = cls.batch.create(
            {"agent_ids": cls.far_agent.ids, "selected_order_ids": world["X"]["quotation"].ids}
        )
        cls.batch.action_assign()
        cls.rule = cls.env["leads.agent.rule"].with_user(cls.far_manager).with_company(cls.far)
        cls.rule = cls.rule.create({"name": "Far", "team_id": cls.env["crm.team"].create({"name": "Far"}).id})
        cls.lifecycle_rule = cls.env["leads.agent.lifecycle.rule"].create(
            {
                "name": "Far",
                "trigger": "sale",
                "stage_id": cls.env.ref("leads_agent_lifecycle.stage_customer").id,
                "company_id": cls.far.id,
            }
        )
        cls.receiver = cls.env["leads.agent.meta.receiver"].create(
            {"name": "Far", "key": "106540352242922", "company_id": cls.far.id}
        )
        cls.self_test = cls.env["leads.agent.self.test"].with_user(cls.far_manager).with_company(cls.far)
        cls.self_test = cls.self_test.browse(cls.self_test.action_run()["res_id"])
        cls._call_customers()
        cls.lost.group_ids = cls.env.ref("base.group_user")

    @classmethod
    def _call_customers(cls):
        """Create calls and callbacks of the agents; the callback of C is open to everybody."""
        callers = {"A": cls.agent, "B": cls.lost, "C": cls.agent, "D": cls.other_agent, "E": cls.agent}
        callers["X"] = cls.far_agent
        for letter, user in callers.items():
            things, text = cls.world[letter], mark(letter, "P")
            company = cls.far if letter == "X" else cls.env.company
            things["call"] = cls.env["leads.agent.call"].create(
                {
                    "partner_id": things["partner"].id,
                    "agent_id": user.id,
                    "company_id": company.id,
                    "order_id": things["quotation"].id,
                    "phone": text,
                    "state": "done",
                    "started_at": datetime.now() - timedelta(minutes=9),
                    "disposition_id": cls.env.ref("leads_agent.disposition_callback").id,
                    "note": f"{text} was said",
                }
            )
            things["callback"] = Callback = cls.env["leads.agent.callback"].with_company(company)
            if letter == "E":
                continue  # its lead is closed, and the callback with it
            things["callback"] = Callback.create(
                {
                    "partner_id": things["partner"].id,
                    "agent_id": user.id,
                    "due_at": datetime.now() + timedelta(days=1),
                    "note": f"{text} wants to hear",
                }
            )
        cls.world["C"]["callback"].write({"agent_id": False, "team_id": False})
        cls.world["B"]["callback"].write({"agent_id": False, "team_id": False})

    @classmethod
    def _make_offers(cls):
        """Create incoming leads that are offered; agents may not read their contacts before accepting."""
        env = cls.env
        cls.routing_tag = env["leads.agent.tag"].create({"name": "Far away", "company_id": cls.far.id})
        cls.profiles = {}
        for user in (cls.agent, cls.other_agent, cls.far_agent):
            cls.profiles[user] = env["leads.agent.profile"].create({"user_id": user.id})
            env["leads.agent.skill"].create({"profile_id": cls.profiles[user].id, "tag_id": cls.routing_tag.id})
            env["leads.agent.pecking"].create(
                {"profile_id": cls.profiles[user].id, "tag_id": cls.routing_tag.id, "number": 1}
            )
        offered = {"A": cls.agent, "B": cls.agent, "C": cls.agent, "D": cls.other_agent, "X": cls.far_agent}
        for letter, user in offered.items():
            things, text = cls.world[letter], mark(letter, "S")
            company = user.company_id
            things["incoming"] = lead = env["crm.lead"].create(
                {"name": f"{text} incoming", "user_id": False, "company_id": company.id, "team_id": False}
            )
            if letter != "X":
                cls._fill(lead, text)
                lead.leads_offer_hint = False  # meant to be read
            routing = {"lead_id": lead.id, "company_id": company.id, "agent_id": user.id, "tag_ids": [], "hits": []}
            [routing_id] = (
                env["leads.agent.routing"]._insert([routing | {"verdicts": "[]", "ranked": [user.id]}]).values()
            )
            things["routing"] = env["leads.agent.routing"].browse(routing_id)
            things["offer"] = Offering(env).make([(lead.id, user.id, routing_id, "exclusive")], company)
            env["leads.agent.score.entry"]._add("missed", things["offer"])
            things["points"] = env["leads.agent.score.entry"].search([("offer_id", "=", things["offer"].id)])

    @classmethod
    def _open_dialogs(cls, user, letter):
        """Open wizards in which the user is writing about a customer."""
        things, text = cls.world[letter], mark(letter, "Q")
        env = cls.env(user=user)
        things["composer"] = env["mail.compose.message"].create(
            {
                "model": "sale.order",
                "res_ids": str(things["quotation"].ids),
                "composition_mode": "comment",
                "subject": text,
                "body": f"{text} being written",
            }
        )
        things["discount"] = env["sale.order.discount"].create({"sale_order_id": things["quotation"].id})

    @classmethod
    def _work_on(cls, user, letter):
        """Create what an agent leaves behind on a customer and its orders."""
        for kind, what in (("P", "partner"), ("Q", "quotation")):
            record, text = cls.world[letter][what].with_user(user), mark(letter, kind)
            message = record.message_post(body=f"{text} by {user.login}", message_type="comment")
            cls.world[letter].setdefault(f"{what}_written", message)
            cls.env["mail.notification"].create(
                {
                    "mail_message_id": message.id,
                    "res_partner_id": cls.world[letter]["partner"].id,
                    "author_id": user.partner_id.id,
                    "notification_type": "email",
                    "notification_status": "bounce",
                }
            )
            record.sudo().message_post(body=f"{text} told {user.login}", partner_ids=user.partner_id.ids)
            record.activity_schedule("mail.mail_activity_data_call", summary=f"{text} of {user.login}", user_id=user.id)
            record.message_subscribe(partner_ids=user.partner_id.ids)
        # The confirmed order was a quotation when the agent wrote on it.
        sold = cls.world[letter]["sold"]
        sold.sudo().message_post(
            body=f"{mark(letter, 'S')} by {user.login}", author_id=user.partner_id.id, message_type="comment"
        )

    # ------------------------------------------------------------------
    # Reading the data
    # ------------------------------------------------------------------

    @contextmanager
    def _as(self, role):
        """Yield an environment of the role under its settings; all changes are rolled back."""
        company = self.env.company
        with self._rolled_back():
            company.write(
                {
                    "leads_agent_lock_assigned": role.locked,
                    "leads_agent_view_non_partial": role.view_non_partial,
                }
            )
            self._settle()
            yield self.env(user=getattr(self, role.user), context={})

    @contextmanager
    def _rolled_back(self):
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.registry.clear_cache()
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()

    def _settle(self):
        """Flush everything and clear all caches, as between two requests."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
