from odoo.tests import tagged

from .common import LeadsAgentCommon

STATES = ("draft", "sent", "sale", "cancel")
# Whose customer it is: the agent's, one resolved within the hour, one resolved before that, another agent's, nobody's.
WHOSE = ("mine", "grace", "expired", "other", "nobody")
VERBS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}

NOTHING = "---- ---- ---- ---- ----"
# One row per state of the order, one column per customer; what is not named is refused.
ORDERS = {
    "agent, locked, quotations only": [
        "rwc- r--- ---- ---- ----",
        "rwc- r--- ---- ---- ----",
        NOTHING,
        NOTHING,
    ],
    "agent, locked, all states": [
        "rwc- r--- ---- ---- ----",
        "rwc- r--- ---- ---- ----",
        "r--- r--- ---- ---- ----",
        "r--- r--- ---- ---- ----",
    ],
    "agent, quotations only": [
        "rwc- rwc- rwc- rwc- rwc-",
        "rwc- rwc- rwc- rwc- rwc-",
        NOTHING,
        NOTHING,
    ],
    "agent, all states": [
        "rwc- rwc- rwc- rwc- rwc-",
        "rwc- rwc- rwc- rwc- rwc-",
        "r--- r--- r--- r--- r---",
        "r--- r--- r--- r--- r---",
    ],
    "former agent": [NOTHING] * 4,
    "employee": [NOTHING] * 4,
    "manager": ["r--- r--- r--- r--- r---"] * 4,
    "salesperson": ["rwc- rwc- rwc- rwc- rwc-"] * 4,
}
# Of the customers themselves, whatever the state of their order.
CUSTOMERS = {
    "agent, locked, quotations only": "rwc- r--- ---- ---- ----",
    "agent, locked, all states": "rwc- r--- ---- ---- ----",
    "agent, quotations only": "rwc- rwc- rwc- rwc- rwc-",
    "agent, all states": "rwc- rwc- rwc- rwc- rwc-",
    "former agent": "r--- r--- r--- r--- r---",
    "employee": "r--- r--- r--- r--- r---",
    "manager": "r--- r--- r--- r--- r---",
    "salesperson": "rwcu rwcu rwcu rwcu rwcu",
}


@tagged("post_install", "-at_install")
class TestRoleMatrix(LeadsAgentCommon):
    """Who may do what with which order and customer: every combination, allowed or refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.former = cls._user("agent_former", "leads_agent.group_leads_agent")
        cls.orders = {}
        for whose in WHOSE:
            customer = cls._lead(whose)
            for state in STATES:
                cls.orders[whose, state] = cls._order(customer, state, days_ago=2, user_id=False)
            cls._assign_as(whose, customer)
        cls.former.group_ids = cls.env.ref("base.group_user")
        cls.env.flush_all()

    @classmethod
    def _assign_as(cls, whose, customer):
        if whose == "nobody":
            return
        assignment = cls._assign(customer, cls.other_agent if whose == "other" else cls.agent)
        if whose in ("grace", "expired"):
            cls._resolve(assignment)
        if whose == "expired":
            assignment.visible_until = "2020-01-01"

    def _roles(self):
        """Each role's name and user, with the settings switched accordingly."""
        company = self.env.company
        for locked in (True, False):
            for all_states in (False, True):
                company.leads_agent_lock_assigned, company.leads_agent_view_non_partial = locked, all_states
                name = "agent" + (", locked" if locked else "")
                yield f"{name}, {'all states' if all_states else 'quotations only'}", self.agent
        company.leads_agent_lock_assigned, company.leads_agent_view_non_partial = True, False
        yield "former agent", self.former
        yield "employee", self.plain
        yield "manager", self.manager
        yield "salesperson", self.salesperson

    def _rights(self, record, user):
        """What the user may do, as in the tables; searching must agree with reading."""
        self.env.invalidate_all()
        record = record.with_user(user)
        rights = "".join(letter if record.has_access(verb) else "-" for letter, verb in VERBS.items())
        if record.browse().has_access("read"):
            self.assertEqual(bool(record.search([("id", "=", record.id)])), rights[0] == "r", "search and read agree")
        return rights

    def test_orders_and_their_lines(self):
        checked = 0
        for role, user in self._roles():
            for state, row in zip(STATES, ORDERS[role], strict=True):
                for whose, rights in zip(WHOSE, row.split(), strict=True):
                    order = self.orders[whose, state]
                    with self.subTest(role=role, state=state, whose=whose):
                        self.assertEqual(self._rights(order, user), rights)
                        # Users who may change an order may also delete its lines.
                        lines = self._rights(order.order_line, user)
                        self.assertEqual(lines[:3], rights[:3], "lines")
                        self.assertEqual(lines[3] == "u", rights[1] == "w", "lines")
                    checked += 1
        self.assertEqual(checked, len(ORDERS) * len(STATES) * len(WHOSE))

    def test_customers(self):
        for role, user in self._roles():
            table = CUSTOMERS[role]
            if role == "manager" and "leads.agent.move" in self.env:
                # With the optional addon of the life cycle, managers enter and correct leads.
                table = table.replace("r---", "rwc-")
            for whose, rights in zip(WHOSE, table.split(), strict=True):
                with self.subTest(role=role, whose=whose):
                    self.assertEqual(self._rights(self.orders[whose, "draft"].partner_id, user), rights)
