from odoo import fields, models

from odoo.addons.leads_agent.fields import Link


class LeadsAgentPecking(models.Model):
    """A pecking order that counts only for leads with a tag."""

    _name = "leads.agent.pecking"
    _description = "Pecking Order by Tag"
    _rec_name = "tag_id"

    profile_id = Link("leads.agent.profile", required=True, ondelete="cascade", index=True)
    tag_id = Link("leads.agent.tag", required=True, ondelete="cascade", string="For Leads with Tag")
    number = fields.Integer(string="Pecking Order", required=True)

    _one_tag = models.Constraint("UNIQUE (profile_id, tag_id)", "This tag already has a pecking order.")
