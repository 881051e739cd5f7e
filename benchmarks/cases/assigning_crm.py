"""B10: Odoo's own assignment of CRM leads, for comparison: 300, 1,000 and 3,000 leads over four salespeople.

Each run has a limit of two minutes. Skipped if CRM is not installed. Its commits are suppressed, as in Odoo's own
tests, and everything is rolled back.
"""

import signal
import time
from unittest.mock import patch

import odoo.modules.module
from odoo import SUPERUSER_ID, api
from odoo.fields import Command

from ..report import Row

SIZES = (300, 1_000, 3_000)
SECONDS = 120


class Overtime(BaseException):
    """The time limit of two minutes is over. Not an Exception, so that no handler catches it."""


def run(registry, scale, rounds, record) -> None:
    if "crm.lead" not in registry or scale.name == "M":
        return
    for size in SIZES:
        elapsed, count = _measure(registry, size)
        note = "" if elapsed is not None else f"not finished within {SECONDS} s"
        what = f"CRM assigns {size:,}: {count} given" if elapsed is not None else f"CRM assigns {size:,}: {note}"
        spent = elapsed if elapsed is not None else 1000.0 * SECONDS
        record(Row("B10", scale.name, what, f"{size:,} leads", size, spent, spent, 0, note=note))


def _measure(registry, size, members=4, *, of_team=True):
    """Return the milliseconds, or None when the time was over; and how many leads have a salesperson afterwards.

    :param of_team: whether the leads already belong to the team, so that they need not be assigned to it first
    """

    def stop(_signal, _frame):
        raise Overtime

    with registry.cursor() as cr, patch.object(odoo.modules.module, "current_test", True):
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "no_reset_password": True})
        team, leads = _leads(env, size, members, of_team)
        before = signal.signal(signal.SIGALRM, stop)
        signal.alarm(SECONDS)
        begun = time.perf_counter()
        try:
            # The other candidates track changes too.
            team.with_context(tracking_disable=False)._action_assign_leads(force_quota=True)
            env.flush_all()
            # Tracked changes become messages before the commit.
            cr.precommit.run()
            elapsed = 1000 * (time.perf_counter() - begun)
            return elapsed, leads.search_count([("id", "in", leads.ids), ("user_id", "!=", False)])
        except Overtime:
            return None, 0
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
            cr.rollback()
            registry.clear_all_caches()


def _leads(env, size, members, of_team):
    """Create a team without an effective limit, and leads without a salesperson."""
    salespeople = env["res.users"].create(
        [
            {
                "login": f"bench_crm_{nr}",
                "name": f"Crm {nr}",
                "group_ids": [Command.set(env.ref("sales_team.group_sale_salesman").ids)],
            }
            for nr in range(members)
        ]
    )
    team = env["crm.team"].create({"name": "Bench CRM", "use_leads": True, "assignment_domain": "[]"})
    env["crm.team.member"].create(
        [{"crm_team_id": team.id, "user_id": user.id, "assignment_max": 30 * size} for user in salespeople]
    )
    leads = env["crm.lead"].create(
        [
            {"name": f"Bench lead {nr}", "type": "lead", "email_from": f"lead{nr}@bench{nr}.example.com",
             "user_id": False, "team_id": of_team and team.id}
            for nr in range(size)
        ]
    )  # fmt: skip
    env.flush_all()
    return team, leads
