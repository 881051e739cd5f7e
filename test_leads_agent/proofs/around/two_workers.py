"""Access also ends immediately in other workers: two servers on one database, a change on one, the agent on the other.

The caches of both workers (rules, rights, groups, settings) are filled first by successful reads. Each change is made
as the user who makes it in daily work.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import requests

from sandbox import addons, databases, postgres
from sandbox.console import Trouble, step
from sandbox.figures import Figure
from sandbox.odoo_process import Odoo, free_port, wait_for_http
from sandbox.paths import LOGS, made

DATABASE = "leads_two_workers"
OTHER = "ben"
# Models related to a customer, each with the field that links to the customer.
HANGING = {
    "res.partner": "id",
    "sale.order": "leads_commercial_partner_id",
    "mail.message": "res_id",
    "mail.activity": "res_id",
    "mail.followers": "res_id",
    "leads.agent.history": "partner_id",
}
OF_CUSTOMERS = {
    "mail.message": [["model", "=", "res.partner"]],
    "mail.activity": [["res_model", "=", "res.partner"]],
    "mail.followers": [["res_model", "=", "res.partner"]],
}


class Client:
    """A user signed in on one of the servers."""

    def __init__(self, base: str, login: str, database: str = DATABASE):
        self.base, self.session = base, requests.Session()
        params = {"db": database, "login": login, "password": login}
        self.uid = self._post("/web/session/authenticate", params)["result"]["uid"]

    def call(self, model: str, method: str, *args: object, **kwargs: object) -> object:
        """Return the result.

        :raises Trouble: when the call fails
        """
        answer = self.ask(model, method, *args, **kwargs)
        if "error" in answer:
            raise Trouble(f"{model}.{method}: {answer['error']['data']['message']}")
        return answer.get("result")

    def ask(self, model: str, method: str, *args: object, **kwargs: object) -> dict:
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def _post(self, path: str, params: dict) -> dict:
        return self.session.post(self.base + path, json={"jsonrpc": "2.0", "params": params}, timeout=60).json()

    def sees(self, customer: int) -> list[str]:
        """Return the models of which the agent reads a record of the customer; all of them while it is in sight."""
        found = []
        for model, field in HANGING.items():
            domain = [[field, "=", customer], *OF_CUSTOMERS.get(model, [])]
            if model == "mail.followers":
                # Agents may see the IDs of documents that colleagues follow, but must not follow the customer
                # themselves any more.
                domain.append(["partner_id.user_ids", "in", [self.uid]])
            if self.ask(model, "search_read", domain, ["id"], limit=1).get("result"):
                found.append(model)
        if "error" not in self.ask("res.partner", "read", [customer], ["name"]):
            found.append("read by id")
        return found


class _Changes:
    """The ways in which access to a lead ends, each as the user who does it in daily work."""

    def __init__(self, odoo: Odoo, base: str):
        self.postgres = odoo.postgres
        self.admin, self.manager = Client(base, "admin"), Client(base, "morgan")
        self.companies = self.admin.call("res.company", "search", [])
        self._lock(True)

    def _lock(self, locked: bool) -> None:
        self.admin.call("res.company", "write", self.companies, {"leads_agent_lock_assigned": locked})

    def unassigned(self, lead: dict) -> None:
        self.manager.call("leads.agent.assignment", "action_unassign", [lead["id"]])

    def reassigned(self, lead: dict) -> None:
        [other] = self.admin.call("res.users", "search", [["login", "=", OTHER]])
        self._dialog("leads.agent.reassign", "action_reassign", agent_id=other, assignment_ids=[[6, 0, [lead["id"]]]])

    def the_hour_after_resolving_is_over(self, lead: dict) -> None:
        [sort] = self.manager.call("leads.agent.disposition", "search", [["name", "=", "Not interested"]])
        self._dialog("leads.agent.resolve", "action_resolve", assignment_id=lead["id"], disposition_id=sort, note="No")
        # The time cannot be changed; the end of the grace period can.
        self._sql("UPDATE leads_agent_assignment SET visible_until = now() - interval '2 seconds' WHERE id = %s", lead)

    def customer_archived(self, lead: dict) -> None:
        self.admin.call("res.partner", "action_archive", [lead["partner_id"][0]])

    def lock_switched_on(self, lead: dict) -> None:
        """Without the lock, the customer remains in sight after the assignment."""
        self._lock(False)
        self.unassigned(lead)
        self._lock(True)

    def role_lost(self, lead: dict) -> None:
        [internal] = self.admin.call("ir.model.data", "search_read", [["name", "=", "group_user"]], ["res_id"])
        self.admin.call("res.users", "write", lead["agent_id"][:1], {"group_ids": [[6, 0, [internal["res_id"]]]]})

    def agent_archived(self, lead: dict) -> None:
        self.admin.call("res.users", "action_archive", lead["agent_id"][:1])

    def _dialog(self, model: str, button: str, **values: object) -> None:
        [dialog] = self.manager.call(model, "create", [values])
        self.manager.call(model, button, [dialog])

    def _sql(self, statement: str, lead: dict) -> None:
        self.postgres.rows(statement, (lead["id"],), database=DATABASE)


# In this order, each with the holder of the lead.
ENDS = [
    (_Changes.unassigned, "anna"),
    (_Changes.reassigned, "anna"),
    (_Changes.the_hour_after_resolving_is_over, "anna"),
    (_Changes.customer_archived, "anna"),
    (_Changes.lock_switched_on, "anna"),
    (_Changes.role_lost, "anna"),
    (_Changes.agent_archived, "chloe"),
]
# Former agents can read these as internal users of Odoo; orders and messages they cannot.
LEFT_TO_EMPLOYEES = {"res.partner", "read by id", "mail.message", "mail.activity", "mail.followers"}


def prove(odoo: Odoo) -> list[Figure]:
    """Return, for each way in which access ends, how many models the agent could read before and after.

    :raises Trouble: when something stays in sight, or was not in sight before
    """
    with step("Making a database for two workers"):
        databases.copy_of_template(odoo, DATABASE)
        databases.install(odoo, DATABASE, ["-i", ",".join(addons.for_demo())])
    with step("Ending access at one worker, reading at the other"), servers(odoo, DATABASE) as (here, there):
        changes = _Changes(odoo, here)
        figures = [figure for end, login in ENDS for figure in _prove_end(changes, end, there, login)]
    postgres.drop(odoo.postgres, DATABASE)
    return figures


def _prove_end(changes: _Changes, end: Callable[[_Changes, dict], None], there: str, login: str) -> list[Figure]:
    name, agent = end.__name__.replace("_", " "), Client(there, login)
    # A lead from an offer has no order yet.
    mine = [["agent_id.login", "=", login], ["state", "=", "active"], ["order_id", "!=", False]]
    lead = changes.admin.call("leads.agent.assignment", "search_read", mine, ["partner_id", "agent_id"], limit=1)[0]
    customer = lead["partner_id"][0]
    agent.call("res.partner", "activity_schedule", [customer], summary="Call again", user_id=agent.uid)
    agent.call("res.partner", "message_post", [customer], body="Called", message_type="comment")
    before = agent.sees(customer)
    if len(before) != len(HANGING) + 1:
        raise Trouble(f"Before '{name}', the agent reads only {before}.")
    end(changes, lead)
    after = agent.sees(customer)
    if set(after) - (LEFT_TO_EMPLOYEES if end is _Changes.role_lost else set()):
        raise Trouble(f"After '{name}' at one worker, the agent still reads at the other: {after}.")
    return [
        Figure("two workers", name, "ways to read before", str(len(before))),
        Figure("two workers", name, "after, at the other worker", ", ".join(after) or "0"),
    ]


@contextmanager
def servers(odoo: Odoo, database: str) -> Iterator[list[str]]:
    """Yield the addresses of two servers on the database, each with its own caches."""
    with ExitStack() as stack:
        addresses = []
        for name in ("here", "there"):
            port = free_port()
            conf = odoo.configuration(f"{database}-{name}", db_name=database, http_port=port, dbfilter=f"^{database}$")
            log = stack.enter_context(open(made(LOGS) / f"{database}-{name}.log", "w"))
            server = stack.enter_context(odoo.process(["-c", conf], stdout=log, stderr=log))
            if not wait_for_http(server, port):
                raise Trouble(f"Odoo did not start. Its log: {log.name}")
            addresses.append(f"http://127.0.0.1:{port}")
        yield addresses
