"""A large batch survives the end of its worker: the server is killed during the job and started again.

A test inside Odoo cannot do that. The result must be the same as without the kill: each lead has one line, one result
and one active assignment.
"""

import os
import signal
import time
from contextlib import contextmanager

from sandbox import addons, databases, postgres
from sandbox.console import Trouble, step
from sandbox.figures import Figure
from sandbox.odoo_process import Odoo, free_port, wait_for_http
from sandbox.paths import LOGS, made

from .two_workers import Client

DATABASE = "leads_killed_job"
# More than fit into a request, so that the job processes them.
LEADS = 12_000
KILLED_AFTER = 3_000
PATIENCE = 600
MAKE_LEADS = """
WITH base AS (
    SELECT (SELECT max(id) FROM res_partner) AS partner, (SELECT max(id) FROM sale_order) AS sale_order
), partners AS (
    INSERT INTO res_partner (id, name, complete_name, commercial_partner_id, active, is_company, partner_share, type,
                             create_date, write_date, autopost_bills)
    SELECT b.partner + g, 'Job ' || g, 'Job ' || g, b.partner + g, TRUE, TRUE, TRUE, 'contact', now(), now(), 'ask'
      FROM base b, generate_series(1, %(leads)s) AS g
)
INSERT INTO sale_order (id, name, partner_id, partner_invoice_id, partner_shipping_id, leads_commercial_partner_id,
                        company_id, currency_id, currency_rate, state, date_order, client_order_ref, invoice_status,
                        create_uid, create_date, write_date)
SELECT b.sale_order + g, 'J' || g, b.partner + g, b.partner + g, b.partner + g, b.partner + g,
       1, (SELECT currency_id FROM res_company WHERE id = 1), 1, 'draft', now(), 'Job', 'no', 1, now(), now()
  FROM base b, generate_series(1, %(leads)s) AS g
"""
SEQUENCES = "SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
LINES = "SELECT count(*) FROM leads_agent_batch_assign_line WHERE batch_id = %s"
QUESTIONS = {
    "lines": (LINES, LEADS),
    "lines assigned": (f"{LINES} AND result = 'assigned'", LEADS),
    "customers with more or fewer than one line": (
        "SELECT count(*) FROM (SELECT FROM leads_agent_batch_assign_line WHERE batch_id = %s GROUP BY partner_id"
        " HAVING count(*) <> 1) AS other",
        0,
    ),
    "active assignments": (
        "SELECT count(DISTINCT partner_id) FROM leads_agent_assignment WHERE batch_id = %s AND state = 'active'",
        LEADS,
    ),
    "assignments in all": ("SELECT count(*) FROM leads_agent_assignment WHERE batch_id = %s", LEADS),
    "most and fewest leads of an agent, apart": (
        "SELECT max(count) - min(count) FROM (SELECT count(*) FROM leads_agent_batch_assign_line WHERE batch_id = %s"
        " GROUP BY agent_id) AS shares",
        1,
    ),
}


def prove(odoo: Odoo) -> list[Figure]:
    """Kill the server, restart it, wait, and return the figures.

    :raises Trouble: when the batch does not end as it would have without the kill
    """
    with step("Making a database for a batch of the job"):
        databases.copy_of_template(odoo, DATABASE)
        databases.install(odoo, DATABASE, ["-i", ",".join(addons.for_demo())])
        odoo.postgres.rows(MAKE_LEADS, {"leads": LEADS}, database=DATABASE)
        for table in ("res_partner", "sale_order"):
            odoo.postgres.rows(SEQUENCES.replace("{table}", table), database=DATABASE)
    with step("Killing the worker in the middle of the job"), _server(odoo, "first") as (base, process):
        manager = Client(base, "morgan", DATABASE)
        agents = manager.call("res.users", "search", [["is_leads_agent", "=", True]])
        values = {"domain": "[('client_order_ref', '=', 'Job')]", "agent_ids": [[6, 0, agents]]}
        [batch] = manager.call("leads.agent.batch.assign", "create", [values])
        manager.call("leads.agent.batch.assign", "action_assign", [batch])
        killed_at = _wait(odoo, batch, lambda done, state: done >= KILLED_AFTER)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    left = _done(odoo, batch)[0]
    if not killed_at <= left < LEADS:
        raise Trouble(f"The job was to be killed in the middle, and {left} of {LEADS} leads are done.")
    with step("Going on after the start"), _server(odoo, "second"):
        _wait(odoo, batch, lambda done, state: state == "done")
    figures = [Figure("killed job", "", "leads done when it was killed", f"{left} of {LEADS}")]
    for name, (question, answer) in QUESTIONS.items():
        [(found,)] = odoo.postgres.rows(question, (batch,), database=DATABASE)
        if found != answer and not (name.endswith("apart") and found <= answer):
            raise Trouble(f"After the kill: {name} is {found}, not {answer}.")
        figures.append(Figure("killed job", "", name, str(found)))
    postgres.drop(odoo.postgres, DATABASE)
    return figures


def _done(odoo: Odoo, batch: int) -> tuple[int, str]:
    question = f"SELECT ({LINES} AND result IS NOT NULL), state FROM leads_agent_batch_assign WHERE id = %s"
    return odoo.postgres.rows(question, (batch, batch), database=DATABASE)[0]


def _wait(odoo: Odoo, batch: int, over) -> int:
    """Wait until ``over`` is true; return how many leads are done then."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        done, state = _done(odoo, batch)
        if over(done, state):
            return done
        time.sleep(0.2)
    raise Trouble(f"After {PATIENCE} s the batch is {state}, with {done} leads done.")


@contextmanager
def _server(odoo: Odoo, name: str):
    """Yield the address and the process of a server with one job worker."""
    port = free_port()
    conf = odoo.configuration(f"{DATABASE}-{name}", db_name=DATABASE, http_port=port, dbfilter=f"^{DATABASE}$")
    log = made(LOGS) / f"{DATABASE}-{name}.log"
    with open(log, "w") as file, odoo.process(["-c", conf], stdout=file, stderr=file) as process:
        if not wait_for_http(process, port):
            raise Trouble(f"Odoo did not start. Its log: {log}")
        yield f"http://127.0.0.1:{port}", process
