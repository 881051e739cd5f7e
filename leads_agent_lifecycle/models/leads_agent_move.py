from odoo import api, fields, models

from odoo.addons.leads_agent.fields import Link


class LeadsAgentMove(models.Model):
    """A change of a lead's stage or status: when, by whom, and why. Rows are added, never changed.

    A table of its own instead of tracking messages: one statement logs the moves of many leads, and the rows can be
    aggregated.
    """

    _name = "leads.agent.move"
    _description = "Life Cycle Move"
    _order = "at desc, id desc"
    _rec_name = "partner_id"

    partner_id = Link("res.partner", string="Lead", required=True, index=True, ondelete="cascade")
    company_id = Link("res.company", index="btree_not_null")
    at = fields.Datetime(string="Date", required=True, index=True)
    user_id = Link("res.users", string="Moved By")
    stage_from_id = Link("leads.agent.stage", string="From Stage", ondelete="restrict")
    stage_id = Link("leads.agent.stage", string="To Stage", required=True, ondelete="restrict", index=True)
    status_from_id = Link("leads.agent.status", string="From Status", ondelete="restrict")
    status_id = Link("leads.agent.status", string="To Status", ondelete="restrict")
    rule_id = Link("leads.agent.lifecycle.rule", ondelete="set null")
    channel = fields.Selection(related="partner_id.lead_channel")
    reason = fields.Char(help="Why the lead moved.")
    is_stage_change = fields.Integer(
        string="Stage Changes", help="1 if the stage changed, 0 if only the status changed.", aggregator="sum"
    )
    days = fields.Float(
        string="Days Before", aggregator="avg", help="How long the lead was in the previous stage.", digits=(16, 1)
    )

    @api.model
    def _durations(self, leads):
        """Return the seconds that leads spent in each stage, including the current one.

        :returns: ``{partner_id: {stage_id: seconds}}``
        """
        durations = {lead_id: {} for lead_id in leads.ids}
        entered = {}
        now = self.env.cr.now()

        def leave(lead_id, until):
            stage_id, since = entered[lead_id]
            spent = durations[lead_id]
            spent[stage_id] = spent.get(stage_id, 0) + int((until - since).total_seconds())

        # sudo: leads.agent.move - moves of leads that the user may read, like the stage itself
        moves = self.sudo().search_fetch(
            [("partner_id", "in", leads.ids), ("is_stage_change", "=", 1)],
            ["partner_id", "stage_id", "at"],
            order="at, id",
        )
        for move in moves:
            if move.partner_id.id in entered:
                leave(move.partner_id.id, move.at)
            entered[move.partner_id.id] = (move.stage_id.id, move.at)
        for lead_id in entered:
            leave(lead_id, now)
        return durations
