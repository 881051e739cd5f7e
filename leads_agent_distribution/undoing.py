"""Undoing: an assignment that is undone counts as never made, and the one that it ended goes on.

An undone assignment is kept with the end reason ``undone``, by which limits and figures leave it out. What it took
from somebody is not assigned anew: that very assignment is active again, with the moment, the attempts and the reason
that it had.
"""

from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL

from odoo.addons.leads_agent import figures, holders
from odoo.addons.leads_agent.ending import Ending


def undo(assignments: BaseModel, former_of: dict[int, int | None]) -> BaseModel:
    """Elevated: undo active assignments.

    :param assignments: an empty recordset, in the company of the batch
    :param former_of: ``{assignment_id: id of the assignment that goes on instead, or None}``
    :returns: the assignments that were undone
    """
    env = assignments.env
    undone = Ending(env, "undone", is_held_on=True, tell=False).run(Domain("id", "in", list(former_of)))
    formers = assignments.browse(sorted(filter(None, map(former_of.get, undone.ids))))
    if formers:
        _resume(formers)
    holders.propagate(env, undone.partner_id.ids)
    _mark(undone, formers)
    figures.recount(env, SQL("a.id = ANY(%s)", [*undone.ids, *formers.ids]))
    for company, resumed in formers.grouped("company_id").items():
        env["leads.agent.history"].with_company(company)._refresh_last_events(resumed.partner_id.ids)
    undone._on_undone()
    return undone


def _resume(formers: BaseModel) -> None:
    """The end of these assignments, which another one brought about, is taken back."""
    formers.env.cr.execute(
        SQL(
            """
            UPDATE leads_agent_assignment
               SET state = 'active', end_reason = NULL, ended_at = NULL, ended_by_id = NULL, visible_until = NULL,
                   note = NULL, last_event_at = assigned_at, write_uid = %s, write_date = %s
             WHERE id = ANY(%s) AND end_reason = 'reassigned'
            """,
            formers.env.uid,
            formers.env.cr.now(),
            formers.ids,
        )
    )
    formers.invalidate_model()
    formers.env["res.users"]._leads_forget_sight()


def _mark(undone: BaseModel, formers: BaseModel) -> None:
    """The entries of what was undone, and of the end of what goes on instead, are no news in the history."""
    history = undone.env["leads.agent.history"]
    history.flush_model()
    history.env.cr.execute(
        SQL(
            """
            UPDATE leads_agent_history SET undone = TRUE
             WHERE assignment_id = ANY(%s) OR (assignment_id = ANY(%s) AND kind = 'unassigned')
            """,
            undone.ids,
            formers.ids,
        )
    )
    history.invalidate_model(flush=False)
