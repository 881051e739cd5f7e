from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Bounded
from odoo.addons.leads_agent.tools import given

from ..holding import Holding
from ..tools import queueing, ranking, tag_matching

MINUTES = (2, 20_160)
MOST_CATCH_ALL = 5
# In seconds.
IMPORT_SPACING = 60
# Numbers that are required.
NEEDED = ("leads_offer_minutes", "leads_offer_most_agents", "leads_offer_spacing", "leads_offer_score_days")
# Settings that decide when leads are offered.
GATE = {"leads_offer_calendar_id", "leads_offer_override", "leads_offer_intercept", "leads_offer_spacing"}
OVERRIDES = [("open", "Open now"), ("closed", "Closed now")]


class ResCompany(models.Model):
    """The settings of a company for routing and offering incoming leads."""

    _inherit = "res.company"

    leads_offer_minutes = Bounded(
        string="Time to Answer",
        least=MINUTES[0],
        most=MINUTES[1],
        default=5,
        help="Number of minutes for which a lead is offered to one agent only. 3 to 15 are recommended.",
    )
    leads_offer_most_agents = Bounded(
        string="Maximum Agents per Lead", least=1, most=ranking.MOST_AGENTS, default=ranking.MOST_AGENTS
    )
    leads_offer_shark_minutes = Bounded(
        string="Shark Tank",
        most=MINUTES[1],
        help="Number of minutes for which a lead that nobody accepted is open to all agents who missed it. "
        "0: no shark tank.",
    )
    leads_offer_catch_all_ids = fields.Many2many(
        "res.users",
        "leads_offer_catch_all_rel",
        string="Catch-All",
        help="Up to five users who can take, assign or resubmit leads that nobody accepted.",
    )
    leads_offer_untagged_to_all = fields.Boolean(
        string="Offer Leads Without Tags to Everybody", default=True, help="If off, they go to the catch-all."
    )
    leads_offer_factor_subject = fields.Float(
        string="Factor for Tags Found in the Subject", default=tag_matching.STATED.subject
    )
    leads_offer_factor_short = fields.Float(
        string="Factor for Tags of 2 or 3 Characters", default=tag_matching.STATED.short
    )
    leads_offer_factor_case = fields.Float(string="Factor for Matching Case", default=tag_matching.STATED.case)
    leads_offer_performance_weight = fields.Float(
        string="Performance Weight",
        default=1.0,
        help="How much each performance point below 100 reduces an agent's score.",
    )
    leads_offer_score_days = Bounded(
        string="Performance Period", least=1, most=366, default=30, help="Number of past days whose points count."
    )
    leads_offer_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Operating Hours",
        ondelete="restrict",
        help="Outside these hours, leads are held and then released one at a time. Leave empty for no restriction.",
    )
    leads_offer_override = fields.Selection(
        OVERRIDES, string="Override", help="Applies regardless of the operating hours, until it is taken back."
    )
    leads_offer_spacing = Bounded(
        string="Time Between Releases (s)",
        least=5,
        most=60,
        default=10,
        help="Number of seconds between the release of two held leads.",
    )
    leads_offer_intercept = fields.Boolean(
        string="Hold All Leads", help="Every lead waits until a manager releases it."
    )
    leads_offer_stop_clock = fields.Boolean(
        string="Clock Stops Outside Working Hours",
        help="An offer made before the end of the agent's calling hours can be answered when they begin again.",
    )
    leads_offer_terms = fields.Html(
        string="Terms",
        translate=True,
        help="The terms agents agree to when they accept a lead. Leave empty for no terms.",
    )

    @api.constrains(*NEEDED)
    def _check_leads_offer_numbers(self):
        for company in self:
            for name in NEEDED:
                self._fields[name]._check_bounds(company[name], company)

    @api.constrains("leads_offer_catch_all_ids")
    def _check_leads_offer_catch_all(self):
        for company in self:
            users = company.leads_offer_catch_all_ids
            if len(users) > MOST_CATCH_ALL:
                raise ValidationError(self.env._("The catch-all has at most %s users.", MOST_CATCH_ALL))
            if strangers := users.filtered(lambda user: not (user.can_hold_leads or user.is_leads_manager)):
                raise ValidationError(self.env._("%s is neither a Leads Agent nor a Leads Manager.", strangers[0].name))

    @api.constrains(
        "leads_offer_factor_subject",
        "leads_offer_factor_short",
        "leads_offer_factor_case",
        "leads_offer_performance_weight",
    )
    def _check_leads_offer_factors(self):
        for company in self:
            numbers = (
                company.leads_offer_factor_subject,
                company.leads_offer_factor_short,
                company.leads_offer_factor_case,
                company.leads_offer_performance_weight,
            )
            if not all(0 <= number <= 100 for number in numbers):
                raise ValidationError(self.env._("Factors and weights of the routing are numbers from 0 to 100."))

    # ------------------------------------------------------------------
    # Input of the arithmetic
    # ------------------------------------------------------------------

    def _leads_offer_factors(self):
        return tag_matching.Factors(
            self.leads_offer_factor_subject, self.leads_offer_factor_short, self.leads_offer_factor_case
        )

    def _leads_ranking_settings(self):
        return ranking.Settings(self.leads_offer_untagged_to_all, self.leads_offer_performance_weight)

    def _leads_queue_settings(self):
        return queueing.Settings(
            most=self.leads_offer_most_agents,
            shark_minutes=self.leads_offer_shark_minutes,
            has_catch_all=bool(self.leads_offer_catch_all_ids),
        )

    def _leads_offer_catchers(self):
        """Return the users of the catch-all who may still take leads."""
        # sudo: res.users - only what they may do, regardless of the current user
        users = self.sudo().leads_offer_catch_all_ids
        return users.filtered(lambda user: user._leads_may_accept(self, is_caught=True))

    # ------------------------------------------------------------------
    # Hours
    # ------------------------------------------------------------------

    @takes(vals=given.values)
    def write(self, vals):
        before = {company: company._leads_offer_gate() for company in self} if vals.keys() & GATE else {}
        result = super().write(vals)
        for company, gate in before.items():
            if gate != company._leads_offer_gate():
                company._leads_offer_reschedule()
        return result

    def _leads_offer_gate(self):
        """Return the settings that decide when leads are offered."""
        return [self[name] for name in sorted(GATE)]

    def _leads_offer_reschedule(self):
        """Reschedule held leads after a change of hours or settings."""
        others = Domain("leads_hold", "not in", ("manager", "turn"))
        self._leads_offer_held(others, "leads_offer_until, create_date, id").reschedule(self)

    def _leads_offer_held(self, domain, order):
        """Return held leads of the company."""
        # sudo: crm.lead - follows from the settings, or managers release; users need no access to the CRM app for it
        Lead = self.env["crm.lead"].sudo().with_company(self)
        held = Domain("leads_offer_state", "=", "held") & Domain("company_id", "in", (False, self.id)) & domain
        return Holding(Lead.search(held, order=order).filtered(lambda lead: lead._leads_company() == self))

    def _leads_offer_opening(self):
        """Return when leads are offered again.

        :returns: the moment in UTC; now if they are offered now; None if it is not known
        """
        now = fields.Datetime.now()
        if self.leads_offer_override == "open":
            return now
        if self.leads_offer_override == "closed":
            return None
        calendar = self.leads_offer_calendar_id
        return calendar._leads_next_working_time(now) if calendar else now

    def _leads_offer_gap(self, hold=None):
        """Return the minimum seconds between two releases, or between two leads held for the same reason.

        :param hold: a value of ``leads_hold``; None for any two leads
        """
        return IMPORT_SPACING if hold == "import" else self.leads_offer_spacing

    @takes()
    def action_leads_offer_release(self):
        """Release held leads one by one.

        :raises AccessError: if the user is not a Leads Manager, or has no access to the company
        """
        self.env.user._check_leads_manager()
        self.check_access("read")
        for company in self:
            company._leads_offer_held(Domain.TRUE, "create_date, id").release()
