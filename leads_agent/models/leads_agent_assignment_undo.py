from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class LeadsAgentAssignment(models.Model):
    """Undoing: an assignment that is undone counts as never made, and the one that it ended goes on.

    An undone assignment is kept with the end reason ``undone``, by which limits and figures leave it out. What it took
    from somebody is not assigned anew: that very assignment is active again, with the moment, the attempts and the
    reason that it had.
    """

    _inherit = "leads.agent.assignment"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _undo(self, former_of):
        """Elevated: undo active assignments.

        :param dict former_of: ``{assignment_id: id of the assignment that goes on instead, or None}``
        :returns: the assignments that were undone
        """
        undone = self._end(
            Domain("id", "in", list(former_of)),
            end_reason="undone",
            propagate=False,
            tell=False,
        )
        formers = self.browse(sorted(filter(None, map(former_of.get, undone.ids))))
        if formers:
            formers._resume()
        self._propagate_holder(undone.partner_id.ids)
        self.env["leads.agent.history"]._mark_undone(undone, formers)
        self._recount(SQL("a.id = ANY(%s)", [*undone.ids, *formers.ids]))
        for company, assignments in formers.grouped("company_id").items():
            self.with_company(company)._refresh_last_events(assignments.partner_id.ids)
        undone._on_undone()
        return undone

    def _resume(self):
        """Elevated: the end of these assignments, which another one brought about, is taken back."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_assignment
                   SET state = 'active', end_reason = NULL, ended_at = NULL, ended_by_id = NULL, visible_until = NULL,
                       note = NULL, last_event_at = assigned_at, write_uid = %s, write_date = %s
                 WHERE id = ANY(%s) AND end_reason = 'reassigned'
                """,
                self.env.uid,
                self.env.cr.now(),
                self.ids,
            )
        )
        self.invalidate_model()
        self.env["res.users"]._leads_forget_sight()
