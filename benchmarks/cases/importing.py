"""B14: importing a file of leads like the import wizard, compared with Odoo's import of the same contacts.

Our import searches for existing contacts, never moves a stage back, and reports each row. Odoo's does not search: the
peer's file has the IDs of existing contacts. Runs on a copy of the database, with the life cycle installed.
"""

import csv
import io

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain

from ..measure import Candidate, interleave
from ..report import Row
from .lifecycle import leads_manager

LINES = 10_000
# Rows per request of the wizard.
PART = 2_000
ROUNDS = 3
QUERIES_PER_LINE = 0.2
COLUMNS = ("name", "email", "phone", "street", "city", "country_id", "function")


def run(registry, scale, rounds, record) -> None:
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
        manager = leads_manager(env).id
        known = env["res.partner"].search_fetch(
            Domain("lead_stage_id", "!=", False) & Domain("email", "=like", "c%@domain%.example.com"),
            ["name", "email", "phone"],
            limit=min(LINES // 2, scale.customers // 2),
            order="id",
        )
        old = [(lead.id, [lead.name, lead.email, lead.phone]) for lead in known]
    _compare(registry, scale, record, manager, "new", [])
    _compare(registry, scale, record, manager, f"{len(old):,} of them known", old)


def _compare(registry, scale, record, manager, what, old):
    rows = [(lead_id, _cells(nr, *cells)) for nr, (lead_id, cells) in enumerate(old)]
    rows += [("", _cells(nr, f"Lead {nr}", f"lead{nr}@example.com", f"048{nr:07}")) for nr in range(len(old), LINES)]
    ours = _file([*COLUMNS, "lead_stage_id"], [[*cells, "Prospect"] for _id, cells in rows])
    theirs = _file([*COLUMNS, ".id"], [[*cells, lead_id] for lead_id, cells in rows])
    page = {"lead_page": True, "lead_new": True}
    works = {
        "ours": Candidate(manager, lambda env: _take_in(env, *ours), context=page),
        "peer": Candidate(SUPERUSER_ID, lambda env: _take_in(env, *theirs)),
    }
    timings = interleave(registry, works, ROUNDS)
    title = f"import of {LINES:,} lines, {what}"
    queries = timings["ours"].queries
    record(
        Row.timed(
            "B14",
            scale.name,
            title,
            "manager",
            LINES,
            timings["ours"],
            "as contacts",
            timings["peer"].median,
            "import",
            1.5,
        )
    )
    record(
        Row.counted(
            "B14",
            scale.name,
            f"{title}: queries",
            "manager",
            LINES,
            queries,
            "allowed",
            LINES * QUERIES_PER_LINE,
            "import",
        )
    )


def _cells(nr, name, email, phone):
    return [name, email, phone, f"Street {nr}", "Ghent", "Belgium", "Buyer"]


def _file(columns, rows):
    file = io.StringIO()
    csv.writer(file).writerows([columns, *rows])
    return columns, file.getvalue().encode()


def _take_in(env, columns, file):
    """Import a file part by part."""
    wizard = env["base_import.import"].create({"res_model": "res.partner", "file": file, "file_type": "text/csv"})
    options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8", "limit": PART, "skip": 0}
    while True:
        result = wizard.execute_import(columns, columns, options)
        if result["messages"]:
            raise ValueError(result["messages"])
        if not result["nextrow"]:
            return LINES
        options["skip"] = result["nextrow"]
