from odoo import models
from odoo.fields import Domain

from odoo.addons.leads_agent_call import undoing

from ..moving import EVENT_FIELDS, LifeCycle

# What an outcome changes of a lead without moving it, or in moving it.
DATED_FIELDS = ["date_last_stage_update", *EVENT_FIELDS]


class LeadsAgentCall(models.Model):
    """An outcome may move leads by a rule; undone, they go back."""

    _name = "leads.agent.call"
    _inherit = ["leads.agent.call", "leads.agent.lead.mixin"]

    def _outcome_state(self):
        partners = self.env["res.partner"].with_context(active_test=False)
        of_customer = Domain("commercial_partner_id", "=", self.partner_id.id)
        leads = partners.search(of_customer & Domain("lead_stage_id", "!=", False), order="id")
        return super()._outcome_state() | {
            "life cycle": [
                [lead.id, lead.lead_stage_id.id, lead.lead_status_id.id, undoing.values(lead, DATED_FIELDS)]
                for lead in leads
            ]
        }

    def _put_back(self, before):
        result = super()._put_back(before)
        places = {
            lead_id: (stage_id, status_id or None) for lead_id, stage_id, status_id, _vals in before["life cycle"]
        }
        LifeCycle(self.env).move(places, dict.fromkeys(places, self.env._("The outcome of a call was undone")))
        for lead_id, *_place, vals in before["life cycle"]:
            self.env["res.partner"].browse(lead_id).write(vals)
        return result

    def _change_sentence(self, name):
        if name == "life cycle":
            return self.env._("The lead has moved in the life cycle since, or was heard from.")
        return super()._change_sentence(name)
