from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.leads_agent.fields import Link

from ..profile import CHANNELS

# Channels on which people identify themselves by writing.
SPOKEN_ON = [
    (name, label) for name, label in CHANNELS if name in ("mail", "chat", "whatsapp", "messenger", "instagram")
]


class LeadsAgentOptOut(models.Model):
    """An opt-out that a person requested on a channel, from that channel and from calls.

    It blocks the channel for the person, and calls for the whole customer. It ends when the same person asks for it on
    the same channel, or when a manager lifts it.
    """

    _inherit = "leads.agent.opt.out"

    channel = fields.Selection(selection_add=SPOKEN_ON, ondelete={name: "cascade" for name, _label in SPOKEN_ON})
    via = fields.Selection(SPOKEN_ON, string="Asked By", readonly=True, help="Empty if requested during a call.")
    asked_by_id = Link("res.partner", string="Requested By", readonly=True, ondelete="set null", index="btree_not_null")
    email = fields.Char(
        string="E-mail", readonly=True, help="The e-mail addresses that were added to the e-mail blacklist."
    )

    @api.model
    def _blocked_channels(self, partners):
        """Elevated: return the names of the channels blocked for contacts, except calls: ``{id: [name]}``."""
        rows = self.search(
            Domain("is_in_force", "=", True)
            & Domain("partner_id", "in", partners.ids)
            & Domain("channel", "!=", "call")
        )
        labels = dict(self._fields["channel"]._description_selection(self.env))
        blocked = {row.partner_id.id: [] for row in rows}
        for channel, label in labels.items():
            for partner in rows.filtered(lambda row, channel=channel: row.channel == channel).partner_id:
                blocked[partner.id].append(label)
        return blocked

    @api.model
    def _requested(self, person, via):
        """Elevated: return the opt-outs in force that a person requested on a channel."""
        return self.search(
            Domain("is_in_force", "=", True) & Domain("via", "=", via) & Domain("asked_by_id", "=", person.id)
        )

    @api.model
    def _block(self, person, via, with_calls):
        """Elevated: opt a person out.

        :returns: the channels that were not blocked before
        """
        known = self._requested(person, via).mapped("channel")
        source = {"via": via, "asked_by_id": person.id}
        blocked = []
        if via not in known:
            email = person.email_normalized if via == "mail" else False
            if email and self.env["mail.blacklist"].search_count([("email", "=", email)], limit=1):
                # Not blacklisted by us: lifting the opt-out must not remove it.
                email = False if not self._blacklisting(email) else email
            elif email:
                self.env["mail.blacklist"]._add(email)
            self.create({"partner_id": person.id, "channel": via, "email": email, **source})
            blocked.append(via)
        if with_calls and "call" not in known:
            self._record(person.commercial_partner_id, **source)
            blocked.append("call")
        return blocked

    def _blacklisting(self, email):
        """Return the opt-outs in force that blacklisted an e-mail."""
        return self.search(Domain("is_in_force", "=", True) & Domain("email", "=", email))

    def _lift(self, reason, user=None):
        rows = self.filtered("is_in_force")
        result = super()._lift(reason, user)
        for email in set(rows.filtered("email").mapped("email")):
            if not self._blacklisting(email):
                self.env["mail.blacklist"]._remove(email, message=reason)
        return result

    def _lifted_sentence(self, reason):
        if self.channel == "call":
            return super()._lifted_sentence(reason)
        channel = dict(self._fields["channel"]._description_selection(self.env))[self.channel]
        return self.env._("No longer blocked: %(channel)s. Reason: %(reason)s", channel=channel, reason=reason)
