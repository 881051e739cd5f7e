from odoo import api, models
from odoo.fields import Domain


class BasePartnerMerge(models.TransientModel):
    """Merging customers of whom more than one is held: the destination's holder stays, or else the first one.

    The history of all of them is the history of the destination afterwards, ended assignments included.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # sudo: leads.agent.assignment - merging contacts is allowed to people who know nothing of leads
        Assignment = self.env["leads.agent.assignment"].sudo()
        active = Domain("state", "=", "active")
        held = Assignment.search(
            active & Domain("partner_id", "in", (src_partners | dst_partner).ids), order="assigned_at, id"
        )
        keep = held.filtered(lambda a: a.partner_id == dst_partner) or held[:1]
        if others := held - keep:
            others._end(
                Domain("id", "in", others.ids),
                state="unassigned",
                end_reason="merged",
                kind="unassigned",
                note=self.env._(
                    "Merged with %(customer)s, who is with %(agent)s.", **self._leads_words(keep, dst_partner)
                ),
            )
        # sudo: leads.agent.call - the same; Odoo would delete the second promise to a customer
        self.env["leads.agent.call"].sudo()._pass_to(dict.fromkeys(src_partners.ids, dst_partner.id))
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        self.env.cr.execute(
            "UPDATE leads_agent_history SET res_id = %s WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
            [dst_partner.id, src_partners.ids],
        )
        Assignment._pass_to_entities(dst_partner.sudo())
        self.env["leads.agent.history"].sudo()._follow_move(dst_partner.sudo())
        Assignment._propagate_holder(dst_partner.commercial_partner_id.ids)
        Assignment._refresh_last_events(dst_partner.commercial_partner_id.ids)
        return result

    @api.model
    def _leads_words(self, keep, dst_partner):
        return {"customer": dst_partner.sudo().display_name, "agent": keep.agent_id.name}
