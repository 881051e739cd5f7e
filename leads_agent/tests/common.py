from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.leads_agent.assigning import Assigning, Request, Terms

AGENT = "leads_agent.group_leads_agent"
MANAGER = "leads_agent.group_leads_manager"


class LeadsAgentCommon(TransactionCase):
    """Two agents, a manager and a salesperson; customers with orders are made by :meth:`_lead`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent, cls.other_agent, cls.manager, cls.salesperson, cls.plain = cls._users(
            {
                "agent_anna": AGENT,
                "agent_ben": AGENT,
                "manager_mia": MANAGER,
                "sales_sam": "sales_team.group_sale_salesman_all_leads,base.group_partner_manager",
                "plain_pat": "base.group_user",
            }
        )
        cls.call_center = cls.env["crm.team"].create(
            {
                "name": "Call Center North",
                "crm_team_member_ids": [Command.create({"user_id": user.id}) for user in (cls.agent, cls.other_agent)],
            }
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Espresso machine", "type": "consu", "list_price": 500.0, "taxes_id": False}
        )
        cls.disposition = cls.env.ref("leads_agent.disposition_not_interested")

    @contextmanager
    def assertRefused(self, error, sentence):
        """Assert that the error with the sentence is raised, and roll back earlier writes, as in a request."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), sentence)

    @classmethod
    def _user(cls, login, groups, **kwargs):
        return new_test_user(
            cls.env, login, groups=groups, name=login.replace("_", " ").title(), email=f"{login}@example.com", **kwargs
        )

    @classmethod
    def _users(cls, groups_of):
        """Create users as :meth:`_user` does, at once and without invitations, in a third of the time.

        :param dict groups_of: ``{login: XML ids of groups, with commas}``
        """
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "login": login,
                        "password": login,
                        "name": login.replace("_", " ").title(),
                        "email": f"{login}@example.com",
                        "group_ids": [Command.set([cls.env.ref(group).id for group in groups.split(",")])],
                    }
                    for login, groups in groups_of.items()
                ]
            )
            .with_env(cls.env)
        )

    @classmethod
    def _archive_other_agents(cls):
        """Archive all agents but those of the test."""
        cls.env["res.users"].search([("is_leads_agent", "=", True)]).filtered(
            lambda user: user not in cls.agent | cls.other_agent
        ).active = False

    @classmethod
    def _customer(cls, name="Harbour Café", **vals):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **vals})

    @classmethod
    def _order(cls, partner, state="draft", days_ago=0, user=None, **vals):
        """Create an order in a state, dated back; without the side effects of confirming."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "date_order": datetime.now().replace(microsecond=0) - timedelta(days=days_ago),
                "order_line": [Command.create({"product_id": cls.product.id, "product_uom_qty": 2})],
                **vals,
            }
        )
        if state != "draft":
            date_order = order.date_order
            order.write({"state": state})
            order.date_order = date_order
        return order

    @classmethod
    def _lead(cls, name="Harbour Café", state="draft", **vals):
        """Create a customer with one order in ``state``."""
        customer = cls._customer(name, **vals)
        cls._order(customer, state)
        return customer

    @classmethod
    def _assign(cls, customers, agent=None, **kwargs):
        """Assign with the form of the manager."""
        assignments = cls.env["leads.agent.assignment"]
        for customer in customers:
            cls.env["leads.agent.assign"].with_user(cls.manager).create(
                {"agent_id": (agent or cls.agent).id, "partner_id": customer.id}
            ).action_assign()
            assignments |= cls._active(customer)
        return assignments

    @classmethod
    def _give(cls, customers, agent=None, *, source="manual", company=None, **terms):
        """Assign without any form.

        :returns: a result per customer
        """
        env = cls.env["leads.agent.assignment"].with_company(company or cls.env.company).env
        requests = [Request(customer.id, (agent or cls.agent).id) for customer in customers]
        return Assigning(env, Terms(source, **terms)).run(requests)

    @classmethod
    def _active(cls, customer):
        return cls.env["leads.agent.assignment"].search(
            [("partner_id", "=", customer.commercial_partner_id.id), ("state", "=", "active")]
        )

    @classmethod
    def _resolve(cls, assignment, user=None, disposition=None, note=""):
        wizard = (
            cls.env["leads.agent.resolve"]
            .with_user(user or assignment.agent_id)
            .create(
                {
                    "assignment_id": assignment.id,
                    "disposition_id": (disposition or cls.disposition).id,
                    "note": note,
                }
            )
        )
        return wizard.action_resolve()
