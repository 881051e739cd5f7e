from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, clean_context
from odoo.tools.sql import column_exists, create_column

from .. import cooling, customer_changes, newest
from ..arguments import numbers_of_links, takes
from ..assigning import Assigning, Request, Terms, read_leads
from ..cooling import REFUSAL
from ..fields import Rows
from ..tools import given
from ..tools.eligibility import Cause
from .access.res_partner import SIGN_IN_FIELDS
from .res_groups import HOLDERS


class ResPartner(models.Model):
    """A lead is a commercial customer; its contacts go with it.

    ``leads_agent_id`` is stored on every contact and written by the assignments alone. Whether a customer is
    assignable is not stored: it depends on the newest order at the time of reading.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "leads.agent.sight.mixin", "leads.agent.offered.mixin"]

    leads_agent_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The agent who holds this customer now.",
    )
    is_assignable_lead = fields.Boolean(
        string="Assignable Lead",
        compute="_compute_is_assignable_lead",
        compute_sudo=True,
        search="_search_is_assignable_lead",
        help="A commercial entity whose latest order, across all contacts and companies, is still a quotation.",
    )
    leads_assignment_ids = Rows("leads.agent.assignment", "partner_id", string="Lead Assignments")
    leads_assignment_count = fields.Integer(compute="_compute_leads_assignment_count")
    is_leads_refused = fields.Boolean(
        string="Not Assigned",
        compute="_compute_leads_refusal",
        search="_search_is_leads_refused",
        compute_sudo=True,
        help="The customer cannot be assigned to anybody at the moment, not even manually.",
    )
    leads_refusal = fields.Char(
        string="Why It Cannot Be Assigned",
        compute="_compute_leads_refusal",
        compute_sudo=True,
        groups=HOLDERS,
        help="Why the customer cannot be assigned to anybody at the moment.",
    )
    leads_history_ids = Rows("leads.agent.history", "partner_id", string="Timeline", readonly=True, groups=HOLDERS)

    _leads_internal_idx = models.Index("(id) WHERE partner_share IS NOT TRUE")

    # ------------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------------

    @api.depends("commercial_partner_id", "active")
    def _compute_is_assignable_lead(self):
        leads = read_leads(self.env, self._origin.ids)
        for partner in self:
            lead = leads.by_commercial.get(partner._origin.id)
            partner.is_assignable_lead = bool(lead and lead.is_assignable)

    def _search_is_assignable_lead(self, operator, value):
        """Search by the newest order, read row by row from an index: a page of a list costs a page of look-ups.

        Contacts have no order of their own here: ``leads_commercial_partner_id`` is always the commercial entity.
        """
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, query):
            return SQL(
                """
                (%(active)s AND EXISTS (
                    SELECT FROM (%(newest)s) newest WHERE %(is_partial)s))
                """,
                active=SQL.identifier(alias, "active"),
                newest=newest.order_sql(self.env, SQL.identifier(alias, "id")),
                is_partial=newest.is_partial_sql("newest"),
            )

        self.env["sale.order"].flush_model(["leads_commercial_partner_id", "state", "date_order"])
        self.flush_model(["active", "commercial_partner_id"])
        domain = Domain.custom(to_sql=to_sql, predicate=lambda partner: partner.is_assignable_lead)
        return domain if True in value else ~domain

    @api.depends("leads_assignment_ids")
    def _compute_leads_assignment_count(self):
        Assignment = self.env["leads.agent.assignment"]
        counts = {}
        if Assignment.has_access("read"):
            counts = dict(
                Assignment._read_group(
                    [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
                )
            )
        for partner in self:
            partner.leads_assignment_count = counts.get(partner.commercial_partner_id, 0)

    def _auto_init(self):
        """Skip reading every customer at install, as nobody is held yet."""
        if not column_exists(self.env.cr, "res_partner", "leads_agent_id"):
            create_column(self.env.cr, "res_partner", "leads_agent_id", "int4")
        return super()._auto_init()

    def _leads_customer(self):
        """Return the commercial customer that this contact belongs to."""
        return self.commercial_partner_id

    @api.model
    @takes(help_message=given.text)
    def get_empty_list_help(self, help_message):
        """Explain to agents why their list is empty."""
        return self.env.user._leads_explain_empty_list(super().get_empty_list_help(help_message))

    # ------------------------------------------------------------------
    # Order entry by agents
    # ------------------------------------------------------------------

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        if self.env.su or not self.env.user._is_leads_agent():
            partners = super().create(vals_list)
            partners._leads_inherit_holder()
            return partners
        self.check_access("create")
        vals_list = self._leads_judged([{**self._leads_proposed(), **vals} for vals in vals_list])
        vals_list = [self._leads_check_new_customer(vals) for vals in vals_list]
        # sudo: res.partner - every value was checked above; core writes more fields on a new contact than an agent may
        elevated = self.with_env(self.env(su=True, context=clean_context(self.env.context)))
        partners = super(ResPartner, elevated).create(vals_list)
        partners._leads_inherit_holder()
        if self.env.user.leads_locked:
            own = partners.filtered(lambda partner: partner.commercial_partner_id == partner)
            if own:
                # sudo: leads.agent.assignment - a customer created by the agent; nobody writes assignments directly
                entering = Assigning(self.sudo().env, Terms("order_entry", unconditional=True))
                entering.run(
                    [Request(customer.id, self.env.uid, self.env._("Entered by the agent")) for customer in own]
                )
        partners = partners.with_env(self.env)
        partners.check_access("create")
        return partners

    def _leads_inherit_holder(self):
        """Give new contacts the holder of their customer."""
        for partner in self:
            # sudo: res.partner - a new contact gets the holder of its company, whom nobody may write directly
            if partner.parent_id and (holder := partner.commercial_partner_id.sudo().leads_agent_id):
                partner.sudo().leads_agent_id = holder

    # ------------------------------------------------------------------
    # Changes of the commercial entity, archiving, deleting
    # ------------------------------------------------------------------

    @takes(vals=given.values)
    def write(self, vals):
        if not self.env.su:
            if self.env.user._is_leads_agent():
                vals = self._leads_check_correction(numbers_of_links(self, vals))
            elif "leads_agent_id" in vals:
                vals = self._leads_without_same_holder(vals)
            if self.env.user._is_leads_manager():
                vals = numbers_of_links(self, vals)
            if vals.keys() & SIGN_IN_FIELDS and self.env.user._leads_writes_customers_by_role():
                self._leads_check_sign_in(vals)
        moves = bool(vals.keys() & {"parent_id", "is_company", "company_type"})
        # sudo: res.partner - only compares companies; the write below checks access
        before = {partner: partner.sudo().commercial_partner_id for partner in self} if moves else {}
        result = super().write(vals)
        if moves:
            # sudo: res.partner - follows from a change of contacts that the user was allowed to make
            customer_changes.follow(self.sudo(), before)
        if "company_id" in vals:
            # sudo: res.partner, leads.agent.assignment - follows from the allowed change of company
            self.sudo().filtered("leads_agent_id").commercial_partner_id._on_customers_changed("company")
            customer_changes.leave_foreign_companies(self.sudo())
        if vals.get("active") is False:
            # sudo: leads.agent.assignment - archiving a customer ends the assignment, regardless of the user
            held = self.sudo().filtered("leads_agent_id")
            held.leads_assignment_ids._end("archived")
            # sudo: leads.agent.assignment, res.partner - likewise
            self.env["leads.agent.assignment"].sudo()._end_grace(Domain("partner_id", "in", self.ids))
            # sudo: res.partner - records linked to the customer end too, regardless of the user
            self.sudo()._on_customers_changed("archived")
        return result

    def _leads_without_same_holder(self, vals):
        """Drop an unchanged holder from the values, as merging contacts writes every value back."""
        # sudo: res.partner - only compares
        if all(partner.leads_agent_id.id == vals["leads_agent_id"] for partner in self.sudo()):
            return {name: value for name, value in vals.items() if name != "leads_agent_id"}
        return vals

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lead(self):
        # sudo: leads.agent.assignment - users who may delete contacts must learn of any assignment
        lead = self.env["leads.agent.assignment"].sudo().search([("partner_id", "in", self.ids)], limit=1)
        if lead:
            raise UserError(
                self.env._(
                    "%s has been assigned to Leads Agents, and the history refers to the customer. Archive the contact "
                    "instead.",
                    lead.partner_id.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Who is a customer
    # ------------------------------------------------------------------

    def _leads_is_ours(self):
        """Elevated: whether this is a colleague, a company of the database, or a contact of one."""
        us = self | self.commercial_partner_id
        return not all(us.mapped("partner_share")) or bool(us.ref_company_ids)

    @api.model
    def _leads_ours_sentence(self, name):
        return self.env._("%s is a colleague or one of your own companies, not a customer.", name)

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    @api.depends_context("lang", "company")
    def _compute_leads_refusal(self):
        causes = self._refused(self.commercial_partner_id._origin.ids, "give")
        for partner in self:
            customer = partner.commercial_partner_id._origin
            cause = causes.get(customer.id)
            partner.is_leads_refused = bool(cause)
            partner.leads_refusal = cause and self._refusal_sentence(cause.kind, customer.complete_name, cause)

    def _search_is_leads_refused(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._refused_domain("give")
        return domain if True in value else ~domain

    @api.model
    def _refusals(self):
        """Hook: return the reasons why a customer may not be assigned or called, the most serious first.

        :rtype: tuple[Refusal]
        """
        return (REFUSAL,)

    @api.model
    def _refusal_sentence(self, name, customer, known):
        return next(refusal.sentence(self.env, customer, known) for refusal in self._refusals() if refusal.name == name)

    @api.model
    def _refusals_sql(self, customer, entry_point, but_judged=False):
        """Return SQL for the array of refusals of customers at an entry point, by name, in the order of the list.

        :param SQL customer: the id of a commercial customer
        :param bool but_judged: without refusals judged by the facts of a call
        """
        self._flush_refusals()
        names = [
            SQL("CASE WHEN %s THEN %s END", refusal.condition(self.env, customer), refusal.name)
            for refusal in self._refusals()
            if entry_point in refusal.entry_points and refusal.condition and not (but_judged and refusal.judge)
        ]
        return SQL("array_remove(ARRAY[%s]::text[], NULL)", SQL(", ").join(names))

    @api.model
    def _refused_sql(self, customer, entry_point):
        """Return the condition that a commercial customer is refused at an entry point."""
        self._flush_refusals()
        conditions = [
            refusal.condition(self.env, customer)
            for refusal in self._refusals()
            if entry_point in refusal.entry_points and refusal.condition
        ]
        return SQL("(%s)", SQL(" OR ").join(conditions or [SQL("FALSE")]))

    @api.model
    def _refused_domain(self, entry_point):
        """Return the domain of customers refused at an entry point; contacts count as their customer."""

        return Domain.custom(
            to_sql=lambda model, alias, query: model._refused_sql(
                SQL.identifier(alias, "commercial_partner_id"), entry_point
            ),
            predicate=lambda partner: bool(partner._refused(partner.commercial_partner_id.ids, entry_point)),
        )

    @api.model
    def _refused(self, partner_ids, entry_point):
        """Return the commercial customers that are refused now at an entry point.

        :returns: ``{partner_id: Cause}``
        """
        if not entry_point or not partner_ids:
            return {}
        names_of = self._refusal_names(partner_ids, entry_point)
        grave = {
            partner_id: next(refusal.name for refusal in self._refusals() if refusal.name in names)
            for partner_id, names in names_of.items()
        }
        causes = cooling.causes(self.env, [nr for nr, name in grave.items() if name == REFUSAL.name])
        return {partner_id: causes.get(partner_id) or Cause(name) for partner_id, name in grave.items()}

    @api.model
    def _refusal_names(self, partner_ids, entry_point):
        """Return the refusals of customers at an entry point.

        :returns: ``{partner_id: names of refusals}``, only of refused customers
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH customers AS MATERIALIZED (
                    SELECT c.id, %(names)s AS names FROM res_partner c WHERE c.id = ANY(%(partners)s))
                SELECT id, names FROM customers WHERE names <> '{}'
                """,
                names=self._refusals_sql(SQL("c.id"), entry_point),
                partners=list(partner_ids),
            )
        )
        return {partner_id: set(names) for partner_id, names in rows}

    @api.model
    def _flush_refusals(self):
        """Flush the fields that the conditions read."""
        for model in ("leads.agent.assignment", "leads.agent.disposition"):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["active", "commercial_partner_id"])

    # ------------------------------------------------------------------
    # Hooks. Called elevated, once per operation
    # ------------------------------------------------------------------

    def _on_leads_changed(self):
        """Hook: the value of the quotations of these held commercial customers changed."""

    def _on_customers_changed(self, change, into=None):
        """Hook: these customers changed in a way that records linked to them must follow.

        :param str change: ``archived``; ``company``: they belong to another company; ``became``: they are contacts of
            other customers now, or merged into them; ``ours``: they are colleagues, or companies of the database
        :param dict into: of ``became``, ``{partner_id: id of the customer it belongs to now}``
        """

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_leads_order(self):
        """Open the form of a new order of the customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_order_entry")
        return action | {"context": {"default_partner_id": self.id}}

    @takes(given.one)
    def action_leads_resolve(self):
        """Open *Mark Lead As Resolved* for the customer.

        :raises UserError: when nobody holds the customer
        """
        self.ensure_one()
        self.check_access("read")
        assignment = self.env["leads.agent.assignment"].search(
            Domain("partner_id", "=", self.commercial_partner_id.id) & Domain("state", "=", "active")
        )
        return assignment.action_resolve()

    @takes(given.one)
    def action_assign_lead(self):
        """Open *Assign Lead* for this customer."""
        self.env.user._check_leads_manager()
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign Lead"),
            "res_model": "leads.agent.assign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    @takes(given.one)
    def action_open_leads_assignments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_assignments")
        return action | {"domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}
