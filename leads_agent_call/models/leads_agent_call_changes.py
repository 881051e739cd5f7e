from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given


class LeadsAgentCall(models.Model):
    """What others do with the lead, or with the call itself, while an agent is on the phone.

    The agent sees it at once: a message of the bus without content, and the sentence when the web client asks for it.
    """

    _inherit = "leads.agent.call"  # pylint: disable=consider-merging-classes-inherited

    closed_by_id = Link(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose sale or merge gave the call its end.",
    )

    @api.readonly
    @takes(given.one)
    def what_happened(self):
        """What somebody else did with the lead, or with the call, since the call of the current user began.

        :returns: a sentence, empty when nothing happened
        :raises AccessError: for a call of somebody else
        """
        # sudo: leads.agent.call - the user's own, also with a customer who is out of sight by now
        call_sudo = self.sudo().exists()
        if call_sudo.agent_id != self.env.user:
            raise AccessError(self.env._("This is a call of somebody else."))
        return call_sudo._changes()

    def _changes(self):
        """Elevated: see :meth:`what_happened`."""
        self.ensure_one()
        if self.state == "done":
            return self._closing_sentence()
        lead, holder = self.assignment_id, self.partner_id.leads_agent_id
        is_changed = lead.state != "active" if lead else bool(holder)
        if not is_changed or holder == self.agent_id or lead.ended_by_id == self.agent_id:
            return ""
        sentence = self._lead_sentence(lead, holder)
        return sentence + " " + self.env._("Log how the call ended as usual: what you write is kept.")

    def _closing_sentence(self):
        if not self.closed_by_id or self.closed_by_id == self.agent_id:
            return ""
        names = {"user": self._name_of(self.closed_by_id), "customer": self.partner_id.complete_name or ""}
        if self.is_sale:
            return self.env._(
                "%(user)s confirmed an order of %(customer)s: your call has its outcome, '%(outcome)s'.",
                outcome=self.disposition_id.name,
                **names,
            )
        return self.env._("%(user)s merged %(customer)s with another customer: your call is over.", **names)

    def _lead_sentence(self, lead, holder):
        """What became of the lead, and by whom."""
        if not lead or holder:
            # Of the lead as it is now
            current = self.partner_id.leads_assignment_ids.filtered(lambda a: a.state == "active")[:1]
        names = {
            "user": self._name_of(lead.ended_by_id if lead else current.assigned_by_id),
            "customer": self.partner_id.complete_name or "",
        }
        match lead.end_reason:
            case "resolved":
                return self.env._(
                    "%(user)s resolved the lead %(customer)s: %(outcome)s.",
                    outcome=lead.disposition_id.name,
                    **names,
                )
            case "sale":
                return self.env._("%(user)s confirmed an order of %(customer)s: the lead is closed.", **names)
        if holder:
            return self.env._("%(user)s gave the lead %(customer)s to %(holder)s.", holder=holder.name, **names)
        return self.env._("%(user)s took the lead %(customer)s back.", **names)

    def _name_of(self, user):
        """Customers who accept their offer online are no users whose name says anything."""
        return user.name if user and user._is_internal() else self.env._("The customer")

    def _lead(self):
        """Elevated: the lead of the call, when its agent holds it; also when it was taken away and given back."""
        self.ensure_one()
        Assignment = self.env["leads.agent.assignment"]
        if self.assignment_id.state == "active":
            return self.assignment_id if self.assignment_id.agent_id == self.agent_id else Assignment
        if not self.assignment_id:
            return Assignment
        mine = Domain("partner_id", "=", self.partner_id.id) & Domain("agent_id", "=", self.agent_id.id)
        return Assignment.search(mine & Domain("state", "=", "active"), limit=1)

    def _check_not_closed(self):
        """:raises UserError: when somebody else gave the user's call its outcome, and who"""
        # sudo: leads.agent.call - the user's own, also with a customer who is out of sight by now
        call_sudo = self.sudo()
        if call_sudo.agent_id == self.env.user and (sentence := call_sudo._closing_sentence()):
            raise UserError(sentence)

    @takes(given.one, note=given.text)
    def keep_note(self, note):
        """Keep what an agent wrote about a call that somebody else closed meanwhile.

        :returns: what happened, in a sentence; empty when nobody else closed it, and then nothing is written
        """
        # sudo: leads.agent.call - the user's own, also with a customer who is out of sight by now
        call_sudo = self.sudo().exists()
        if call_sudo.agent_id != self.env.user:
            raise AccessError(self.env._("This is a call of somebody else."))
        sentence = call_sudo.state == "done" and call_sudo._closing_sentence()
        if not sentence:
            return ""
        if note.strip():
            call_sudo.note = "\n".join(filter(None, (call_sudo.note, note.strip())))
            sentence += " " + self.env._("Your note is kept with the call.")
        return sentence

    @api.model
    def _tell_of_changes(self, rows):
        """Elevated: others changed what these calls are about; their agents see it at once.

        :param rows: ``(call, agent)`` ids
        """
        told = self.env.cr.precommit.data.setdefault("leads_agent.changed_calls", set())
        for call_id, agent_id in rows:
            if call_id not in told and agent_id != self.env.uid:
                told.add(call_id)
                agent = self.env["res.users"].browse(agent_id)
                # No name in it: the web client asks what happened.
                agent._bus_send("leads_agent/call_changed", {"call_id": call_id})
                agent._leads_dashboard_changed()

    @api.model
    def _follow_leads(self, assignments, end_reason=""):
        """Elevated: agents who are on the phone are told of leads that went to somebody else, or ended.

        :param str end_reason: why they ended; empty: they began
        """
        match end_reason:
            case "":
                concerned = SQL("c.agent_id <> a.agent_id")
            case "resolved" | "sale":
                concerned = SQL("TRUE")
            case _:
                concerned = SQL("c.agent_id = a.agent_id")
        self.flush_model(["partner_id", "agent_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, c.agent_id
                  FROM leads_agent_call c
                  JOIN leads_agent_assignment a ON a.partner_id = c.partner_id
                 WHERE c.state <> 'done' AND a.id = ANY(%s) AND %s
                """,
                assignments.ids,
                concerned,
            )
        )
        self._tell_of_changes(rows)
        if end_reason == "sale":
            self.browse(row[0] for row in rows)._close_by_sale(assignments)
