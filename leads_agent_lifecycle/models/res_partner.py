from functools import partial

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Rows
from odoo.addons.leads_agent.models.res_groups import HOLDERS
from odoo.addons.leads_agent.tools import given
from odoo.addons.leads_agent_channel.mail_intake import Intake

from .. import importing, profile
from ..entering import Entering
from ..moving import LifeCycle
from ..panel import Panel, counted_by, text_of_panel
from ..speaking import Speakers


class ResPartner(models.Model):
    """The profile of a lead is part of its contact, so the rules, chatter and merging of customers apply to it.

    A contact is a lead if it has a stage. Only :class:`LifeCycle` changes stage and status.
    Other processes of leads are in the files beside the models, by topic.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "mail.tracking.duration.mixin"]
    _track_duration_field = "lead_stage_id"

    lead_stage_id = fields.Many2one(
        "leads.agent.stage",
        string="Stage",
        ondelete="restrict",
        copy=False,
        group_expand="_group_expand_lead_stage_id",
        groups="base.group_user",
        help="The current stage of the lead. A contact without a stage is not a lead.",
    )
    lead_status_id = fields.Many2one(
        "leads.agent.status",
        ondelete="restrict",
        copy=False,
        groups="base.group_user",
    )
    lead_allowed_status_ids = fields.Many2many(
        "leads.agent.status", compute="_compute_lead_allowed_status_ids", groups="base.group_user"
    )
    duration_tracking = fields.Json(groups="base.group_user")
    rotting_days = fields.Integer(groups="base.group_user")
    is_rotting = fields.Boolean(groups="base.group_user")
    date_last_stage_update = fields.Datetime(string="In Stage Since", readonly=True, copy=False)
    lead_at = fields.Datetime(string="Lead Since", readonly=True, copy=False)
    lead_event_at = fields.Datetime(
        string="Last Heard From",
        readonly=True,
        copy=False,
        help="The date of the latest call, order, sale, answer or visit.",
    )
    lead_waits_since = fields.Datetime(
        string="Unanswered Since",
        readonly=True,
        copy=False,
        help="When the lead last wrote, if nobody has replied or called since.",
    )
    lead_code = fields.Char(string="Contact Code", copy=False, help="Must be unique. Generated if left empty.")
    lead_activity = fields.Selection(
        [("active", "Active"), ("inactive", "Inactive")],
        string="Activity",
        copy=False,
        help="Inactive leads are hidden. They become active again as soon as they show interest.",
    )
    lead_is_anonymous = fields.Boolean(string="Anonymous", copy=False, help="The name is only a placeholder.")
    lead_info = fields.Selection(
        [("info", "Info"), ("no_info", "No Info")],
        string="Information",
        compute="_compute_lead_info",
        store=True,
        help="Whether at least one of name, e-mail and phone is known.",
    )
    lead_channel = fields.Selection(profile.CHANNELS, string="Channel", copy=False)
    lead_source_id = fields.Many2one("utm.source", string="Source", copy=False, index="btree_not_null")
    lead_campaign_id = fields.Many2one("utm.campaign", string="Campaign", copy=False, index="btree_not_null")
    lead_account_type = fields.Selection(
        [("personal", "Personal"), ("business", "Business")],
        string="Account Type",
        compute="_compute_lead_account_type",
        store=True,
    )
    lead_contact_role = fields.Selection(
        [("primary", "Primary Contact"), ("other", "Other Contact")], string="Job Role", copy=False
    )
    lead_loyalty = fields.Selection(profile.LOYALTY, string="Loyalty Level")
    lead_relationship = fields.Selection(profile.RELATIONSHIP, string="Relationship")
    lead_gender = fields.Selection([("female", "Female"), ("male", "Male"), ("other", "Other")], string="Gender")
    lead_marital = fields.Selection(profile.MARITAL, string="Marital Status")
    lead_birthdate = fields.Date(string="Date of Birth", copy=False)
    lead_age_band = fields.Selection(
        profile.AGE_BANDS, string="Age", compute="_compute_lead_age_band", search="_search_lead_age_band"
    )
    lead_department = fields.Char(string="Department")
    lead_linkedin = fields.Char(string="LinkedIn", copy=False)
    lead_facebook = fields.Char(string="Facebook", copy=False)
    lead_instagram = fields.Char(string="Instagram", copy=False)
    lead_x = fields.Char(string="X", copy=False)
    lead_officer_ids = Rows("leads.agent.officer", "partner_id", string="Relationship Officers", groups=HOLDERS)
    lead_move_ids = Rows("leads.agent.move", "partner_id", string="Moves", readonly=True, groups=HOLDERS)
    lead_identity_ids = Rows("leads.agent.identity", "partner_id", string="Known As", readonly=True, groups=HOLDERS)
    lead_visit_ids = Rows("leads.agent.visit", "partner_id", string="Visits", readonly=True, groups=HOLDERS)
    lead_duplicate_ids = fields.Many2many(
        "res.partner",
        string="Possible Duplicates",
        compute="_compute_lead_duplicate_ids",
    )
    lead_duplicate_count = fields.Integer(compute="_compute_lead_duplicate_ids", export_string_translation=False)

    lead_blocked_channels = fields.Char(
        string="Blocked Channels",
        compute="_compute_lead_blocked_channels",
        compute_sudo=True,
        groups=HOLDERS,
        help="Channels by which the contact does not want messages. Calls are blocked for the whole customer.",
    )
    lead_city = text_of_panel("City of the Lead", "city")
    lead_company = text_of_panel("Company of the Lead", "commercial_company_name")
    lead_zip = text_of_panel("Zip of the Lead", "zip")

    _lead_code_unique = models.UniqueIndex(
        "(lead_code) WHERE lead_code IS NOT NULL", "Another lead already has this contact code."
    )
    _lead_newest_idx = models.Index("(lead_at DESC, id DESC) WHERE lead_stage_id IS NOT NULL")
    _lead_name_zip_idx = models.Index("(zip, lower(name)) WHERE lead_stage_id IS NOT NULL")
    _lead_activity_idx = counted_by("lead_activity")
    _lead_info_idx = counted_by("lead_info")
    _lead_channel_idx = counted_by("lead_channel")
    _lead_stage_idx = counted_by("lead_stage_id")
    _lead_status_idx = counted_by("lead_status_id")
    _lead_account_type_idx = counted_by("lead_account_type")
    _lead_contact_role_idx = counted_by("lead_contact_role")
    _lead_loyalty_idx = counted_by("lead_loyalty")
    _lead_company_idx = counted_by("commercial_company_name")
    _lead_relationship_idx = counted_by("lead_relationship")
    _lead_gender_idx = counted_by("lead_gender")
    _lead_marital_idx = counted_by("lead_marital")
    _lead_birthdate_idx = counted_by("lead_birthdate")
    _lead_city_idx = counted_by("city")
    _lead_country_idx = counted_by("country_id")
    _lead_state_idx = counted_by("state_id")

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.model
    def _group_expand_lead_stage_id(self, stages, domain):
        return self.env["leads.agent.stage"].search(Domain.TRUE)

    @api.depends("lead_stage_id")
    def _compute_lead_allowed_status_ids(self):
        everyone = self.env["leads.agent.status"].search(Domain.TRUE)
        for partner in self:
            partner.lead_allowed_status_ids = partner.lead_stage_id.status_ids or everyone

    @api.depends("email", "phone", "lead_is_anonymous")
    def _compute_lead_info(self):
        for partner in self:
            known = partner.email or partner.phone or not partner.lead_is_anonymous
            partner.lead_info = "info" if known else "no_info"

    @api.depends("is_company", "parent_id")
    def _compute_lead_account_type(self):
        for partner in self:
            partner.lead_account_type = "business" if partner.is_company or partner.parent_id else "personal"

    @api.depends("lead_birthdate")
    def _compute_lead_age_band(self):
        for partner in self:
            partner.lead_age_band = profile.age_band(partner, partner.lead_birthdate)

    def _search_lead_age_band(self, operator, value):
        return profile.age_search(self, value) if operator == "in" else NotImplemented

    @api.depends("lead_stage_id")
    def _compute_duration_tracking(self):
        """Sum up the moves instead of tracking messages."""
        durations = self.env["leads.agent.move"]._durations(self._origin)
        for partner in self:
            partner.duration_tracking = durations.get(partner._origin.id) or False

    @api.depends("email", "phone", "name", "zip", "country_id", "lead_stage_id")
    def _compute_lead_duplicate_ids(self):
        """Return contacts in sight with the same e-mail or number, or the same name and zip code."""
        for partner in self:
            duplicates = Speakers(self.env).duplicates(partner) if partner.lead_stage_id else partner.browse()
            partner.lead_duplicate_ids = duplicates
            partner.lead_duplicate_count = len(duplicates)

    @api.depends_context("lang")
    def _compute_lead_blocked_channels(self):
        blocked = self.env["leads.agent.opt.out"]._blocked_channels(self)
        for partner in self:
            partner.lead_blocked_channels = ", ".join(blocked.get(partner._origin.id, ()))

    def _compute_texts(self):
        self.lead_city = self.lead_company = self.lead_zip = False

    @api.model
    def _search_panel_domain_image(self, field_name, domain, set_count=False, limit=False):
        if not field_name.startswith("lead_") and not self.env.context.get("lead_page"):
            return super()._search_panel_domain_image(field_name, domain, set_count, limit)
        return Panel(self, field_name).image(domain, set_count)

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("lead_birthdate")
    def _check_lead_birthdate(self):
        today = fields.Date.context_today(self)
        for partner in self:
            if partner.lead_birthdate and partner.lead_birthdate > today:
                raise ValidationError(self.env._("The date of birth of %s lies in the future.", partner.name))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    @takes(fields=given.names)
    def default_get(self, fields):
        """Start a new lead in the first stage, with its first status."""
        values = super().default_get(fields)
        entering = Entering(self.env)
        if entering.is_entered(values):
            values = entering.defaults(values.get("lead_stage_id")) | values
        return values

    @api.onchange("lead_stage_id")
    def _onchange_lead_stage_id(self):
        if self.lead_stage_id and self.lead_status_id not in self.lead_allowed_status_ids:
            self.lead_status_id = self.lead_allowed_status_ids[:1]

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        vals_list = [profile.clean(self, vals) for vals in vals_list]
        entering = Entering(self.env)
        places = entering.prepare(vals_list)
        partners = super().create(vals_list)
        entering.place(partners, places)
        return partners

    @takes(vals=given.values)
    def write(self, vals):
        vals = profile.clean(self, vals)
        place = {name: vals.pop(name) for name in profile.PLACE_FIELDS if name in vals}
        result = super().write(vals) if vals or not place else True
        if "name" in vals and (named := self.sudo().filtered("lead_is_anonymous")):
            # sudo: res.partner - follows from the name, which the user was allowed to write
            named.lead_is_anonymous = False
        if place:
            Entering(self.env).move(self, place)
        return result

    def _leads_sender_names(self):
        return [*super()._leads_sender_names(), *self.lead_identity_ids.mapped("key")]

    # ------------------------------------------------------------------
    # Import
    # ------------------------------------------------------------------

    @api.model
    @takes()
    def get_import_templates(self):
        """Offer a template with the columns of a lead on the leads page."""
        if not self.env.context.get("lead_page"):
            return super().get_import_templates()
        return [{"label": self.env._("Import template for leads"), "template": importing.TEMPLATE}]

    @api.model
    @takes(fields=given.names, data=given.table)
    def load(self, fields, data):
        """Give rows of known leads their IDs on the leads page."""
        if not self.env.context.get("lead_page"):
            return super().load(fields, data)
        return importing.LeadsFile(self, super().load, fields).load(data)

    @api.model
    def _extract_records(self, field_paths, data, log=lambda message: None, limit=float("inf")):
        records = super()._extract_records(field_paths, data, log=log, limit=limit)
        return importing.without_blanks(self, records) if self.env.context.get("lead_page") else records

    @api.model
    def _convert_records(self, records, *, log=lambda message: None, savepoint):
        convert = partial(super()._convert_records, log=log, savepoint=savepoint)
        yield from importing.with_ids(convert, records) if self.env.context.get("lead_page") else convert(records)

    @api.model
    def _load_records(self, data_list, update=False):
        if self.env.context.get("lead_page"):
            importing.prepare(self, data_list)
        return super()._load_records(data_list, update)

    def _load_records_write(self, values):
        if self.env.context.get("lead_page"):
            values = importing.without_way_back(self, values)
        return super()._load_records_write(values)

    def _convert_fields_to_values(self, field_names):
        """Copy a company's values to its contacts, for imported contacts as for manually entered ones."""
        context = self.env.context
        is_file = context.get("lead_page") and context.get("import_file")
        # sudo: res.partner - values are copied only from a company to its contacts
        partners = self.sudo() if is_file else self
        return super(ResPartner, partners)._convert_fields_to_values(field_names)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @takes()
    def action_lead_activate(self):
        """Make inactive leads active again."""
        self.lead_activity = "active"

    @takes()
    def action_lead_rest(self):
        """Make leads inactive: they are hidden from the page until they show interest again."""
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
        duplicates = Speakers(self.env).duplicates(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Possible Duplicates of %s", self.display_name),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", (self | duplicates).ids)],
        }

    @api.model
    @takes()
    def lead_generate_code(self):
        """Return an unused contact code and reserve it.

        :raises AccessError: for users who may not create contacts
        """
        self.browse().check_access("create")
        return LifeCycle(self.env).next_codes(1)[0]

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    @api.model
    def _lead_from_channel(self, channel, key=None, **values):
        """Elevated: return the person on a channel, see :meth:`Speakers.by_names`.

        :param str key: the person's name on the channel: a visitor, a number, an ID
        :returns: the lead, or the contact if it is no lead
        """
        return Speakers(self.env).by_names(channel, (key,) if key else (), **values)[0]

    def _lead_event(self, trigger, reason, **how):
        """Elevated: handle an event of these customers, see :meth:`LifeCycle.event`."""
        LifeCycle(self.env).event(self, trigger, reason, **how)

    @api.model
    @takes(msg_dict=given.values, custom_values=given.optional(given.values))
    def message_new(self, msg_dict, custom_values=None):
        """Find the sender of a mail to the leads alias, or create a lead."""
        if (custom_values or {}).get("lead_channel") != "mail":
            return super().message_new(msg_dict, custom_values)
        # sudo: res.partner - the sender of a mail has no user; only the sender's identity comes from the mail
        lead, is_new = Speakers(self.sudo().env).by_mail(msg_dict, custom_values)
        msg_dict["author_id"] = lead.id
        if intake := Intake.of(self.env):
            intake.is_new_lead = bool(is_new and lead.lead_stage_id)
        return lead.with_env(self.env)

    @api.autovacuum
    def _gc_leads_without_info(self):
        """Delete leads without contact details after the retention period of their company."""
        for company in self.env["res.company"].search([("leads_keep_no_info_days", ">", 0)]):
            Speakers(self.env).unknown(company).unlink()
