"""People who opt out on a channel, and opt in again."""

from odoo.fields import Domain


class Stopping:
    """Handles opt-outs of a person. Needs the person elevated."""

    def __init__(self, person):
        self.env, self.person = person.env, person

    def is_stopped(self):
        """Whether the person has opted out on any channel."""
        mine = Domain("is_in_force", "=", True) & Domain("asked_by_id", "=", self.person.id)
        return bool(self.env["leads.agent.opt.out"].search_count(mine, limit=1))

    def handle(self, purpose, channel, words, *, identity=None, at=None):
        """Block the channel, or lift the block, if the person asked for it.

        :param str purpose: ``stop`` or ``start``; others are ignored
        :param str words: what the person wrote; empty if chosen in the settings of the channel
        :param identity: the person's names on the channel, if its messages may arrive out of order
        :param at: when it was sent, in UTC
        """
        if not self.person or purpose not in ("stop", "start"):
            return
        self.person.ensure_one()
        if identity:
            if any(one.asked_at and one.asked_at > at for one in identity):
                return
            identity.asked_at = at
        OptOut = self.env["leads.agent.opt.out"]
        labels = dict(OptOut._fields["channel"]._description_selection(self.env))
        if purpose == "start":
            said = words or self.env._("unblocked in the channel settings")
            reason = self.env._("%(words)s, by %(channel)s", words=said, channel=labels[channel])
            OptOut._requested(self.person, channel)._lift(reason)
        elif blocked := OptOut._block(self.person, channel, with_calls=self._company().leads_stop_blocks_calls):
            self._notify(channel, words, blocked)

    def _company(self):
        """Return the company that handles this customer."""
        customer = self.person.commercial_partner_id
        assignment = customer.leads_assignment_ids.filtered(lambda one: one.state == "active")
        return customer.company_id or assignment.company_id or self.env.company

    def _notify(self, channel, words, blocked):
        """Log the opt-out on the contact, and notify the holder of the customer."""
        root = self.env.ref("base.partner_root")
        self.person._message_log(body=self._sentence(channel, words, blocked), author_id=root.id)
        if agent := self.person.commercial_partner_id.leads_agent_id:
            lead = self.person.with_context(lang=agent.lang, tz=agent.tz)
            lead.env["mail.thread"].message_notify(
                partner_ids=agent.partner_id.ids,
                subject=lead.env._("Opted out: %s", lead.complete_name),
                body=Stopping(lead)._sentence(channel, words, blocked),
                author_id=root.id,
            )
            agent._leads_dashboard_changed()

    def _sentence(self, channel, words, blocked):
        labels = dict(self.env["leads.agent.opt.out"]._fields["channel"]._description_selection(self.env))
        return self.env._(
            "%(name)s opted out by %(channel)s (%(words)s). Now blocked: %(blocked)s.",
            name=self.person.complete_name,
            channel=labels[channel],
            words=words or self.env._("in the channel settings"),
            blocked=", ".join(labels[name] for name in blocked),
        )
