import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain

from ..arguments import takes
from ..links import CUSTOMER, DOCUMENT, ORDER, OWN, DocumentsInSight, link_kinds
from ..tools import given
from .res_groups import AGENT

_logger = logging.getLogger(__name__)

# The kinds of links that each shape can use.
SHAPES = {
    "links": {CUSTOMER, ORDER, DOCUMENT},
    "customer": {CUSTOMER},
    "order": {ORDER},
    "document": {DOCUMENT},
    "own": {OWN},
}
# Modules whose models Odoo itself works with.
MACHINERY = ("base", "bus", "mail", "web")
PROTECTED_FIELDS = frozenset(("rule_id", "closed_by_id", "closed_at"))


class LeadsAgentClosedModel(models.Model):
    """A model of another app that an administrator closed to agents.

    Odoo opens many models to every employee, with the customers and orders that stand on them. A closed one has a
    record rule of ours, global and conditional on the agent group as the shipped ones, which exists only while this
    record is active. Which rows agents still see is chosen from a fixed list of shapes and among the model's own links;
    nobody types a condition. Models that agents need for their work cannot be closed.
    """

    _name = "leads.agent.closed.model"
    _description = "Model Closed to Agents"
    _order = "model, id"
    _rec_name = "name"

    model_id = fields.Many2one(
        "ir.model",
        string="What to Close",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', closable_model_ids)]",
        help="A type of record from another app. Types that agents need for their work are not listed.",
    )
    closable_model_ids = fields.Many2many("ir.model", compute="_compute_closable_model_ids")
    name = fields.Char(string="Model", related="model_id.name", related_sudo=True)
    model = fields.Char(string="Technical Name", related="model_id.model", store=True, related_sudo=True)
    active = fields.Boolean(string="Closed", default=True)
    shape = fields.Selection(
        [
            ("links", "Records whose customers, orders and documents they can all see"),
            ("customer", "Records whose customer they can see"),
            ("order", "Records whose order they can see"),
            ("document", "Records whose document they can see"),
            ("own", "Their own records"),
            ("nothing", "None"),
        ],
        string="Agents Can Still See",
        compute="_compute_shape",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    field_ids = fields.Many2many(
        "ir.model.fields",
        string="By",
        compute="_compute_field_ids",
        store=True,
        readonly=False,
        domain="[('id', 'in', candidate_ids)]",
        help="The fields that decide whether agents see a record. A record in which all of them are empty "
        "stays visible.",
    )
    candidate_ids = fields.Many2many("ir.model.fields", compute="_compute_candidate_ids")
    explanation = fields.Text(compute="_compute_explanation", compute_sudo=True)
    rule_id = fields.Many2one("ir.rule", string="Record Rule", readonly=True, copy=False, ondelete="set null")
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)

    _closed_once = models.UniqueIndex("(model_id) WHERE active IS TRUE", "This model is already closed to agents.")

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends_context("uid")
    def _compute_closable_model_ids(self):
        self.closable_model_ids = self._closable_models()

    @api.depends("model_id", "shape")
    def _compute_candidate_ids(self):
        for closed in self:
            closed.candidate_ids = closed._candidates()

    @api.depends("model_id")
    def _compute_shape(self):
        """Propose every link to records that may be hidden, else links to users, else no rows."""
        for closed in self:
            kinds = set(link_kinds(self.env, closed.model_id.model).values())
            closed.shape = "links" if kinds - {OWN} else "own" if OWN in kinds else "nothing"

    @api.depends("model_id", "shape")
    def _compute_field_ids(self):
        for closed in self:
            candidates = closed._candidates()
            if closed.shape == "own" and (proposed := candidates.filtered(lambda field: field.name == "user_id")):
                candidates = proposed
            closed.field_ids = candidates

    @api.depends("model_id", "shape", "field_ids")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for closed in self:
            closed.explanation = closed._explain() if closed.model_id and closed.shape else False

    def _explain(self):
        """Explain which rows agents still see."""
        by = ", ".join(f"{field.field_description} ({field.name})" for field in self.field_ids)
        if self.shape == "nothing":
            return self.env._("Agents cannot see, change or create any.")
        if self.shape == "own":
            return self.env._("Agents see the records that name them in: %s.", by)
        return self.env._(
            "Agents see the records whose customers, orders and documents they can currently see, through: "
            "%s. A link to a customer hides a record only while agents are locked to their customers. A link"
            " to an order hides it also while agents see quotations only. An empty link hides nothing.",
            by,
        )

    def _candidates(self):
        """Return the stored links of the model that the shape can use."""
        self.ensure_one()
        kinds = link_kinds(self.env, self.model_id.model)
        names = [name for name, kind in kinds.items() if kind in SHAPES.get(self.shape, ())]
        # sudo: ir.model.fields - names of fields, for a form that administrators alone may open for editing
        Fields = self.env["ir.model.fields"].sudo()
        return Fields.search([("model", "=", self.model_id.model), ("name", "in", names)]) if names else Fields

    # ------------------------------------------------------------------
    # Closable models
    # ------------------------------------------------------------------

    @api.model
    def _needed_models(self):
        """Return the models that agents need for their work, which cannot be closed.

        Those that our addons bring, extend, or have rules on; those that agents may read by the rights that Odoo ships
        in the apps that our installed addons stand on, of which the screens of agents are made and which our rules and
        overrides cover; and the machinery of Odoo.
        """
        # sudo: ir.module.module, ir.model, ir.model.access, ir.rule, ir.model.data - technical names alone
        env = self.sudo().env
        ours = env["ir.module.module"].search([("name", "=like", "leads\\_agent%"), ("state", "=", "installed")])
        apps = ours | ours.upstream_dependencies(exclude_states=("uninstallable", "uninstalled", "to remove"))

        def shipped(model, modules):
            rows = env["ir.model.data"].search([("model", "=", model), ("module", "in", modules)])
            return env[model].browse(rows.mapped("res_id")).exists()

        rights = shipped("ir.model.access", apps.mapped("name")).filtered(
            lambda right: right.perm_read and right.group_id <= env.ref(AGENT).all_implied_ids
        )
        names = ours.mapped("name")
        return rights.model_id | shipped("ir.rule", names).model_id | shipped("ir.model", [*MACHINERY, *names])

    @api.model
    def _is_closable(self, model):
        """Whether rows of the model are stored, or shown by a view of the database."""
        Model = self.env.get(model)
        return Model is not None and not Model._abstract and not Model._transient

    @api.model
    def _closable_models(self):
        # sudo: ir.model - names of models
        found = self.env["ir.model"].sudo().search([("transient", "=", False)]) - self._needed_models()
        return found.filtered(lambda model: self._is_closable(model.model)).sudo(False)

    @api.constrains("model_id", "active")
    def _check_model(self):
        closed = self.filtered("active")
        for model in closed.model_id:
            if not self._is_closable(model.model):
                raise ValidationError(
                    self.env._("%s does not store records, so there is nothing to close.", model.name)
                )
        needed = self._needed_models() if closed else closed.model_id
        if refused := closed.model_id & needed:
            linked = needed.filtered(lambda model: set(link_kinds(self.env, model.model).values()) - {OWN})
            raise ValidationError(
                self.env._(
                    "Agents need this for their work, so it cannot be closed to them: %(refused)s. Leads "
                    "Agent already limits these to the agents' own customers and orders: %(needed)s.",
                    refused=", ".join(refused.mapped("name")),
                    needed=", ".join(sorted(set((linked | refused).mapped("name")))),
                )
            )

    @api.constrains("model_id", "shape", "field_ids", "active")
    def _check_fields(self):
        for closed in self.filtered("active"):
            candidates = closed._candidates()
            if closed.shape == "nothing":
                if closed.field_ids:
                    raise ValidationError(self.env._("If agents see no records at all, the links do not matter."))
            elif not candidates:
                raise ValidationError(
                    self.env._(
                        "%s has no stored field for such a link. Choose another option for what agents can still see.",
                        closed.name,
                    )
                )
            elif not closed.field_ids or closed.field_ids - candidates:
                raise ValidationError(
                    self.env._(
                        "Choose one or more of these links of %(model)s: %(links)s.",
                        model=closed.name,
                        links=", ".join(f"{field.field_description} ({field.name})" for field in candidates),
                    )
                )

    # ------------------------------------------------------------------
    # Record rules
    # ------------------------------------------------------------------

    def _rule_values(self):
        """Return the values of the record rule while the model is closed."""
        self.ensure_one()
        names = sorted(self.field_ids.mapped("name"))
        if self.shape == "nothing":
            condition = "[(0, '=', 1)]"
        else:
            condition = f"user.env['leads.agent.closed.model'].links_in_sight({self.model!r}, {names!r})"
        return {
            "name": f"Leads Agents: closed by an administrator, {self.model}",
            "model_id": self.model_id.id,
            "domain_force": f"{condition} if user.has_group('{AGENT}') else [(1, '=', 1)]",
            "groups": [Command.clear()],
            "active": True,
            **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
        }

    @api.model
    @api.private
    def links_in_sight(self, model, names):
        """The rows of a model whose links are in sight of the current user; a record rule of ours asks.

        :param names: fields of the model; those that an uninstalled app took along count no more, and without any left
            nothing is in sight
        """
        kinds = link_kinds(self.env, model)
        names = [name for name in names if name in kinds]
        if not names:
            return Domain.FALSE
        if own := [name for name in names if kinds[name] == OWN]:
            return Domain.OR(Domain(name, "in", self.env.user.ids) for name in own)
        domain = Domain.TRUE
        for name in names:
            field = self.env[model]._fields[name]
            if kinds[name] == DOCUMENT:
                domain &= DocumentsInSight(name)
                continue
            in_sight = self._linked_in_sight(field.comodel_name)
            if in_sight.is_true():
                continue
            if field.type == "many2one":
                domain &= Domain(name, "=", False) | Domain(name, "any", in_sight)
            else:
                domain &= Domain(name, "not any", ~in_sight)
        return domain

    @api.model
    def _linked_in_sight(self, model):
        """The customers, orders or order lines in sight; like the shipped rules on them, without those of Odoo."""
        user = self.env.user
        in_sight = Domain("leads_in_sight", "=", True) if user.leads_locked else Domain.TRUE
        if model == "res.partner":
            return in_sight
        if user.leads_partial_only:
            completed = Domain("leads_completed_by_id", "=", user.id) & Domain("leads_completed_until", ">", "now")
            in_sight &= Domain("is_partial", "=", True) | completed
        return (
            Domain("order_id", "any", in_sight) if model == "sale.order.line" and not in_sight.is_true() else in_sight
        )

    def _keep_rules(self):
        """Keep one rule for each active record, and none for the others."""
        opened = self.filtered(lambda closed: not closed.active)
        # sudo: ir.rule - made from a fixed list of shapes by who may close models
        opened.sudo().rule_id.unlink()
        for closed in (self - opened).sudo():
            if closed.rule_id:
                closed.rule_id.write(closed._rule_values())
            else:
                closed.rule_id = closed.rule_id.create(closed._rule_values())

    def _register_hook(self):
        """Update records whose links were uninstalled with their app: their rules now hide everything."""
        super()._register_hook()
        # sudo: leads.agent.closed.model - all of them, when the server starts, without a user
        for closed in self.sudo().search([("shape", "!=", "nothing")]):
            if not closed.field_ids:
                _logger.warning("The links by which agents saw %s are gone: they see none of it now", closed.model)
                closed.shape = "nothing"

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        closed = super().create(vals_list)
        closed._sign()
        closed._keep_rules()
        return closed

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"model_id", "shape", "field_ids", "active"}:
            self.filtered(lambda closed: closed.active and "active" in vals)._sign()
            self._keep_rules()
        return result

    def _sign(self):
        """Record who closed it, and when."""
        # sudo: leads.agent.closed.model - nobody writes it directly
        self.sudo().write({"closed_by_id": self.env.uid, "closed_at": fields.Datetime.now()})

    @takes()
    def unlink(self):
        # sudo: ir.rule - open models have no rule
        rules = self.sudo().rule_id
        result = super().unlink()
        rules.unlink()
        return result

    def copy_data(self, default=None):
        """Copies are not closed: a model can be closed only once."""
        return [vals | {"active": False} for vals in super().copy_data(default)]

    def _has_field_access(self, field, operation):
        if operation == "write" and field.name in PROTECTED_FIELDS and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_again(self):
        """Let agents see the model as Odoo does."""
        self.write({"active": False})
        return True

    def action_close(self):
        """Close the model again, with the same links."""
        self.write({"active": True})
        return True
