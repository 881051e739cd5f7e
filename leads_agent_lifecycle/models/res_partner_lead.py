from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.leads_agent.arguments import numbers_of_links, takes
from odoo.addons.leads_agent.tools import given

PLACE_FIELDS = ("lead_stage_id", "lead_status_id")
CODE_SEQUENCE = "leads_agent_lifecycle.lead.code"


class ResPartner(models.Model):
    """How contacts become leads, and how leads move, by hand: one, or many at once."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    @api.model
    @takes(fields=given.names)
    def default_get(self, fields):
        """A new lead begins in the first stage, with its first status."""
        values = super().default_get(fields)
        if self._lead_is_entered(values):
            values = self._lead_defaults(values.get("lead_stage_id")) | values
        return values

    @api.model
    def _lead_is_entered(self, vals):
        """Whether a contact that is being entered on the leads page is a lead, or the company or an address of one."""
        context = self.env.context
        if not context.get("lead_new") or context.get("default_is_company"):
            return False
        return bool(context.get("import_file")) or not (vals.get("parent_id") or context.get("default_parent_id"))

    @api.model
    def _lead_defaults(self, stage_id=None):
        stage_id, status_id = self._lead_first_place(stage_id)
        return {
            "lead_stage_id": stage_id,
            "lead_status_id": status_id,
            "lead_activity": "active",
            "lead_channel": self._lead_channel_of_entry(),
        }

    @api.model
    def _lead_channel_of_entry(self):
        return "import" if self.env.context.get("import_file") else "manual"

    @api.model
    def _lead_first_place(self, stage_id=None):
        """The first stage, or the one given, and its first status.

        :raises UserError: when there are no stages
        """
        order, statuses = self.env["leads.agent.lifecycle.rule"]._landscape()
        if not order:
            raise UserError(self.env._("There are no stages. A manager sets them up under Configuration > Stages."))
        stage_id = stage_id or next(iter(order))
        return stage_id, next(iter(statuses.get(stage_id, [])), False)

    @api.onchange("lead_stage_id")
    def _onchange_lead_stage_id(self):
        if self.lead_stage_id and self.lead_status_id not in self.lead_allowed_status_ids:
            self.lead_status_id = self.lead_allowed_status_ids[:1]

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        vals_list = [self._lead_clean(self._lead_numbers(vals)) for vals in vals_list]
        for vals in vals_list:
            if self.env.context.get("lead_new") and "lead_stage_id" not in vals:
                vals |= self._lead_defaults() | vals if self._lead_is_entered(vals) else {"lead_stage_id": False}
        places = [(vals.get("lead_stage_id"), vals.get("lead_status_id")) for vals in vals_list]
        if not any(stage_id for stage_id, _status_id in places):
            return super().create(vals_list)
        codes = iter(self._lead_next_codes(sum(1 for vals in vals_list if vals.get("lead_stage_id"))))
        for vals in vals_list:
            if vals.get("lead_stage_id"):
                vals["lead_code"] = vals.get("lead_code") or next(codes)
                vals["lead_activity"] = vals.get("lead_activity") or "active"
                vals["lead_channel"] = vals.get("lead_channel") or self._lead_channel_of_entry()
            # Not left out: a default would be taken instead.
            vals |= {"lead_stage_id": False, "lead_status_id": False}
        partners = super().create(vals_list)
        # sudo: res.partner - the user was allowed to create the contact; the first move belongs to it
        leads = partners.sudo()
        # What a channel knows of somebody is little, and comes in elevated: the stage asks people alone.
        leads._lead_place(
            {
                lead.id: place if self.env.su else lead._lead_check_place(dict(zip(PLACE_FIELDS, place, strict=True)))
                for lead, place in zip(leads, places, strict=True)
                if place[0]
            }
        )
        return partners

    @takes(vals=given.values)
    def write(self, vals):
        vals = self._lead_clean(self._lead_numbers(vals))
        place = {name: vals.pop(name) for name in PLACE_FIELDS if name in vals}
        result = super().write(vals) if vals or not place else True
        if "name" in vals and (named := self.sudo().filtered("lead_is_anonymous")):
            # sudo: res.partner - the name, which the user was allowed to write, is no placeholder any more
            named.lead_is_anonymous = False
        if place:
            self._lead_move_by_hand(place)
        return result

    @api.model
    def _lead_numbers(self, vals):
        """The stage and the status of a lead as numbers, which are looked up before Odoo looks at them."""
        return vals | numbers_of_links(self, {name: vals[name] for name in PLACE_FIELDS if name in vals})

    def _lead_move_by_hand(self, place):
        """The user moves these leads, or makes leads of these contacts.

        :param dict place: ``lead_stage_id``, ``lead_status_id`` or both
        :raises AccessError: without the right to write these contacts
        :raises ValidationError: when a status is not one of its stage, or a stage asks for more than is known
        """
        if not self.env.su:
            self.check_access("write")
            for name in place:
                self._check_field_access(self._fields[name], "write")
        targets, news = {}, {}
        # sudo: res.partner - the rights were checked above
        for partner in self.sudo():
            if not place.get("lead_stage_id", partner.lead_stage_id.id):
                if partner.lead_stage_id:
                    raise ValidationError(self.env._("A lead keeps a stage: make %s inactive instead.", partner.name))
                continue
            checked = partner._lead_check_place(place)
            (targets if partner.lead_stage_id else news)[partner.id] = checked
        # sudo: res.partner - the rights were checked above; the log is nobody's to write
        self.sudo()._lead_move(targets)
        self.sudo()._lead_place(news)

    def _lead_check_place(self, place):
        """Where the lead goes when somebody wants it at a stage, with a status, or both.

        :returns: ``(stage_id, status_id)``; a status that the new stage does not know gives way to its first one
        :raises ValidationError: when a status is not one of its stage, or the stage asks for more than is known
        """
        self.ensure_one()
        stage = self.env["leads.agent.stage"].browse(place.get("lead_stage_id", self.lead_stage_id.id))
        allowed = self.env["leads.agent.lifecycle.rule"]._landscape()[1].get(stage.id, [])
        status_id = place.get("lead_status_id", self.lead_status_id.id)
        if allowed and status_id not in allowed:
            if place.get("lead_status_id"):
                raise ValidationError(
                    self.env._(
                        "'%(status)s' is no status of the stage '%(stage)s'.",
                        status=self.env["leads.agent.status"].browse(status_id).name,
                        stage=stage.name,
                    )
                )
            status_id = allowed[0]
        if stage != self.lead_stage_id and (missing := stage._missing(self)):
            raise ValidationError(
                self.env._(
                    "%(lead)s cannot enter the stage '%(stage)s' yet. Missing: %(what)s",
                    lead=self.name,
                    stage=stage.name,
                    what=", ".join(missing),
                )
            )
        return stage.id, status_id

    @takes()
    def action_lead_activate(self):
        """Make resting leads active again."""
        self.lead_activity = "active"

    @takes()
    def action_lead_rest(self):
        """Let leads rest: they leave the page until they show interest again."""
        self.lead_activity = "inactive"

    @takes()
    def action_lead_update_status(self):
        """Open *Update Status* for one lead or many."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Update Status"),
            "res_model": "leads.agent.status.update",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_ids": self.ids},
        }

    @takes(given.one)
    def action_lead_duplicates(self):
        """Open the possible duplicates of a lead beside it, to look at or to merge."""
        self.ensure_one()
        twins = self._lead_twins()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Possible Duplicates of %s", self.display_name),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", (self | twins).ids)],
        }

    # ------------------------------------------------------------------
    # Codes
    # ------------------------------------------------------------------

    @api.model
    @takes()
    def lead_generate_code(self):
        """A contact code that nobody has and nobody else gets.

        :raises AccessError: for users who may not create contacts
        """
        self.browse().check_access("create")
        return self._lead_next_codes(1)[0]

    @api.model
    def _lead_next_codes(self, count):
        """Unused codes in one query, but for those that somebody typed before their turn."""
        # sudo: ir.sequence - numbers alone
        sequence = self.env["ir.sequence"].sudo().search([("code", "=", CODE_SEQUENCE)], limit=1)
        found = []
        while len(found) < count:
            wanted = count - len(found)
            if not sequence:
                raise UserError(self.env._("The sequence of contact codes is missing: upgrade the addon."))
            if sequence.implementation == "standard" and not sequence.use_date_range:
                numbers = self.env.execute_query(
                    SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", wanted)
                )
                new = [sequence.get_next_char(number) for (number,) in numbers]
            else:
                new = [sequence.next_by_id() for _nr in range(wanted)]
            # sudo: res.partner - whether a code is taken, by whomever
            taken = self.sudo().with_context(active_test=False).search_fetch([("lead_code", "in", new)], ["lead_code"])
            found += [code for code in new if code not in set(taken.mapped("lead_code"))]
        return found
