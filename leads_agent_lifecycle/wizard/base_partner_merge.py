from odoo import models
from odoo.fields import Domain

from ..moving import LifeCycle
from ..speaking import is_nameless


class BasePartnerMerge(models.TransientModel):
    """Merge leads: keep the profile of the destination, and fill in its gaps from the others."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge duplicate officers, and keep one primary officer."""
        # sudo: leads.agent.officer - users who may merge contacts may have no access to leads
        officers = (
            self.env["leads.agent.officer"].sudo().search([("partner_id", "in", (src_partners | dst_partner).ids)])
        )
        officers = officers.sorted(
            lambda officer: (officer.partner_id != dst_partner, not officer.is_primary, officer.id)
        )
        first = self.env["leads.agent.officer"].union(*(rows[:1] for rows in officers.grouped("user_id").values()))
        (officers - first).unlink()
        first.filtered("is_primary")[1:].is_primary = False
        first.flush_recordset()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        # sudo: res.partner - users who may merge contacts may have no access to leads
        leads = (dst_partner | src_partners).sudo().filtered("lead_stage_id")
        if not leads:
            return super()._update_values(src_partners, dst_partner)
        # sudo: leads.agent.stage - as above
        stages = self.env["leads.agent.stage"].sudo().search(Domain.TRUE)
        furthest = max(leads, key=lambda lead: (stages.ids.index(lead.lead_stage_id.id), lead == dst_partner))
        place = (furthest.lead_stage_id.id, furthest.lead_status_id.id)
        # Numbers, addresses and "Visitor" are not names; a real name is kept.
        names = [lead.name for lead in (dst_partner | src_partners) if not is_nameless(lead)]
        code = (leads & dst_partner).lead_code or leads[:1].lead_code
        since = min(leads.filtered("lead_at").mapped("lead_at"), default=False)
        # Until the others are deleted, their codes would violate the unique index, and stages must not be copied.
        leads.flush_recordset()
        self.env.cr.execute(
            "UPDATE res_partner SET lead_code = NULL, lead_stage_id = NULL, lead_status_id = NULL WHERE id = ANY(%s)",
            [(leads - dst_partner).ids],
        )
        leads.invalidate_recordset()
        super()._update_values(src_partners, dst_partner)
        # sudo: res.partner - as above
        target = dst_partner.sudo()
        if target._leads_is_ours():
            # Colleagues and own companies are not leads.
            self._lead_forget(target)
            return
        if names and target.name != names[0]:
            target.name = names[0]
        is_anonymous = not (names or target.email or target.phone)
        target.write({"lead_code": code, "lead_at": since, "lead_is_anonymous": is_anonymous})
        reason = self.env._("Merged")
        if target.lead_stage_id:
            LifeCycle(target.env).move({target.id: place}, reasons={target.id: reason})
        else:
            LifeCycle(target.env).place({target.id: place}, {target.id: reason})

    def _lead_forget(self, target):
        """Keep the moves of the lead; the contact is no longer a lead."""
        target.flush_recordset()
        self.env.cr.execute(
            "UPDATE res_partner SET lead_stage_id = NULL, lead_status_id = NULL, lead_activity = NULL WHERE id = %s",
            [target.id],
        )
        target.invalidate_recordset()
