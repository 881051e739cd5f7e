from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, clean_context
from odoo.tools.sql import column_exists, create_column

from ..arguments import numbers_of_links, takes
from ..assigning import Assigning, Request, Terms, read_leads
from ..exceptions import CustomerOutOfSight
from ..fields import Rows
from ..tools import given, terms
from .access.res_partner import SIGN_IN_FIELDS
from .res_groups import HOLDERS

# What an agent may correct on a customer, and what else may be said of a new one.
CORRECTABLE_FIELDS = frozenset(
    ("name", "phone", "email", "street", "street2", "city", "zip", "state_id", "country_id", "lang", "child_ids")
)
NEW_CUSTOMER_FIELDS = frozenset(("parent_id", "type", "is_company", "company_type", "company_name"))
PROTECTED_FIELDS = {"leads_agent_id"}
# Keys of the context that add more than the name to the name of a contact.
WIDENING_KEYS = ("show_address", "show_email", "show_vat", "formatted_display_name", "partner_show_db_id")
EMPTY = (False, None, "", 0, [], [[6, 0, []]], [(6, 0, [])])


class ResPartner(models.Model):
    """A lead is a commercial customer; its contacts go with it.

    ``leads_agent_id`` is stored on every contact and written by the assignments alone. Whether a customer is
    assignable is never stored: it follows from the newest order at the moment of asking.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "leads.agent.sight.mixin"]

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
        help="A commercial customer whose newest order, of any contact and company, is still a quotation.",
    )
    leads_assignment_ids = Rows("leads.agent.assignment", "partner_id", string="Lead Assignments")
    leads_assignment_count = fields.Integer(compute="_compute_leads_assignment_count")
    leads_history_ids = Rows("leads.agent.history", "partner_id", string="Time Line", readonly=True, groups=HOLDERS)

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
        """The newest order decides, looked up through an index row by row: a page of a list costs a page of look-ups.

        Contacts have no order of their own here: ``leads_commercial_partner_id`` is always the commercial entity.
        """
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, query):
            return SQL(
                """
                (%(active)s AND EXISTS (
                    SELECT FROM (%(newest)s) newest WHERE newest.state IN %(partial)s))
                """,
                active=SQL.identifier(alias, "active"),
                newest=self.env["sale.order"]._leads_newest_sql(SQL.identifier(alias, "id")),
                partial=terms.PARTIAL_STATES,
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
        """Nobody holds anybody at install: skip reading every customer."""
        if not column_exists(self.env.cr, "res_partner", "leads_agent_id"):
            create_column(self.env.cr, "res_partner", "leads_agent_id", "int4")
        return super()._auto_init()

    def _leads_customer(self):
        """The commercial customer that this contact belongs to."""
        return self.commercial_partner_id

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def _leads_filter_in_sight(self):
        # sudo: res.company - whether the contact is one of the own companies, whatever the user may read of them
        held = self.filtered(
            lambda partner: (
                partner.leads_agent_id.id == self.env.uid or not partner.partner_share or partner.sudo().ref_company_ids
            )
        )
        if others := self - held:
            graced = self.env["leads.agent.assignment"]._graced_customer_ids()
            held += others.filtered(lambda partner: partner.commercial_partner_id.id in graced)
        return held

    def _leads_sight_domain(self):
        """Customers held or in their grace, colleagues and the own companies.

        All but the held ones are few and are looked up first: an OR with a subquery would be tried on every contact.
        In SQL, since this is asked with each list of contacts of whatever record: as conditions it took twice as long.
        """
        sight, uid = self.env.user._leads_sight_now(), self.env.uid

        def to_sql(partners, alias, query):
            return SQL(
                "(%s = %s OR %s = ANY(%s) OR %s = ANY(%s))",
                partners._field_to_sql(alias, "leads_agent_id", query),
                uid,
                partners._field_to_sql(alias, "id", query),
                sight["always"],
                partners._field_to_sql(alias, "commercial_partner_id", query),
                sight["graced"],
            )

        return Domain.custom(to_sql=to_sql)

    def _compute_partner_share(self):
        """Somebody becomes a colleague, or is none any more."""
        self.env["res.users"]._leads_forget_sight()
        return super()._compute_partner_share()

    def _has_field_access(self, field, operation):
        if operation == "write" and not self.env.su:
            if field.name in PROTECTED_FIELDS:
                return False
            allowed = self._leads_correctable_fields() | NEW_CUSTOMER_FIELDS
            if self.env.user._is_leads_agent() and field.name not in allowed:
                return False
        return super()._has_field_access(field, operation)

    @api.model
    def _leads_correctable_fields(self):
        """Names of the fields that an agent may write on a customer. An addon with fields of its own adds them here."""
        return CORRECTABLE_FIELDS

    @takes(specification=given.optional(given.values))
    def web_read(self, specification):
        """Loading the form of a customer out of sight raises an error of its own, on which the web client redirects."""
        if (
            specification
            and len(self) == 1
            and not self.env.su
            and self.env.user._is_leads_agent()
            and self.env.user.leads_locked
        ):
            if self.exists() and not self.has_access("read"):
                raise CustomerOutOfSight(
                    self.env._("This customer is not assigned to you, or was resolved too long ago.")
                )
        return super().web_read(specification)

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Names of other customers stand on what an agent may see; addresses, e-mails and tax ids behind them do not.

        The context widens a name, and names are read elevated, so the keys count only for who is in sight.
        """
        user = self.env.user
        widened = any(self.env.context.get(key) for key in WIDENING_KEYS)
        if not (widened and user._is_leads_agent() and user.leads_locked):
            return super()._compute_display_name()
        in_sight = self.sudo(False)._filtered_access("read").with_env(self.env)
        (self - in_sight).check_access("read")
        for partner in self - in_sight:
            partner.display_name = partner._get_complete_name()
        return super(ResPartner, in_sight)._compute_display_name()

    @takes()
    def signup_get_auth_param(self):
        """Odoo gives the token of any partner to any internal user, who could sign up as that customer."""
        if not self.env.su and self.env.user._is_leads_agent():
            self.check_access("read")
            return {partner.id: {} for partner in self}
        return super().signup_get_auth_param()

    @api.model
    @takes(help_message=given.text)
    def get_empty_list_help(self, help_message):
        """An agent who sees nothing is told why."""
        return self.env.user._leads_explain_empty_list(super().get_empty_list_help(help_message))

    @property
    def _mail_post_access(self):
        """Agents post on, and plan activities for, what they may read, without a right to write on it."""
        return "read" if self.env.user._is_leads_agent() else super()._mail_post_access

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
                # sudo: leads.agent.assignment - a customer whom the agent entered; nobody writes assignments by hand
                entering = Assigning(self.sudo().env, Terms("order_entry", unconditional=True))
                entering.run(
                    [Request(customer.id, self.env.uid, self.env._("Entered by the agent")) for customer in own]
                )
        partners = partners.with_env(self.env)
        partners.check_access("create")
        return partners

    def _leads_proposed(self):
        """What a button proposes and no form shows, as the kind of an address: judged like what is entered."""
        names = self._leads_correctable_fields() | NEW_CUSTOMER_FIELDS
        return {name: self.env.context[key] for name in names if (key := f"default_{name}") in self.env.context}

    def _leads_check_new_customer(self, vals):
        """Keep what an agent may say of a new customer; empty values and defaults, which every form sends, are dropped.

        :raises AccessError: when a value says more
        """
        allowed = self._leads_correctable_fields() | NEW_CUSTOMER_FIELDS
        others = {name: value for name, value in vals.items() if name not in allowed and value not in EMPTY}
        if others:
            # sudo: res.partner - only compares with what a form would propose
            defaults = self.with_env(self.env(su=True, context={})).default_get(list(others))
            others = {name: value for name, value in others.items() if value != defaults.get(name)}
        if others:
            raise AccessError(self._leads_sentence(next(iter(others))))
        vals = {name: value for name, value in vals.items() if name in allowed}
        if vals.get("child_ids"):
            vals["child_ids"] = [self._leads_check_new_contact(command) for command in vals["child_ids"]]
        return vals

    def _leads_check_new_contact(self, command):
        """The contacts that come with a new customer are new as well, and say no more than a new customer may."""
        if command[0] != Command.CREATE:
            raise AccessError(self._leads_sentence("child_ids"))
        return Command.create(self._leads_check_new_customer(command[2]))

    def _leads_sentence(self, field_name):
        field = self._fields.get(field_name)
        label = field._description_string(self.env) if field else field_name
        return self.env._("Leads Agents cannot set '%s' of a customer.", label)

    def _leads_inherit_holder(self):
        """New contacts of a held customer are held too."""
        for partner in self:
            # sudo: res.partner - a new contact takes over the holder of its company, whom nobody may write by hand
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
            self._leads_follow_move(before)
        if "company_id" in vals:
            # sudo: res.partner, leads.agent.assignment - follows from the change of company, whoever may make it
            self.sudo().filtered("leads_agent_id").commercial_partner_id._on_customers_changed("company")
            self.env["leads.agent.assignment"].sudo()._leave_foreign_companies(self)
        if vals.get("active") is False:
            # sudo: leads.agent.assignment - archiving a customer ends the assignment, whoever archives
            held = self.sudo().filtered("leads_agent_id")
            held.leads_assignment_ids.filtered(lambda a: a.state == "active")._unassign("archived")
            self.env["leads.agent.assignment"].sudo()._end_grace(Domain("partner_id", "in", self.ids))
            self.sudo()._on_customers_changed("archived")
        return result

    def _leads_without_same_holder(self, vals):
        """Who merges contacts writes every value back, that of the holder, too: what is there already is no news."""
        # sudo: res.partner - only compares
        if all(partner.leads_agent_id.id == vals["leads_agent_id"] for partner in self.sudo()):
            return {name: value for name, value in vals.items() if name != "leads_agent_id"}
        return vals

    def _leads_check_correction(self, vals):
        """An agent corrects a customer, and does not make another one of it.

        :raises AccessError: when what may only be said of a new customer would change
        """
        # sudo: res.users - who signs in as this customer, archived or not
        users = self.sudo().with_context(active_test=False).user_ids
        if any(user._is_public() for user in users):
            raise AccessError(self.env._("Leads Agents correct customers only."))
        self._leads_check_sign_in(vals)
        for name in NEW_CUSTOMER_FIELDS & vals.keys():
            field = self._fields[name]
            if any(field.convert_to_write(partner[name], partner) != (vals[name] or False) for partner in self):
                raise AccessError(self._leads_sentence(name))
        return {name: value for name, value in vals.items() if name not in NEW_CUSTOMER_FIELDS}

    def _leads_follow_move(self, before):
        """Contacts that changed their company: the lead follows, and nobody is held twice.

        A held customer who becomes the contact of another company brings the assignment along, unless somebody holds
        that company already.
        """
        # sudo: res.partner - follows from a change of contacts that the user was allowed to make
        moved = self.sudo().filtered(lambda partner: partner.commercial_partner_id != before[partner])
        if moved:
            self.env["leads.agent.history"]._follow_move(moved)
            moved._on_customers_changed("became", {partner.id: partner.commercial_partner_id.id for partner in moved})
        entities = moved.commercial_partner_id.union(*before.values())
        if not moved or not any(entity.leads_agent_id for entity in entities | moved):
            return
        # sudo: leads.agent.assignment - follows from a change of contacts that the user was allowed to make
        Assignment = self.env["leads.agent.assignment"].sudo()
        Assignment._pass_to_entities(moved)
        Assignment._propagate_holder(entities.ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lead(self):
        # sudo: leads.agent.assignment - whoever may delete contacts must be told of any assignment
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

    def _leads_check_is_customer(self):
        """:raises UserError: for a colleague, a company of the database, or a contact of one"""
        # sudo: res.partner - who is one of us
        for partner in self.sudo():
            if partner._leads_is_ours():
                raise UserError(self._leads_ours_sentence(partner.complete_name))

    def _leads_is_ours(self):
        """Elevated: whether this is a colleague, a company of the database, or a contact of one."""
        us = self | self.commercial_partner_id
        return not all(us.mapped("partner_share")) or bool(us.ref_company_ids)

    @api.model
    def _leads_ours_sentence(self, name):
        return self.env._("%s is a colleague or a company of yours: calls are for customers.", name)

    # ------------------------------------------------------------------
    # Hooks. Elevated, once per operation
    # ------------------------------------------------------------------

    def _on_leads_changed(self):
        """What these commercial customers, whom somebody holds, may buy is worth more or less, or nothing any more."""

    def _on_customers_changed(self, change, into=None):
        """Something happened to these customers that whatever hangs on them follows.

        :param str change: ``archived``; ``company``: they belong to another company; ``became``: they are contacts of
            other customers now, or merged into them; ``ours``: they are colleagues, or companies of the database
        :param dict into: of ``became``, ``{partner_id: id of the customer it belongs to now}``
        """

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @takes(given.one)
    def action_leads_order(self):
        """Enter an order of the customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("leads_agent.action_order_entry")
        return action | {"context": {"default_partner_id": self.id}}

    @takes(given.one)
    def action_leads_resolve(self):
        """Open *Mark Lead As Resolved* for the customer.

        :raises UserError: when the customer is nobody's lead
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
