from odoo import api, fields, models
from odoo.tools import SQL


class ResUsers(models.Model):
    """Whom a locked agent sees beside the customers held: looked up once for the many rules that ask for it."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    leads_sight = fields.Json(
        compute="_compute_leads_sight",
        groups=fields.NO_ACCESS,
        help="Contacts always in sight, and customers within the grace, at a moment: {at, always, graced}.",
    )

    @api.depends("leads_assignment_ids.visible_until")
    def _compute_leads_sight(self):
        """Colleagues, own companies and customers within the grace, by one statement."""
        self.env["res.company"].flush_model(["partner_id"])
        self.env["leads.agent.assignment"].flush_model(["agent_id", "partner_id", "visible_until"])
        now = fields.Datetime.now()
        for user in self:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT id, NULL::integer FROM res_partner WHERE partner_share IS NOT TRUE
                     UNION ALL
                    SELECT partner_id, NULL FROM res_company
                     UNION ALL
                    SELECT NULL, partner_id FROM leads_agent_assignment WHERE agent_id = %s AND visible_until > %s
                    """,
                    user.id,
                    now,
                )
            )
            always, graced = (sorted({row[column] for row in rows} - {None}) for column in (0, 1))
            user.leads_sight = {"at": fields.Datetime.to_string(now), "always": always, "graced": graced}

    def _leads_sight_now(self):
        """The sight of this user at this second: the grace ends by the clock, without anything being written."""
        # sudo: res.partner, res.users - ids alone, of whom the user may read by what is asked
        self.env["res.partner"].sudo().flush_model(["partner_share"])
        user = self.sudo()
        if user.leads_sight["at"] != fields.Datetime.to_string(fields.Datetime.now()):
            user.invalidate_recordset(["leads_sight"], flush=False)
        return user.leads_sight

    @api.model
    def _leads_forget_sight(self):
        """What is in sight has changed by a statement past the ORM, or by a new colleague."""
        self.invalidate_model(["leads_sight"], flush=False)
