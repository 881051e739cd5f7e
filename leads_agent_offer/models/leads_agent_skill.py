from odoo import api, fields, models

from odoo.addons.leads_agent.fields import Bounded, Link

from ..tools import ranking
from .leads_agent_tag import MOST_WEIGHT


class LeadsAgentSkill(models.Model):
    """A tag of an agent, and its weight."""

    _name = "leads.agent.skill"
    _description = "Agent Tag"
    _rec_name = "tag_id"
    _order = "weight desc, id"

    profile_id = Link("leads.agent.profile", required=True, ondelete="cascade", index=True)
    user_id = Link(related="profile_id.user_id")
    tag_id = Link("leads.agent.tag", required=True, ondelete="cascade", index=True)
    need = fields.Selection(related="tag_id.need")
    weight = Bounded(
        most=MOST_WEIGHT, compute="_compute_weight", store=True, readonly=False, precompute=True, required=True
    )

    _one_tag = models.Constraint("UNIQUE (profile_id, tag_id)", "The agent already has this tag.")

    @api.depends("tag_id")
    def _compute_weight(self):
        for skill in self:
            skill.weight = skill.tag_id.weight if skill.tag_id else ranking.DEFAULT_WEIGHT
