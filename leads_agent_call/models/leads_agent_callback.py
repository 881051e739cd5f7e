from datetime import date, datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from odoo.addons.leads_agent.arguments import numbers_of_links, takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given, terms
from odoo.addons.leads_agent.tools.moments import to_moment, zone_info
from odoo.addons.leads_agent.tools.refusals import Attempt

from ..tools.calling_hours import next_opening_everywhere

QUARTER = timedelta(minutes=15)
# Written by an agent on an own callback; everything else follows from what happens.
OWN_FIELDS = frozenset(("due_at", "note"))
MANAGER_FIELDS = OWN_FIELDS | {"agent_id", "team_id"}
FARTHEST = timedelta(days=366)
# How many agents are told of in one run of the job.
TOLD_AT_ONCE = 1_000


class LeadsAgentCallback(models.Model):
    """A promise to call a customer at a moment, which outlives whoever gave it.

    It is private to its agent until it is missed: after the minutes of the setting it is open to the agent's call
    center, by the clock and not by a job. When the agent is archived, loses the role or is on leave, it is open to the
    call center at once. A lead that changes hands takes it along.

    One promise per customer is open at a time (a unique index), and a call that keeps it closes it, so it can neither
    get lost nor be kept twice.
    """

    _name = "leads.agent.callback"
    _description = "Callback"
    _order = "due_at, id"
    _rec_name = "partner_id"

    partner_id = Link("res.partner", string="Customer", required=True, ondelete="restrict", index=True)
    agent_id = Link(
        "res.users",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('can_hold_leads', '=', True)]",
        help="Who promised it. Empty: open to the call center.",
    )
    team_id = Link("crm.team", string="Call Center", index="btree_not_null")
    company_id = Link("res.company", required=True, readonly=True, index=True)
    due_at = fields.Datetime(string="When", required=True)
    zone = fields.Char(string="Time Zone", readonly=True, help="The clock by which it was agreed on.")
    at_customer = fields.Char(string="At the Customer's", compute="_compute_at_customer")
    state = fields.Selection(terms.CALLBACK_STATES, required=True, readonly=True, default="open")
    is_due = fields.Boolean(compute="_compute_is_due", search="_search_is_due")
    open_at = fields.Datetime(
        string="Missed From",
        compute="_compute_open_at",
        store=True,
        help="Not made by then, it is open to the call center.",
    )
    is_missed = fields.Boolean(string="Missed", compute="_compute_is_due", search="_search_is_missed")
    note = fields.Text(help="What to come back to.")
    call_id = Link("leads.agent.call", string="Agreed in", readonly=True, ondelete="set null", index=True)
    kept_call_id = Link("leads.agent.call", string="Kept by", readonly=True, ondelete="set null", index=True)
    promised_at = fields.Datetime(
        string="Promised for", readonly=True, help="What was agreed on with the customer, whenever it is due by now."
    )
    moved_from = fields.Datetime(readonly=True, help="When it was due before it moved by itself.")
    moved_because = fields.Selection(terms.CALLBACK_MOVES, string="Why It Moved", readonly=True)
    moved = fields.Char(compute="_compute_moved")
    told_at = fields.Datetime(readonly=True, help="When the agent was told that it is due.")
    closed_at = fields.Datetime(readonly=True)

    _one_open_per_customer = models.UniqueIndex(
        "(partner_id) WHERE state = 'open'", "A callback of this customer is open already."
    )
    _agent_due_idx = models.Index("(agent_id, due_at) WHERE state = 'open'")
    _due_idx = models.Index("(due_at) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------------

    @api.depends("due_at", "partner_id")
    @api.depends_context("lang")
    def _compute_at_customer(self):
        # sudo: leads.agent.desk - the zone of customers that the user may read, as the callback itself
        zones = self.env["leads.agent.desk"].sudo()._zones(self.partner_id.commercial_partner_id.ids)
        for callback in self:
            zone = zones.get(callback.partner_id.commercial_partner_id.id)
            callback.at_customer = (
                zone and callback.due_at and format_datetime(self.env, callback.due_at, tz=zone, dt_format="short")
            )

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
            # Within a day the time alone says it.
            is_within_a_day = timedelta() < callback.due_at - callback.moved_from < timedelta(days=1)
            before = format_datetime(
                self.env,
                callback.moved_from,
                tz=self.env.user.tz or "UTC",
                dt_format="HH:mm" if is_within_a_day else "d MMM HH:mm",
            )
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
        """Open callbacks that a user may keep: own ones, and those that are open to a call center of the user."""
        # any!: the membership of the user and who is archived, whatever the user may read of teams and users
        member = Domain("crm_team_member_ids", "any!", [("user_id", "=", user.id)])
        team = Domain("team_id", "any!", member) | Domain("team_id", "=", False)
        archived = Domain("agent_id", "any!", [("active", "=", False)])
        absent = Domain("agent_id", "=", False) | archived | self._missed_domain()
        company = Domain("company_id", "in", user._get_company_ids())
        return Domain("state", "=", "open") & company & (Domain("agent_id", "=", user.id) | (team & absent))

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    @api.model
    def _parse(self, customer, values):
        """A moment from a day and a time on somebody's clock.

        :param dict values: ``date``, ``time``, ``zone`` (a name, or empty for the customer's)
        :returns: ``(moment in UTC, zone)``
        :raises UserError: when that is no moment
        """
        zone = values.get("zone")
        if not zone:
            # sudo: leads.agent.desk - the zone of a customer whom the user may read
            Desk = self.env["leads.agent.desk"].sudo()
            facts = Desk._facts(customer.ids)[customer.id]
            if not facts.zone:
                raise UserError(Desk._unknown_zone_sentence(facts))
            zone = facts.zone
        try:
            zone_info(zone)
        except (ValueError, TypeError):
            raise UserError(self.env._("There is no time zone '%s'.", zone)) from None
        try:
            day = values["date"] if isinstance(values["date"], date) else date.fromisoformat(values["date"])
            hours = float(values["time"])
            if not 0 <= hours < 24:
                raise ValueError(hours)
            moment = to_moment(datetime.combine(day, time()) + timedelta(minutes=round(hours * 60)), zone)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise UserError(self.env._("A callback needs a day and a time between 0:00 and 23:59.")) from None
        return moment, zone

    @api.model
    def _propose(self, customer, minutes):
        """The next full quarter of an hour after some minutes at which the customer may be called."""
        # sudo: leads.agent.desk - the hours of a customer whom the user may read
        facts = self.env["leads.agent.desk"].sudo()._facts(customer.ids)[customer.id]
        moment = fields.Datetime.now() + timedelta(minutes=minutes)
        moment += -timedelta(minutes=moment.minute, seconds=moment.second) % QUARTER
        return next_opening_everywhere(facts.clocks, moment) or moment, facts.zone or self.env.user.tz or "UTC"

    def _check_due(self):
        """:raises UserError: when nobody could or may call then"""
        now = fields.Datetime.now()
        # sudo: leads.agent.desk - the hours and numbers of customers whom the user may read
        Desk = self.env["leads.agent.desk"].sudo()
        facts_of = Desk._facts(self.partner_id.ids)
        for callback in self:
            facts = facts_of[callback.partner_id.id]
            zone = facts.zone or self.env.user.tz or "UTC"
            when = format_datetime(self.env, callback.due_at, tz=zone, dt_format="short")
            if callback.due_at <= now:
                raise UserError(self.env._("The callback would be in the past: %s.", when))
            if callback.due_at > now + FARTHEST:
                raise UserError(self.env._("The callback would be more than a year away: %s.", when))
            if refusal := Desk._refusal(Attempt(facts, self.env.user, callback.due_at), "promise"):
                raise UserError(refusal)

    def _check_agents(self):
        """:raises UserError: when somebody promises who makes no calls, or more than the company lets"""
        if idle := self.agent_id.filtered(lambda agent: not agent.can_hold_leads):
            raise UserError(self.env._("%s makes no calls.", idle[0].name))
        # sudo: leads.agent.callback - how many are open does not depend on who asks
        counts = self.sudo()._read_group(
            [("agent_id", "in", self.agent_id.ids), ("state", "=", "open")], ["agent_id"], ["__count"]
        )
        # sudo: res.company - a setting of the company of the callback
        most = max(self.company_id.sudo().mapped("leads_agent_most_callbacks"), default=0)
        for agent, count in counts:
            if most and count > most:
                raise UserError(
                    self.env._(
                        "%(agent)s has %(most)s open callbacks already; more are not allowed.",
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
            self._complete(vals)
        callbacks = super().create(vals_list)
        callbacks._check_due()
        callbacks._check_agents()
        callbacks._wake()
        return callbacks

    def _complete(self, vals):
        """What follows for a new callback, and what its author may not say."""
        if not self.env.su:
            allowed = {"partner_id", "zone"} | (
                MANAGER_FIELDS if self.env.user._is_leads_manager() else OWN_FIELDS | {"agent_id", "team_id"}
            )
            for name in vals.keys() - allowed:
                if vals[name] and vals[name] != self.default_get([name]).get(name):
                    raise AccessError(self._follows_sentence(name))
                del vals[name]
            if self.env.user._is_leads_agent() and (vals.get("agent_id") or self.env.uid) != self.env.uid:
                raise AccessError(self.env._("You promise callbacks of your own only."))
        partner = self.env["res.partner"].browse(vals.get("partner_id")).exists()
        if not partner:
            raise UserError(self.env._("A callback needs a customer."))
        partner.check_access("read")
        partner._leads_check_is_customer()
        customer = partner.commercial_partner_id
        # sudo: res.partner, res.users - the holder of a customer whom the user may read
        holder = customer.sudo().leads_agent_id
        agent = self.env["res.users"].browse(vals.get("agent_id") or holder.id or self.env.uid).sudo()
        if holder and holder != agent and not self.env.su:
            raise UserError(
                self.env._(
                    "%(customer)s is the lead of %(holder)s.", customer=customer.display_name, holder=holder.name
                )
            )
        vals |= {
            "partner_id": customer.id,
            "agent_id": agent.id,
            "team_id": vals.get("team_id") or agent.sale_team_id.id,
            "company_id": self._company_for(customer, agent).id,
            "promised_at": vals.get("due_at"),
        }
        # sudo: leads.agent.callback - whether there is one, whoever may read it
        open_one = self.sudo()._open_of(customer)
        if open_one:
            raise UserError(
                self.env._(
                    "A callback of %(customer)s is open already, for %(when)s.",
                    customer=customer.display_name,
                    when=open_one._when(),
                )
            )

    @api.model
    def _open_of(self, customers):
        """The open callbacks of customers: one each at most."""
        return self.search(Domain("partner_id", "in", customers.ids) & Domain("state", "=", "open"))

    @api.model
    def _company_for(self, customer, agent):
        """The company of the customer; else that of the lead, where the agent works in it."""
        # sudo: res.partner, leads.agent.assignment - the companies of a customer whom the user may read
        if company := customer.sudo().company_id:
            return company
        Assignment = self.env["leads.agent.assignment"].sudo()
        lead = Assignment.search([("partner_id", "=", customer.id), ("state", "=", "active")], limit=1)
        worked_in = agent.company_ids
        return (lead.company_id & worked_in) or (self.env.company & worked_in) or agent.company_id or self.env.company

    @api.model
    def _follow_companies(self, partners):
        """Elevated: customers belong to another company now, and so does what was promised to them."""
        for callback in self._open_of(partners.filtered("company_id")):
            if callback.company_id != callback.partner_id.company_id:
                callback.company_id = callback.partner_id.company_id

    def _follows_sentence(self, name):
        field = self._fields.get(name)
        label = field._description_string(self.env) if field else name
        return self.env._("'%s' of a callback follows by itself.", label)

    def _when(self):
        return format_datetime(self.env, self.due_at, dt_format="short")

    @takes(vals=given.values)
    def write(self, vals):
        vals = numbers_of_links(self, vals)
        if not self.env.su:
            allowed = MANAGER_FIELDS if self.env.user._is_leads_manager() else OWN_FIELDS
            for name in vals.keys() - allowed:
                raise AccessError(self._follows_sentence(name))
            if closed := self.filtered(lambda callback: callback.state != "open"):
                raise UserError(self.env._("The callback of %s is over.", closed[0].partner_id.display_name))
        # Only `_move` writes why it moved: nobody said so, and there is nothing to refuse.
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
            self._check_due()
            self._wake()
        if vals.get("agent_id"):
            self._check_agents()
        if vals.keys() & {"due_at", "agent_id", "state"}:
            # sudo: leads.agent.callback - who promised it, whoever changed it
            self.sudo().agent_id._leads_dashboard_changed()
        return result

    @takes()
    def action_cancel(self):
        """The customer no longer wants to be called back."""
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
        """Elevated: the promise is kept, or no longer wanted."""
        opened = self.filtered(lambda callback: callback.state == "open")
        if opened:
            opened.write(
                {"state": state, "kept_call_id": call.id if call else False, "closed_at": fields.Datetime.now()}
            )

    def _move(self, moments, because):
        """Elevated: due at another moment, without anybody saying so. What was promised stays on record.

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

    def _next_tries(self, minutes):
        """Elevated: when to call again after nobody was reached: after some minutes, but not before the moment that was
        promised, and at an hour at which the customers may be called.

        A callback keeps its exact time (N7). Who is called a day early and misses it waits for the call that was agreed
        on: the retry of the outcome says when to call again at the earliest, and never takes the place of the promise.

        :returns: ``{id: moment in UTC}``
        """
        facts_of = self.env["leads.agent.desk"]._facts(self.partner_id.ids)
        retry = fields.Datetime.now() + timedelta(minutes=minutes)
        moments = {}
        for callback in self:
            moment = max(retry, callback.promised_at or callback.due_at)
            moments[callback.id] = next_opening_everywhere(facts_of[callback.partner_id.id].clocks, moment) or moment
        return moments

    def _answer(self, disposition, call):
        """Elevated: what the outcome of a call means for the promise: kept when somebody was reached, else open."""
        if disposition.is_contact or disposition.asks_callback:
            self._close("done", call)
            return
        opened = self.filtered(lambda callback: callback.state == "open")
        if opened and disposition.retry_minutes:
            moments = opened._next_tries(disposition.retry_minutes)
            # Called too early, it is still due when it was: nothing moved.
            opened.filtered(lambda callback: callback.due_at != moments[callback.id])._move(moments, "in_vain")

    @api.model
    def _cancel_for(self, customers):
        """Elevated: these customers may not be called any more; who promised it is told."""
        callbacks = self.search(Domain("partner_id", "in", customers.ids) & Domain("state", "=", "open"))
        callbacks._close("cancelled")
        for callback in callbacks.filtered("agent_id"):
            agent = callback.agent_id
            callback.with_context(lang=agent.lang, tz=agent.tz)._tell(agent)

    # ------------------------------------------------------------------
    # It follows its lead
    # ------------------------------------------------------------------

    @api.model
    def _follow_started(self, assignments):
        """Elevated: the new holders keep what was promised. Each assignment remembers whose it was before."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH came AS (
                    SELECT c.id, c.agent_id AS former_id, a.id AS assignment_id, a.agent_id
                      FROM leads_agent_callback c
                      JOIN leads_agent_assignment a ON a.partner_id = c.partner_id
                     WHERE a.id = ANY(%s) AND c.state = 'open'
                ), remembered AS (
                    UPDATE leads_agent_assignment a SET callback_id = came.id, callback_agent_id = came.former_id
                      FROM came WHERE a.id = came.assignment_id
                )
                UPDATE leads_agent_callback c SET agent_id = came.agent_id FROM came WHERE c.id = came.id
                """,
                assignments.ids,
            )
        )
        self.invalidate_model(flush=False)
        assignments.invalidate_model(["callback_id", "callback_agent_id"], flush=False)

    @api.model
    def _follow_ended(self, assignments, end_reason):
        """Elevated: of a lead that is closed nothing is promised any more; of others, the call center keeps it."""
        match end_reason:
            case "resolved" | "sale":
                change = SQL("state = 'cancelled', closed_at = %s", self.env.cr.now().replace(microsecond=0))
            case "reassigned" | "undone":
                # With the assignment that begins, or goes on, instead
                return
            case _:
                change = SQL("agent_id = NULL")
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_callback c SET %s
                  FROM leads_agent_assignment a
                 WHERE a.id = ANY(%s) AND c.partner_id = a.partner_id AND c.state = 'open'
                   AND (%s OR c.agent_id = a.agent_id)
                """,
                change,
                assignments.ids,
                end_reason in ("resolved", "sale"),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _follow_undone(self, assignments):
        """Elevated: what came along with leads is whose it was; nobody's where that is nobody who calls."""
        unable = list(assignments.callback_agent_id._leads_unable())
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE leads_agent_callback c
                   SET agent_id = CASE WHEN a.callback_agent_id = ANY(%s) THEN NULL ELSE a.callback_agent_id END
                  FROM leads_agent_assignment a
                 WHERE a.id = ANY(%s) AND c.id = a.callback_id AND c.state = 'open'
                   AND (c.agent_id = a.agent_id OR c.agent_id IS NULL)
                """,
                unable,
                assignments.ids,
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _kept_by(self, user, customer):
        """Elevated: the open callback that a call with the customer keeps."""
        return self.search(self._for_user(user) & Domain("partner_id", "=", customer.id), limit=1)

    @api.model
    def _promise(self, agent, customer, due_at, zone, note, call):
        """Elevated: a new promise after a call."""
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

    # ------------------------------------------------------------------
    # Nobody is left waiting
    # ------------------------------------------------------------------

    @api.model
    def _release(self, users):
        """Elevated: open to the call center at once what these users promised."""
        if promised := self.search([("agent_id", "in", users.ids), ("state", "=", "open")]):
            promised.agent_id = False

    def _refused(self, facts_of):
        """Elevated: those of these callbacks whose customer may not be called any more, at whatever hour."""
        Desk, now = self.env["leads.agent.desk"], fields.Datetime.now()
        return self.filtered(
            lambda callback: Desk._refused(Attempt(facts_of[callback.partner_id.id], callback.agent_id, now), "keep")
        )

    @api.model
    def _pass_to(self, entity_of):
        """Elevated: customers became others; of several promises to one, the first due stays, with all notes, unless
        they may not be called any more.

        :param dict entity_of: ``{partner_id: id of the customer it belongs to now}``
        """
        callbacks = self.search(Domain("partner_id", "in", [*entity_of, *entity_of.values()]))
        for entity_id, together in callbacks.grouped(
            lambda callback: entity_of.get(callback.partner_id.id, callback.partner_id.id)
        ).items():
            promises = together.filtered(lambda callback: callback.state == "open").sorted("due_at")
            if len(promises) > 1:
                promises[1:]._close("cancelled")
                promises[0].note = "\n".join(filter(None, promises.mapped("note")))
                # Before one takes the place of the other
                self.flush_model()
            together.filtered(lambda callback, entity_id=entity_id: callback.partner_id.id != entity_id).write(
                {"partner_id": entity_id}
            )
        # Who became one with somebody who does not want calls is not called either.
        if opened := callbacks.filtered(lambda callback: callback.state == "open"):
            facts_of = self.env["leads.agent.desk"]._facts(opened.partner_id.ids)
            self._cancel_for(opened._refused(facts_of).partner_id)

    # ------------------------------------------------------------------
    # Telling when it is due
    # ------------------------------------------------------------------

    def _wake(self):
        """Let the job run at the very moment."""
        cron = self.env.ref("leads_agent_call.cron_callbacks", raise_if_not_found=False)
        if cron:
            # sudo: ir.cron - the agent's promise sets the job's clock
            cron.sudo()._trigger(at=[callback.due_at for callback in self])

    @api.model
    def _cron_tell(self):
        """Tell agents of callbacks that became due: a pop-up and an entry in the inbox, once each.

        What may no longer be called is cancelled, what may not be called at this hour moves to the next one at which it
        may, and what was promised by somebody on leave is open to the call center.
        """
        # sudo: leads.agent.callback - a job for everybody
        due = self.sudo().search([("is_due", "=", True), ("told_at", "=", False)], limit=TOLD_AT_ONCE)
        # sudo: leads.agent.desk - the same
        Desk = self.env["leads.agent.desk"].sudo()
        facts_of = Desk._facts(due.partner_id.ids)
        now = fields.Datetime.now()
        due.told_at = now
        blocked = due._refused(facts_of)
        blocked._close("cancelled")
        later = {}
        for callback in due - blocked:
            opening = next_opening_everywhere(facts_of[callback.partner_id.id].clocks, now)
            if opening and opening > now:
                later[callback.id] = opening
        moved = due.browse(later)
        self.env["leads.agent.history"]._log_moves(moved, later)
        moved._move(later, "hours")
        told = due.filtered("is_due")
        on_leave = told.agent_id._leads_on_leave()
        told.filtered(lambda callback: callback.agent_id in on_leave).agent_id = False
        for agent, callbacks in (told | blocked).filtered("agent_id").grouped("agent_id").items():
            for callback in callbacks.with_context(lang=agent.lang, tz=agent.tz):
                callback._tell(agent)
            agent._leads_dashboard_changed()
        self.env["ir.cron"]._commit_progress(len(due), remaining=int(len(due) == TOLD_AT_ONCE))

    def _tell(self, agent):
        """One notice to the agent, in the agent's language."""
        name = self.partner_id.complete_name or ""
        zone = agent.tz or "UTC"
        if self.state == "cancelled":
            subject = self.env._("Callback cancelled: %s", name)
            body = self.env._("%s may not be called any more.", name)
        else:
            subject = self.env._("Callback due: %s", name)
            body = self.env._(
                "%(customer)s expects your call at %(when)s (%(zone)s). %(note)s",
                customer=name,
                when=format_datetime(self.env, self.due_at, tz=zone, dt_format="short"),
                zone=zone,
                note=self.note or "",
            )
        self.env["mail.thread"].message_notify(partner_ids=agent.partner_id.ids, subject=subject, body=body)
        if self.state == "open":
            # The dashboard asks for what is due by itself: no name in the message.
            agent._bus_send("leads_agent/callback_due", {"callback_id": self.id})
