from odoo import api, models
from odoo.fields import Domain

from .. import customer_changes, holders


class BasePartnerMerge(models.TransientModel):
    """When several merged customers are held, the destination keeps its holder, or else gets the first one.

    The destination gets the history of all of them, ended assignments included. Records linked to the
    person move to the commercial customer; when that is a colleague or a company of the database,
    they end.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # sudo: leads.agent.assignment - users without rights on leads may merge contacts
        Assignment = self.env["leads.agent.assignment"].sudo()
        active = Domain("state", "=", "active")
        held = Assignment.search(
            active & Domain("partner_id", "in", (src_partners | dst_partner).ids), order="assigned_at, id"
        )
        keep = held.filtered(lambda a: a.partner_id == dst_partner) or held[:1]
        if others := held - keep:
            others._end(
                "merged",
                note=self.env._(
                    "Merged with %(customer)s, whose agent is %(agent)s.", **self._leads_words(keep, dst_partner)
                ),
            )
        # sudo: res.partner - the same. Before Odoo deletes what there may be only once of a customer
        src_partners.sudo()._on_customers_changed("became", dict.fromkeys(src_partners.ids, dst_partner.id))
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        self.env.cr.execute(
            "UPDATE leads_agent_history SET res_id = %s WHERE res_model = 'res.partner' AND res_id = ANY(%s)",
            [dst_partner.id, src_partners.ids],
        )
        # Odoo copies every value of merged contacts, but users may not write the holder.
        self.env.cr.execute("UPDATE res_partner SET leads_agent_id = NULL WHERE id = ANY(%s)", [src_partners.ids])
        src_partners.invalidate_recordset(["leads_agent_id"], flush=False)
        return result

    def _update_values(self, src_partners, dst_partner):
        """Follow the merge, now that the destination's customer is known, and whether it is one of us."""
        before = dst_partner.commercial_partner_id
        result = super()._update_values(src_partners, dst_partner)
        # sudo: res.partner - follows from the merge, regardless of the user who merges
        target = dst_partner.sudo()
        self.env.add_to_compute(target._fields["partner_share"], target)
        self.env.flush_all()
        self.env.invalidate_all()
        entities = target | target.commercial_partner_id
        if target._leads_is_ours():
            # What a customer has whom a colleague belongs to is left alone.
            ours = entities.filtered(lambda partner: partner._leads_is_ours())
            customer_changes.leave_ours(ours, target)
        else:
            target._on_customers_changed("became", {target.id: target.commercial_partner_id.id})
            customer_changes.pass_to_entities(target)
        # sudo: leads.agent.history - the same
        History = self.env["leads.agent.history"].sudo()
        History._follow_move(target)
        holders.propagate(self.env, (entities | before).ids)
        History._refresh_last_events(entities.ids)
        return result

    @api.model
    def _leads_words(self, keep, dst_partner):
        return {"customer": dst_partner.display_name, "agent": keep.agent_id.name}
