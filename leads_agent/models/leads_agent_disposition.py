from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..arguments import takes
from ..fields import Bounded
from ..tools import given, limits, terms


class LeadsAgentDisposition(models.Model):
    """The outcome of a call, chosen when a lead is resolved.

    A disposition belongs to some call centers (sales teams), or to all. Closing a lead offers the ones of type
    *Sales*; those of type *Customer service* are for calls that sell nothing. A used disposition can be archived,
    never deleted: the history refers to it.
    """

    _name = "leads.agent.disposition"
    _description = "Call Disposition"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    type = fields.Selection(
        terms.DISPOSITION_TYPES,
        required=True,
        default="sales",
        help="Sales dispositions are offered when a lead is resolved.",
    )
    team_ids = fields.Many2many(
        "crm.team",
        "leads_agent_disposition_team_rel",
        "disposition_id",
        "team_id",
        string="Call Centers",
        help="Only agents of these call centers can choose this disposition. Leave empty for all call centers.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help="Tells agents when to choose this disposition.")
    cooling_days = Bounded(
        string="Cooling-Off",
        most=limits.MOST_DAYS,
        help="For this many days after a lead is resolved with this disposition, batches, imports, rules "
        "and offers do not assign it. A manager can still assign the customer manually (Assign Lead, "
        "Reassign, Reopen). 0: can be assigned at once.",
    )
    assignment_count = fields.Integer(string="Used", compute="_compute_assignment_count")

    @api.depends_context("uid")
    def _compute_assignment_count(self):
        counts = dict(
            self.env["leads.agent.assignment"]._read_group(
                [("disposition_id", "in", self.ids)], ["disposition_id"], ["__count"]
            )
        )
        for disposition in self:
            disposition.assignment_count = counts.get(disposition, 0)

    @api.constrains("name")
    def _check_name(self):
        for disposition in self:
            if not (disposition.name or "").strip():
                raise ValidationError(self.env._("A disposition needs a name."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self._set_by_sale() & self:
            raise UserError(self.env._("The disposition %s is set by every sale.", self._set_by_sale().name))
        # sudo: leads.agent.assignment - users who may delete dispositions must learn of any use, visible to them or not
        used = self.env["leads.agent.assignment"].sudo().search([("disposition_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "The disposition %s was used to resolve leads. Archive it instead: agents can then no longer "
                    "choose it, and the history keeps it.",
                    used.disposition_id.name,
                )
            )

    @api.model
    def _set_by_sale(self):
        """Return the shipped disposition of leads resolved by a sale; users cannot choose it."""
        res_id = self.env["ir.model.data"]._xmlid_to_res_id("leads_agent.disposition_sale", raise_if_not_found=False)
        return self.browse(res_id or ())

    @api.model
    def _offered_to(self, user):
        """Return the domain of dispositions of ``user``'s call centers (as member or leader), and of all."""
        # any!: the membership of the user, whatever the user may read of teams
        member = Domain("crm_team_member_ids", "any!", [("user_id", "=", user.id)])
        team = Domain("team_ids", "any!", Domain("user_id", "=", user.id) | member)
        return team | Domain("team_ids", "not any!", Domain.TRUE)

    @api.model
    def _closing_domain(self):
        """Return the domain of dispositions that close a lead."""
        return Domain("type", "=", "sales")

    def _available_to(self, user):
        """Return the dispositions that ``user`` may choose: of their call centers, or of all."""
        return self.search(Domain("id", "in", self.ids) & self._offered_to(user))

    @takes(given.one)
    def action_open_assignments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_assignments")
        action["domain"] = [("disposition_id", "=", self.id)]
        action["context"] = {}
        return action
