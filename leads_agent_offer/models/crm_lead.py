from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Rows
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent_channel.mail_intake import Intake

STATES = [
    ("none", "Not Routed"),
    ("held", "Held"),
    ("waiting", "With Nobody"),
    ("offered", "Offered"),
    ("shark_tank", "Shark Tank"),
    ("catch_all", "Catch-All"),
    ("accepted", "Accepted"),
]
# Where the routing has something to do, now or at a moment.
UNDER_WAY = ("held", "waiting", "offered", "shark_tank", "catch_all")
CONVERSIONS = [("progress", "In Progress"), ("won", "Won"), ("lost", "Lost")]
# In the context as `leads_offer_later`: whoever creates the leads has them routed afterwards. No client can send it.
LATER = object()


class CrmLead(models.Model):
    """An incoming lead: where it is in the routing, to whom it was offered, who owns it."""

    _inherit = "crm.lead"

    leads_offer_state = fields.Selection(
        STATES, string="Offer", default="none", required=True, readonly=True, copy=False, index=True
    )
    leads_waiting_reason = fields.Char(string="With Nobody Because", readonly=True, copy=False)
    leads_offer_until = fields.Datetime(
        string="Until", readonly=True, copy=False, help="When something happens next to the lead by itself."
    )
    leads_offer_step = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    leads_offer_hint = fields.Char(
        string="Hint for Agents", help="Shown with an offer. Do not write down who the customer is."
    )
    leads_offer_ids = Rows("leads.agent.offer", "lead_id", string="Offers", readonly=True)
    leads_routing_ids = Rows("leads.agent.routing", "lead_id", string="Routings", readonly=True)
    leads_accepted_at = fields.Datetime(string="Accepted On", readonly=True, copy=False)
    leads_conversion = fields.Selection(CONVERSIONS, string="Conversion", compute="_compute_leads_conversion")

    _leads_offer_due = models.Index("(leads_offer_until) WHERE leads_offer_state IN ('held', 'waiting', 'shark_tank')")

    @api.depends("won_status")
    def _compute_leads_conversion(self):
        for lead in self:
            lead.leads_conversion = {"won": "won", "lost": "lost"}.get(lead.won_status, "progress")

    # ------------------------------------------------------------------
    # In by every door
    # ------------------------------------------------------------------

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        leads = super().create(vals_list)
        # What comes by mail gets its text in a moment: see `message_new`.
        if self.env.context.get("leads_offer_later") is not LATER:
            leads._leads_route_incoming()
        return leads

    @api.model
    @takes(msg_dict=given.values, custom_values=given.optional(given.values))
    def message_new(self, msg_dict, custom_values=None):
        """A lead that came by mail is about the person whom the mail names, and is routed by what the mail says."""
        values = dict(custom_values or {})
        reply_to, attached = values.pop("leads_reply_to", None), values.pop("leads_attached_from", ())
        # sudo: crm.team - whoever sends a mail has no user
        if self.env["crm.team"].sudo().browse(values.get("team_id") or []).leads_offer_routing:
            msg_dict, person = self._leads_sender(msg_dict, reply_to, attached)
            values = {**person, **values}
        lead = super(CrmLead, self.with_context(leads_offer_later=LATER)).message_new(msg_dict, values)
        lead = lead.with_context(leads_offer_later=None)
        if intake := Intake.of(self.env):
            intake.is_new_lead = True
        if lead._leads_is_incoming():
            if not lead.description:
                body = msg_dict.get("body") or ""
                # The gateway takes the title of a page for text: it stands before the body.
                lead.description = body[max(0, body.find("<body")) :]
            lead._leads_route_incoming()
        return lead

    def _assign_userless_lead_in_team(self, creation_context):
        """Leads that are offered get no salesperson by Odoo's own way."""
        if not self._leads_is_incoming():
            return super()._assign_userless_lead_in_team(creation_context)
        return None

    def _leads_is_incoming(self):
        return bool(self.team_id.leads_offer_routing and not self.user_id and self.active)

    def _leads_route_incoming(self):
        # sudo: crm.lead, crm.team - routing is the same whoever brings the lead in
        incoming = self.sudo().filtered(
            lambda lead: lead._leads_is_incoming() and lead.leads_offer_state == "none" and lead.won_status == "pending"
        )
        if not incoming:
            return
        if self.env.context.get("import_file"):
            incoming._leads_hold_import()
        else:
            incoming._leads_route()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def _leads_check_manager(self):
        self.env.user._check_leads_manager()
        self.check_access("read")

    @takes()
    def action_leads_route(self):
        """Route leads now, whatever the hours: new ones, held ones and those that are with nobody.

        :raises AccessError: for others than Leads Managers
        :raises UserError: when somebody owns a lead, or it is being offered
        """
        self._leads_check_manager()
        for lead in self:
            if lead.user_id:
                raise UserError(self.env._("%(lead)s belongs to %(user)s.", lead=lead.name, user=lead.user_id.name))
            if lead.leads_offer_state in ("offered", "shark_tank"):
                raise UserError(self.env._("%s is being offered.", lead.name))
        # sudo: crm.lead - managers route the leads they may read
        self.sudo()._leads_withdraw(self.env._("Routed anew."), state="none")
        self.sudo()._leads_offer_now(anew=True)

    @takes()
    def action_leads_release(self):
        """Release held leads, one by one.

        :raises AccessError: for others than Leads Managers
        """
        self._leads_check_manager()
        # sudo: crm.lead - as above
        self.sudo().filtered(lambda lead: lead.leads_offer_state == "held")._leads_release()

    @takes()
    def action_leads_recall(self):
        """Take an offer back before its end: the lead is held until a manager releases it."""
        self._leads_check_manager()
        # sudo: crm.lead - as above
        leads = self.sudo().filtered(lambda lead: lead.leads_offer_state in UNDER_WAY)
        leads._leads_withdraw(self.env._("Taken back by %s.", self.env.user.name), state="held")

    @takes(given.one)
    def action_leads_preview(self):
        """Show who would be offered the lead now, and why; nothing is written down.

        :raises AccessError: for others than Leads Managers
        """
        self._leads_check_manager()
        self.ensure_one()
        # sudo: crm.lead - as above
        audit = self.sudo()._leads_preview()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Who would be offered the lead"),
                "message": audit,
                "sticky": True,
            },
        }

    @takes(given.one)
    def action_leads_offers(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Offers"),
            "res_model": "leads.agent.offer",
            "view_mode": "list,form",
            "domain": list(Domain("lead_id", "=", self.id)),
        }

    @takes(given.one)
    def action_leads_audit(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this Agent"),
            "res_model": "leads.agent.routing",
            "view_mode": "list,form",
            "domain": list(Domain("lead_id", "=", self.id)),
        }

    @takes(given.one)
    def action_leads_feedback(self):
        """Open *Tell How It Goes*."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell How It Goes"),
            "res_model": "leads.agent.feedback",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_lead_id": self.id,
                "default_conversion": self.leads_conversion,
                "default_expected_revenue": self.expected_revenue,
            },
        }

    @takes(given.one)
    def action_leads_customer(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
