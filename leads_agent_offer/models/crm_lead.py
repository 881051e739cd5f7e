from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link, Rows
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent_channel.mail_intake import Intake

from ..deciding import UNDER_WAY, Deciding
from ..giving import Giving
from ..holding import Holding
from ..job import Job
from ..process import Process
from ..routing import Routing, plain_description
from ..sender import read_sender
from ..steps import Steps
from .leads_agent_routing import STATES

# Fields that decide whether somebody owns a lead, and whether it is still open.
DECIDES = {"user_id", "active", "stage_id", "probability"}
CONVERSIONS = [("progress", "In Progress"), ("won", "Won"), ("lost", "Lost")]
# Value of the context key `leads_offer_later`: the caller routes the new leads itself. No client can send it.
LATER = object()


class CrmLead(models.Model):
    """An incoming lead: its state in the routing, the agents it was offered to, its owner."""

    _inherit = "crm.lead"

    leads_routing_id = Link("leads.agent.routing", string="Routing", readonly=True, copy=False, index="btree_not_null")
    # Stored: lists group and count by it, and a routing step conflicts on this row with other changes of the lead.
    leads_offer_state = fields.Selection(
        STATES, string="Offer", default="none", required=True, readonly=True, copy=False, index=True
    )
    leads_hold = fields.Selection(related="leads_routing_id.hold")
    leads_released_at = fields.Datetime(related="leads_routing_id.released_at")
    leads_waiting_reason = fields.Char(related="leads_routing_id.reason", string="Why It Is Unassigned")
    leads_offer_until = fields.Datetime(related="leads_routing_id.until")
    leads_offer_step = fields.Integer(related="leads_routing_id.step", export_string_translation=False)
    leads_offer_hint = fields.Char(
        string="Hint for Agents", help="Shown with the offer. Do not reveal who the customer is."
    )
    leads_offer_ids = Rows("leads.agent.offer", "lead_id", string="Offers", readonly=True)
    leads_routing_ids = Rows(
        "leads.agent.routing", "lead_id", string="Lead Routings", domain=[("cause", "!=", False)], readonly=True
    )
    leads_accepted_at = fields.Datetime(related="leads_routing_id.accepted_at")
    leads_conversion = fields.Selection(CONVERSIONS, string="Conversion", compute="_compute_leads_conversion")

    # Only the routing writes these: see :class:`Process`.
    _leads_process_fields = frozenset(
        (
            "leads_routing_id",
            "leads_offer_state",
            "leads_hold",
            "leads_released_at",
            "leads_waiting_reason",
            "leads_offer_until",
            "leads_offer_step",
            "leads_accepted_at",
        )
    )

    @api.depends("won_status")
    def _compute_leads_conversion(self):
        for lead in self:
            lead.leads_conversion = {"won": "won", "lost": "lost"}.get(lead.won_status, "progress")

    # ------------------------------------------------------------------
    # Creation
    # ------------------------------------------------------------------

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        leads = super().create(vals_list)
        # A lead from a mail gets its text after its creation: see `message_new`.
        if self.env.context.get("leads_offer_later") is not LATER:
            leads._leads_route_incoming()
        return leads

    @api.model
    @takes(msg_dict=given.values, custom_values=given.optional(given.values))
    def message_new(self, msg_dict, custom_values=None):
        """Create the lead for the person a mail is about, and route it by the text of the mail."""
        values = dict(custom_values or {})
        reply_to, attached = values.pop("leads_reply_to", None), values.pop("leads_attached_from", ())
        # sudo: crm.team - the sender of a mail has no user
        if self.env["crm.team"].sudo().browse(values.get("team_id") or []).leads_offer_routing:
            msg_dict, person = read_sender(self.env, msg_dict, reply_to, attached)
            values = {**person, **values}
        lead = super(CrmLead, self.with_context(leads_offer_later=LATER)).message_new(msg_dict, values)
        lead = lead.with_context(leads_offer_later=None)
        if intake := Intake.of(self.env):
            intake.is_new_lead = True
        if lead._leads_is_incoming():
            if not lead.description:
                body = msg_dict.get("body") or ""
                # The gateway includes the title of an HTML page in the text, before the body.
                lead.description = body[max(0, body.find("<body")) :]
            lead._leads_route_incoming()
        return lead

    def _assign_userless_lead_in_team(self, creation_context):
        """Keep Odoo from assigning a salesperson to leads that are offered."""
        if not self._leads_is_incoming():
            return super()._assign_userless_lead_in_team(creation_context)
        return None

    def _leads_is_incoming(self):
        return bool(self.team_id.leads_offer_routing and not self.user_id and self.active)

    def _leads_route_incoming(self):
        # sudo: crm.lead, crm.team - routing does not depend on the rights of the user who creates the lead
        incoming = self.sudo().filtered(
            lambda lead: lead._leads_is_incoming() and lead.leads_offer_state == "none" and lead.won_status == "pending"
        )
        if not incoming:
            return
        if self.env.context.get("import_file"):
            Holding(incoming).hold_import()
        else:
            Holding(incoming).route()

    def _has_field_access(self, field, operation):
        if operation == "write" and field.name in self._leads_process_fields and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------
    # Changes from outside the routing
    # ------------------------------------------------------------------

    @takes(vals=given.values)
    def write(self, vals):
        decides = vals.keys() & DECIDES
        # As the user who writes: Odoo reads these fields before it writes them anyway.
        was_settled = self.filtered(lambda lead: lead._leads_is_settled()) if decides else self.browse()
        result = super().write(vals)
        if decides:
            # sudo: crm.lead - users who may change a lead also end or resume its routing
            Deciding(self.sudo()).settled()
            Deciding(was_settled.sudo()).resume()
        return result

    def _leads_is_settled(self):
        """Whether the lead has an owner, is archived, or is won or lost."""
        return bool(self.user_id or not self.active or self.won_status != "pending")

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        """Take back the offers of the merged leads, and resume the routing of the remaining one.

        Agents who declined one of the leads have declined the merged lead.
        """
        # sudo: crm.lead - users who may merge leads also end the routing of each
        under_way = self.sudo().filtered(
            lambda lead: lead.leads_offer_state in UNDER_WAY and lead.leads_hold != "manager"
        )
        Process(under_way).withdraw(self.env._("Merged with another lead."), state="none", keep_owner=True)
        merged = super()._merge_opportunity(user_id, team_id, auto_unlink, max_length)
        # sudo: crm.lead - as above, for the remaining lead
        Deciding(merged.sudo()).resume()
        return merged

    def _merge_dependences(self, opportunities):
        """Move offers and decisions to the remaining lead before the others are deleted."""
        # sudo: crm.lead - as above
        Deciding(self.sudo()).take_over(opportunities.sudo())
        return super()._merge_dependences(opportunities)

    def _leads_company(self):
        self.ensure_one()
        return self.company_id or self.team_id.company_id or self.env.company

    def _leads_open_offers(self, but=None):
        offers = self.env["leads.agent.offer"].search([("lead_id", "in", self.ids), ("state", "=", "offered")])
        return offers - but if but else offers

    # ------------------------------------------------------------------
    # Routing
    # ------------------------------------------------------------------

    def _leads_continue(self, *, is_fresh=False):
        """Take the next step with each lead. The leads are locked: see :meth:`Steps.go_on`."""
        Steps(self).go_on(is_fresh=is_fresh)

    def _leads_give(self, agent, cause, offer=None, partner=None, *, alone=False):
        """Make an agent the owner of a lead. The lead is locked: see :meth:`Giving.give`."""
        Giving(self).give(agent, cause, offer, partner, alone=alone)

    @api.model
    def _leads_number_forms(self, number):
        """Hook: return the forms in which a number may be stored, the number itself first."""
        return (number,)

    def _leads_text(self):
        """Return the text searched for tags besides the subject.

        Without phone and e-mail, whose digits could be mistaken for money.
        """
        self.ensure_one()
        pieces = [
            plain_description(self),
            self.partner_name,
            self.function,
            self.website,
            self.city,
            self.zip,
            self.state_id.name,
            self.country_id.name,
            self.source_id.name,
            self.medium_id.name,
            self.campaign_id.name,
            *self.tag_ids.mapped("name"),
        ]
        if self.expected_revenue:
            pieces.append(f"{self.company_currency.name or '$'} {self.expected_revenue:.2f}")
        return "\n".join(piece for piece in pieces if piece)

    @api.model
    def _cron_offers(self):
        """Process everything that is due: see :meth:`Job.run`."""
        # sudo: crm.lead, leads.agent.offer - the job runs for all companies
        Job(self.sudo().env).run()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def _leads_check_manager(self):
        self.env.user._check_leads_manager()
        self.check_access("read")

    @takes()
    def action_leads_route(self):
        """Route leads now, regardless of the hours: new, held and unassigned leads.

        :raises AccessError: if the user is not a Leads Manager
        :raises UserError: if a lead has an owner, or is being offered
        """
        self._leads_check_manager()
        for lead in self:
            if lead.user_id:
                raise UserError(self.env._("%(lead)s belongs to %(user)s.", lead=lead.name, user=lead.user_id.name))
            if lead.leads_offer_state in ("offered", "shark_tank"):
                raise UserError(self.env._("%s is being offered.", lead.name))
        # sudo: crm.lead - managers route any lead that they may read
        Process(self.sudo()).withdraw(self.env._("Routed again."), state="none")
        Routing(self.sudo()).offer(anew=True)

    @takes()
    def action_leads_release(self):
        """Release held leads, one by one.

        :raises AccessError: if the user is not a Leads Manager
        """
        self._leads_check_manager()
        # sudo: crm.lead - as above
        Holding(self.sudo().filtered(lambda lead: lead.leads_offer_state == "held")).release()

    @takes()
    def action_leads_recall(self):
        """Take an offer back before its deadline: the lead is held until a manager releases it.

        :raises AccessError: if the user is not a Leads Manager
        """
        self._leads_check_manager()
        # sudo: crm.lead - as above
        leads = self.sudo().filtered(lambda lead: lead.leads_offer_state in UNDER_WAY)
        Process(leads).withdraw(self.env._("Taken back by %s.", self.env.user.name), state="held")

    @takes(given.one)
    def action_leads_preview(self):
        """Show who would be offered the lead now, and why. Nothing is stored.

        :raises AccessError: if the user is not a Leads Manager
        """
        self._leads_check_manager()
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Who would be offered the lead"),
                # sudo: crm.lead - as above
                "message": Routing(self.sudo()).preview(),
                "sticky": True,
            },
        }

    @takes(given.one)
    def action_leads_offers(self):
        return self._leads_list_action("leads.agent.offer", self.env._("Offers"))

    @takes(given.one)
    def action_leads_audit(self):
        decided = Domain("cause", "!=", False)
        return self._leads_list_action("leads.agent.routing", self.env._("Why this Agent"), decided)

    def _leads_list_action(self, model, name, domain=Domain.TRUE):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": list(Domain("lead_id", "=", self.id) & domain),
        }

    @takes(given.one)
    def action_leads_feedback(self):
        """Open *Give Feedback*."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give Feedback"),
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
