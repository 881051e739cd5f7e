from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.leads_agent.models.res_groups import HOLDERS


class ResPartner(models.Model):
    """People who ask on a channel to be left alone, and those who change their minds."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    lead_blocked_channels = fields.Char(
        string="Blocked Channels",
        compute="_compute_lead_blocked_channels",
        compute_sudo=True,
        groups=HOLDERS,
        help="Channels by which the contact does not want messages. Calls are blocked for the whole customer.",
    )

    @api.depends_context("lang")
    def _compute_lead_blocked_channels(self):
        rows = self.env["leads.agent.opt.out"].search(
            Domain("is_in_force", "=", True) & Domain("partner_id", "in", self.ids) & Domain("channel", "!=", "call")
        )
        labels = dict(rows._fields["channel"]._description_selection(self.env))
        for partner in self:
            channels = rows.filtered(lambda row, partner=partner: row.partner_id == partner._origin).mapped("channel")
            partner.lead_blocked_channels = ", ".join(labels[name] for name in labels if name in channels)

    def _lead_is_stopped(self):
        """Elevated: whether this person asked on any channel to be left alone."""
        mine = Domain("is_in_force", "=", True) & Domain("asked_by_id", "=", self.id)
        return bool(self.env["leads.agent.opt.out"].search_count(mine, limit=1))

    def _lead_hear(self, purpose, channel, words, *, identity=None, at=None):
        """Elevated: this person said something on a channel, which may block it or lift the block.

        :param str purpose: ``stop`` or ``start``; anything else is left alone
        :param str words: what they wrote; empty when they chose it in the settings of the channel
        :param identity: by what they are known there (one name or more), where messages come in any order
        :param at: when they said it
        """
        if not self or purpose not in ("stop", "start"):
            return
        self.ensure_one()
        if identity:
            if any(one.asked_at and one.asked_at > at for one in identity):
                return
            identity.asked_at = at
        OptOut = self.env["leads.agent.opt.out"]
        labels = dict(OptOut._fields["channel"]._description_selection(self.env))
        if purpose == "start":
            said = words or self.env._("resumed in the settings")
            reason = self.env._("%(words)s, by %(channel)s", words=said, channel=labels[channel])
            OptOut._asked(self, channel)._lift(reason)
        elif blocked := OptOut._block(self, channel, with_calls=self._lead_company().leads_stop_blocks_calls):
            self._lead_tell_stopped(channel, words, blocked)

    def _lead_company(self):
        """The company that speaks with this customer."""
        customer = self.commercial_partner_id
        assignment = customer.leads_assignment_ids.filtered(lambda one: one.state == "active")
        return customer.company_id or assignment.company_id or self.env.company

    def _lead_tell_stopped(self, channel, words, blocked):
        """The log of the contact and whoever holds the customer are told."""
        root = self.env.ref("base.partner_root")
        self._message_log(body=self._lead_stopped_sentence(channel, words, blocked), author_id=root.id)
        if agent := self.commercial_partner_id.leads_agent_id:
            lead = self.with_context(lang=agent.lang, tz=agent.tz)
            lead.env["mail.thread"].message_notify(
                partner_ids=agent.partner_id.ids,
                subject=lead.env._("Wants to be left alone: %s", lead.complete_name),
                body=lead._lead_stopped_sentence(channel, words, blocked),
                author_id=root.id,
            )
            agent._leads_dashboard_changed()

    def _lead_stopped_sentence(self, channel, words, blocked):
        labels = dict(self.env["leads.agent.opt.out"]._fields["channel"]._description_selection(self.env))
        return self.env._(
            "%(name)s asked by %(channel)s to be left alone (%(words)s). Blocked now: %(blocked)s.",
            name=self.complete_name,
            channel=labels[channel],
            words=words or self.env._("in the settings of the channel"),
            blocked=", ".join(labels[name] for name in blocked),
        )
