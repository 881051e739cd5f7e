from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import numbers_of_links, takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given

from .. import reminding
from ..clock import moment_text, time_text
from ..promising import MANAGER_FIELDS, OWN_FIELDS, check_due, complete, next_tries
from ..tools import terms


class LeadsAgentCallback(models.Model):
    """An agreement to call a customer at a certain time, which remains when its agent leaves.

    Only its agent can see it until it is missed: after the minutes in the settings it is open to the agent's call
    center, computed from the time without a job. When the agent is archived, loses the role or is on leave, it is open
    to the call center immediately. It follows a lead that is reassigned.

    A customer has at most one open callback (a unique index), and the call that keeps it closes it, so it can be
    neither lost nor kept twice.
    """

    _name = "leads.agent.callback"
    _inherit = ["leads.agent.offered.mixin"]
    _description = "Callback"
    _order = "due_at, id"
    _rec_name = "partner_id"

    partner_id = Link("res.partner", string="Customer", required=True, ondelete="restrict", index=True)
    agent_id = Link(
        "res.users",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('can_hold_leads', '=', True)]",
        help="The agent who promised the callback. Empty: open to the call center.",
    )
    team_id = Link("crm.team", string="Call Center", index="btree_not_null")
    company_id = Link("res.company", required=True, readonly=True, index=True)
    due_at = fields.Datetime(string="When", required=True)
    zone = fields.Char(string="Time Zone", readonly=True, help="The time zone in which it was agreed.")
    at_customer = fields.Char(string="In the Customer's Time Zone", compute="_compute_at_customer")
    state = fields.Selection(terms.CALLBACK_STATES, required=True, readonly=True, default="open")
    is_due = fields.Boolean(compute="_compute_is_due", search="_search_is_due")
    open_at = fields.Datetime(
        string="Missed As Of",
        compute="_compute_open_at",
        store=True,
        help="If the callback is not made by then, it opens to the call center.",
    )
    is_missed = fields.Boolean(string="Missed", compute="_compute_is_due", search="_search_is_missed")
    note = fields.Text(help="The topic to come back to.")
    call_id = Link("leads.agent.call", string="Agreed in Time Zone", readonly=True, ondelete="set null", index=True)
    kept_call_id = Link("leads.agent.call", string="Kept by", readonly=True, ondelete="set null", index=True)
    promised_at = fields.Datetime(
        string="Promised for",
        readonly=True,
        help="The time originally agreed with the customer, even if the callback has been moved since.",
    )
    moved_from = fields.Datetime(readonly=True, help="When the callback was due before it was moved automatically.")
    moved_because = fields.Selection(terms.CALLBACK_MOVES, string="Why It Moved", readonly=True)
    moved = fields.Char(compute="_compute_moved")
    told_at = fields.Datetime(
        string="Notified At", readonly=True, help="When the agent was notified that the callback is due."
    )
    closed_at = fields.Datetime(readonly=True)

    _one_open_per_customer = models.UniqueIndex(
        "(partner_id) WHERE state = 'open'", "This customer already has an open callback."
    )
    _agent_due_idx = models.Index("(agent_id, due_at) WHERE state = 'open'")
    _due_idx = models.Index("(due_at) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------------

    @api.depends("due_at", "partner_id")
    @api.depends_context("lang")
    def _compute_at_customer(self):
        # sudo: leads.agent.desk - the zone of a customer that the user may read, like the callback itself
        zones = self.env["leads.agent.desk"].sudo()._zones(self.partner_id.commercial_partner_id.ids)
        for callback in self:
            zone = zones.get(callback.partner_id.commercial_partner_id.id)
            callback.at_customer = zone and callback.due_at and moment_text(self.env, callback.due_at, zone)

    @api.depends("due_at", "company_id.leads_agent_callback_minutes")
    def _compute_open_at(self):
        for callback in self:
            # sudo: res.company - a setting of the company of the callback
            minutes = callback.company_id.sudo().leads_agent_callback_minutes
            callback.open_at = callback.due_at and callback.due_at + timedelta(minutes=minutes)

    @api.depends("due_at", "moved_from", "moved_because")
    @api.depends_context("lang", "tz", "uid")
    def _compute_moved(self):
        for callback in self:
            if not callback.moved_from:
                callback.moved = False
                continue
            # Within a day, the time is enough.
            is_within_a_day = timedelta() < callback.due_at - callback.moved_from < timedelta(days=1)
            in_words = time_text if is_within_a_day else moment_text
            before = in_words(self.env, callback.moved_from, self.env.user.tz)
            callback.moved = (
                self.env._("moved from %s, outside calling hours", before)
                if callback.moved_because == "hours"
                else self.env._("moved from %s, nobody was reached", before)
            )

    @api.depends("state", "due_at", "open_at")
    def _compute_is_due(self):
        now = fields.Datetime.now()
        for callback in self:
            callback.is_due = callback.state == "open" and bool(callback.due_at) and callback.due_at <= now
            callback.is_missed = callback.is_due and callback.open_at <= now

    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "open") & Domain("due_at", "<=", fields.Datetime.now())
        return domain if True in value else ~domain

    def _search_is_missed(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._missed_domain()
        return domain if True in value else ~domain

    @api.model
    def _missed_domain(self):
        return Domain("state", "=", "open") & Domain("open_at", "<=", fields.Datetime.now())

    @api.model
    def _for_user(self, user):
        """Domain of the open callbacks that a user may keep: own ones, and those open to a call center of the user."""
        # any!: memberships of the user and archived users, whatever the user may read of teams and users
        member = Domain("crm_team_member_ids", "any!", [("user_id", "=", user.id)])
        team = Domain("team_id", "any!", member) | Domain("team_id", "=", False)
        archived = Domain("agent_id", "any!", [("active", "=", False)])
        absent = Domain("agent_id", "=", False) | archived | self._missed_domain()
        company = Domain("company_id", "in", user._get_company_ids())
        return Domain("state", "=", "open") & company & (Domain("agent_id", "=", user.id) | (team & absent))

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    def _check_agents(self):
        """Check that the agents make calls, and that none has more callbacks than the company allows.

        :raises UserError: otherwise
        """
        if idle := self.agent_id.filtered(lambda agent: not agent.can_hold_leads):
            raise UserError(self.env._("%s does not make calls.", idle[0].name))
        # sudo: leads.agent.callback - the number of open callbacks does not depend on the current user
        counts = self.sudo()._read_group(
            [("agent_id", "in", self.agent_id.ids), ("state", "=", "open")], ["agent_id"], ["__count"]
        )
        # sudo: res.company - a setting of the company of the callback
        most = max(self.company_id.sudo().mapped("leads_agent_most_callbacks"), default=0)
        for agent, count in counts:
            if most and count > most:
                raise UserError(
                    self.env._(
                        "%(agent)s already has %(most)s open callbacks, the maximum allowed.",
                        agent=agent.name,
                        most=most,
                    )
                )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        vals_list = [numbers_of_links(self, vals) for vals in vals_list]
        for vals in vals_list:
            complete(self.env, vals)
        callbacks = super().create(vals_list)
        check_due(callbacks)
        callbacks._check_agents()
        callbacks._wake()
        return callbacks

    @api.model
    def _open_of(self, customers):
        """Return the open callbacks of customers: at most one each."""
        return self.search(Domain("partner_id", "in", customers.ids) & Domain("state", "=", "open"))

    def _follows_sentence(self, name):
        field = self._fields.get(name)
        label = field._description_string(self.env) if field else name
        return self.env._("'%s' of a callback is set automatically.", label)

    def _when(self):
        return moment_text(self.env, self.due_at, self.env.user.tz)

    @takes(vals=given.values)
    def write(self, vals):
        vals = numbers_of_links(self, vals)
        if not self.env.su:
            allowed = MANAGER_FIELDS if self.env.user._is_leads_manager() else OWN_FIELDS
            for name in vals.keys() - allowed:
                raise AccessError(self._follows_sentence(name))
            if closed := self.filtered(lambda callback: callback.state != "open"):
                raise UserError(self.env._("The callback of %s has ended.", closed[0].partner_id.display_name))
        # `_move` alone writes `moved_because`: such a time was not agreed with the customer, so it is not checked.
        is_agreed = "due_at" in vals and "moved_because" not in vals
        if is_agreed:
            vals = {
                **vals,
                "promised_at": vals["due_at"],
                "moved_from": False,
                "moved_because": False,
                "told_at": False,
            }
        result = super().write(vals)
        if is_agreed:
            check_due(self)
            self._wake()
        if vals.get("agent_id"):
            self._check_agents()
        if vals.keys() & {"due_at", "agent_id", "state"}:
            # sudo: leads.agent.callback - its agent, whoever changed it
            self.sudo().agent_id._leads_dashboard_changed()
        return result

    @takes()
    def action_cancel(self):
        """Cancel the callback: the customer no longer wants it."""
        self.check_access("write")
        # sudo: leads.agent.callback - the right to write it was checked
        self.sudo().filtered(lambda callback: callback.state == "open")._close("cancelled")
        return True

    @takes(given.one)
    def action_call(self):
        """Open the customer's page, where the call is made."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    def _close(self, state, call=None):
        """Elevated: close the callback, kept or cancelled."""
        opened = self.filtered(lambda callback: callback.state == "open")
        if opened:
            opened.write(
                {"state": state, "kept_call_id": call.id if call else False, "closed_at": fields.Datetime.now()}
            )

    def _move(self, moments, because):
        """Elevated: postpone callbacks automatically. The promised time is kept.

        :param dict moments: ``{id: moment in UTC}``
        :param str because: a value of :data:`terms.CALLBACK_MOVES`
        """
        for callback in self:
            callback.write(
                {
                    "due_at": moments[callback.id],
                    "promised_at": callback.promised_at or callback.due_at,
                    "moved_from": callback.moved_from if callback.moved_because == because else callback.due_at,
                    "moved_because": because,
                    "told_at": False,
                }
            )
        self._wake()

    def _answer(self, disposition, call):
        """Elevated: close the callback if the call reached somebody, else keep it open and reschedule it."""
        if disposition.is_contact or disposition.asks_callback:
            self._close("done", call)
            return
        opened = self.filtered(lambda callback: callback.state == "open")
        if opened and disposition.retry_minutes:
            moments = next_tries(opened, disposition.retry_minutes)
            # An early call that reached nobody does not change the agreed time.
            opened.filtered(lambda callback: callback.due_at != moments[callback.id])._move(moments, "in_vain")

    @api.model
    def _kept_by(self, user, customer):
        """Elevated: return the open callback that a call with the customer keeps."""
        return self.search(self._for_user(user) & Domain("partner_id", "=", customer.id), limit=1)

    @api.model
    def _promise(self, agent, customer, due_at, zone, note, call):
        """Elevated: create a callback after a call."""
        return self.create(
            {
                "partner_id": customer.id,
                "agent_id": agent.id,
                "team_id": call.team_id.id,
                "due_at": due_at,
                "zone": zone,
                "note": note,
                "call_id": call.id,
            }
        )

    def _wake(self):
        """Trigger the job for exactly this time."""
        cron = self.env.ref("leads_agent_call.cron_callbacks", raise_if_not_found=False)
        if cron:
            # sudo: ir.cron - the agent's callback triggers the job
            cron.sudo()._trigger(at=[callback.due_at for callback in self])

    @api.model
    def _cron_tell(self):
        reminding.remind(self.env)
