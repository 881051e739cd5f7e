from odoo import api, fields, models

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentOfficer(models.Model):
    """A user who looks after a lead, in addition to the agent who calls."""

    _name = "leads.agent.officer"
    _description = "Relationship Officer"
    _order = "is_primary desc, id"
    _rec_name = "user_id"

    partner_id = Link("res.partner", string="Lead", required=True, index=True, ondelete="cascade")
    user_id = Link(
        "res.users", string="Officer", required=True, index=True, ondelete="cascade", domain=[("share", "=", False)]
    )
    is_primary = fields.Boolean(string="Primary", help="The main contact for questions about this lead. One per lead.")
    is_notified = fields.Boolean(string="Notified", default=True, help="Follows the lead and is notified of changes.")

    _one_row_per_officer = models.UniqueIndex("(partner_id, user_id)", "This officer is already assigned to the lead.")
    _one_primary = models.UniqueIndex("(partner_id) WHERE is_primary", "A lead can only have one primary officer.")

    @api.model
    def _lead_ids(self):
        """Return the IDs of the leads that the user sees as their officer.

        Empty unless all companies of the user let officers see their leads, regardless of the company switcher.
        """
        user = self.env.user
        # sudo: res.company - only a setting of the user's own companies
        if not all(company.leads_officers_see for company in user.sudo().company_ids):
            return []
        # sudo: leads.agent.officer - the user's own rows, needed to determine what the user may read
        return self.sudo().search([("user_id", "=", user.id)]).partner_id.ids

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        officers = super().create(vals_list)
        officers._set_primary()
        officers._follow()
        return officers

    @takes(vals=given.values)
    def write(self, vals):
        if vals.get("is_primary"):
            others = self._others_primary()
            others.is_primary = False
            # Flush first: the database allows only one primary officer.
            others.flush_recordset(["is_primary"])
        if vals.keys() & {"user_id", "partner_id"}:
            self._unfollow()
        result = super().write(vals)
        if vals.keys() & {"is_notified", "user_id", "partner_id"}:
            self._follow()
        return result

    def _others_primary(self):
        return self.search([("partner_id", "in", self.partner_id.ids), ("is_primary", "=", True)]) - self

    def _set_primary(self):
        """Make the first officer of a lead the primary one."""
        primary = self.search([("partner_id", "in", self.partner_id.ids), ("is_primary", "=", True)]).partner_id
        for partner, officers in self.grouped("partner_id").items():
            if partner not in primary:
                officers[:1].is_primary = True

    def _follow(self):
        """Make officers who want notifications followers of the lead."""
        for user, officers in self.filtered("is_notified").grouped("user_id").items():
            officers.partner_id.message_subscribe(partner_ids=user.partner_id.ids)
        self.filtered(lambda one: not one.is_notified)._unfollow()

    def _unfollow(self):
        for user, officers in self.grouped("user_id").items():
            officers.partner_id.message_unsubscribe(partner_ids=user.partner_id.ids)

    @takes()
    def unlink(self):
        self._unfollow()
        return super().unlink()
