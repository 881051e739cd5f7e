from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.tools import given

from .. import following, meanwhile
from ..tools import terms

# Browsers say every minute that they are there; one whose server was stopped no longer does.
PRESENCE_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Desk:
    """What an agent is doing now.

    :param state: a value of :data:`terms.DESK_STATES`
    :param since: when the state began, if known
    :param call_sudo: the call without an outcome, if any; its customer may only be shown to users who may read the call
    :param absence: why the agent is away, as in :meth:`_leads_absences`, or ``signed_out``
    """

    state: str
    since: datetime | bool = False
    call_sudo: models.BaseModel | None = None
    absence: str = ""


class ResUsers(models.Model):
    """What an agent is doing at this moment.

    Only the break is stored. The rest is computed: from the call without an outcome, which takes precedence over a
    break, and from whether the agent is available and signed in. A break neither unassigns leads nor holds back
    callbacks. Beginning a call ends it, and it is no longer shown after working hours or once a leave has begun.
    """

    _inherit = "res.users"

    leads_break_since = fields.Datetime(string="On Break Since", readonly=True, copy=False)
    leads_desk_state = fields.Selection(
        terms.DESK_STATES, string="At the Call Desk", compute="_compute_leads_desk_state", compute_sudo=True
    )

    @api.depends("leads_availability", "leads_break_since")
    def _compute_leads_desk_state(self):
        desks = self._origin.filtered("can_hold_leads")._leads_desks()
        for user in self:
            desk = desks.get(user._origin.id)
            user.leads_desk_state = desk and desk.state

    def _leads_desks(self):
        """Return what these agents are doing now. The number of queries does not depend on that of agents.

        :returns: ``{user_id: Desk}``
        """
        # sudo: leads.agent.call - that a colleague is on the phone, for any user
        call_of = {
            call.agent_id.id: call
            for call in self.env["leads.agent.call"]
            .sudo()
            .search_fetch(
                [("agent_id", "in", self.ids), ("state", "!=", "done")],
                ["agent_id", "state", "started_at", "ended_at", "partner_id", "company_id"],
            )
        }
        absences, present = self._leads_absences(), self._leads_signed_in()
        desks = {}
        # sudo: res.users - since when a colleague is on a break
        for user in self.sudo():
            if call := call_of.get(user.id):
                since = call.started_at if call.state == "talking" else call.ended_at
                desks[user.id] = Desk(call.state, since, call)
            elif user.leads_break_since and absences.get(user.id) in (None, "off"):
                desks[user.id] = Desk("break", user.leads_break_since)
            elif absence := absences.get(user.id) or ("" if user.id in present else "signed_out"):
                desks[user.id] = Desk("off", absence=absence)
            else:
                desks[user.id] = Desk("available")
        return desks

    def _leads_signed_in(self):
        """Return the ids of those of these users who have Odoo open in a browser, as its presence says."""
        lately = fields.Datetime.now() - PRESENCE_LASTS
        here = Domain("user_id", "in", self.ids) & Domain("status", "!=", "offline") & Domain("last_poll", ">=", lately)
        # sudo: mail.presence - that a colleague is signed in, as beside every avatar
        return set(self.env["mail.presence"].sudo().search_fetch(here, ["user_id"]).user_id.ids)

    # ------------------------------------------------------------------
    # Breaks
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_leads_break(self):
        """Begin one's own break, or continue it. During a call, it begins with the outcome.

        :raises AccessError: for another user's break
        :raises UserError: when the user cannot hold leads
        """
        self._check_own_break()
        if not self.can_hold_leads:
            raise UserError(self.env._("%s does not hold leads, so breaks do not apply.", self.name))
        if not self.leads_break_since:
            self._leads_set_break(fields.Datetime.now())
        return True

    @takes(given.one)
    def action_leads_resume(self):
        """End one's own break.

        :raises AccessError: for another user's break
        """
        self._check_own_break()
        self._leads_set_break(False)
        return True

    def _check_own_break(self):
        if self != self.env.user:
            raise AccessError(self.env._("Agents begin and end their breaks themselves."))

    def _leads_set_break(self, since):
        if self.leads_break_since != since:
            # sudo: res.users - the user's own break: checked by the actions, or ended by the user's own call
            user = self.sudo()
            user.leads_break_since = since
            user._bus_send("leads_agent/break", {"is_on_break": bool(since)})

    # ------------------------------------------------------------------
    # Home action
    # ------------------------------------------------------------------

    def _home_action(self):
        """Managers who hold no leads land on the Live Floor."""
        candidates = super()._home_action()
        floor = self.env.ref("leads_agent_call.action_floor", raise_if_not_found=False)
        if floor and self.is_leads_manager and not (self.is_leads_agent or self.leads_may_hold):
            return [floor.id, *candidates]
        return candidates

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _on_leads_role_lost(self):
        following.release(self)
        meanwhile.abandon(self)
        return super()._on_leads_role_lost()

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if "company_ids" in vals:
            # sudo: leads.agent.assignment - *Next* uses the settings of the agent's companies
            holders = self.filtered("can_hold_leads")
            self.env["leads.agent.assignment"].sudo()._refresh_priorities(Domain("agent_id", "in", holders.ids))
        return result
