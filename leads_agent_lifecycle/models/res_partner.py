from dateutil.relativedelta import relativedelta
from PIL.Image import DecompressionBombError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize
from odoo.tools.image import base64_to_image
from odoo.tools.sql import column_exists, create_column

from odoo.addons.leads_agent.fields import Rows
from odoo.addons.leads_agent.models.res_groups import HOLDERS
from odoo.addons.leads_agent_channel.models import leads_agent_received

from ..tools import codes

CHANNELS = [("manual", "By Hand"), ("order", "Order"), *leads_agent_received.CHANNELS, ("import", "Import")]
# Ages from, in years; the last band is open.
AGE_BANDS = [("0", "Under 18"), ("18", "18 to 24"), ("25", "25 to 34"), ("35", "35 to 44"), ("45", "45 to 54")]
AGE_BANDS += [("55", "55 to 64"), ("65", "65 and More")]
SOCIAL_HOSTS = {
    "lead_linkedin": ("linkedin.com",),
    "lead_facebook": ("facebook.com", "fb.com"),
    "lead_instagram": ("instagram.com",),
    "lead_x": ("x.com", "twitter.com"),
}
# What agents may say of a lead, beside what they may correct on a customer.
PROFILE_FIELDS = frozenset(
    (
        "function",
        "image_1920",
        "lead_activity",
        "lead_birthdate",
        "lead_channel",
        "lead_code",
        "lead_contact_role",
        "lead_department",
        "lead_gender",
        "lead_loyalty",
        "lead_marital",
        "lead_relationship",
        "lead_source_id",
        "lead_campaign_id",
        "lead_stage_id",
        "lead_status_id",
        *SOCIAL_HOSTS,
    )
)
LARGEST_PHOTO = 10 * 1024 * 1024


class ResPartner(models.Model):
    """The profile of a lead stands on the contact: a customer's rules, chatter, addresses and merges hold for it.

    A contact is a lead when it has a stage. Stage and status change in one place, ``_lead_move``.
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
        help="How far the lead is. A contact without a stage is no lead.",
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
        string="Last Heard Of", readonly=True, copy=False, help="The last call, order, sale, answer or visit."
    )
    lead_waits_since = fields.Datetime(
        string="Unanswered Since",
        readonly=True,
        copy=False,
        help="When the lead wrote, unless somebody of ours wrote or called since.",
    )
    lead_code = fields.Char(string="Contact Code", copy=False, help="Unique. Generated when it is left empty.")
    lead_activity = fields.Selection(
        [("active", "Active"), ("inactive", "Inactive")],
        string="Activity",
        copy=False,
        help="Inactive leads rest. They are active again as soon as they show interest.",
    )
    lead_is_anonymous = fields.Boolean(string="Anonymous", copy=False, help="The name is a placeholder.")
    lead_info = fields.Selection(
        [("info", "Info"), ("no_info", "No Info")],
        string="Information",
        compute="_compute_lead_info",
        store=True,
        help="Whether at least one of name, e-mail and phone is known.",
    )
    lead_channel = fields.Selection(CHANNELS, string="Channel", copy=False)
    lead_source_id = fields.Many2one("utm.source", string="Source", copy=False, index="btree_not_null")
    lead_campaign_id = fields.Many2one("utm.campaign", string="Campaign", copy=False, index="btree_not_null")
    lead_account_type = fields.Selection(
        [("personal", "Personal"), ("business", "Business")],
        string="Account Type",
        compute="_compute_lead_account_type",
        store=True,
    )
    lead_contact_role = fields.Selection(
        [("primary", "Primary Contact"), ("other", "Other Contact")], string="Contact Role", copy=False
    )
    lead_loyalty = fields.Selection(
        [("new", "New"), ("bronze", "Bronze"), ("silver", "Silver"), ("gold", "Gold"), ("platinum", "Platinum")],
        string="Loyalty Level",
    )
    lead_relationship = fields.Selection(
        [
            ("b2b", "B2B"),
            ("b2c", "B2C"),
            ("education", "Education"),
            ("government", "Government"),
            ("non_profit", "Non-Profit"),
        ],
        string="Relationship",
    )
    lead_gender = fields.Selection([("female", "Female"), ("male", "Male"), ("other", "Other")], string="Gender")
    lead_marital = fields.Selection(
        [
            ("single", "Single"),
            ("married", "Married"),
            ("partner", "Civil Partner"),
            ("divorced", "Divorced"),
            ("widowed", "Widowed"),
        ],
        string="Marital Status",
    )
    lead_birthdate = fields.Date(string="Date of Birth", copy=False)
    lead_age_band = fields.Selection(
        AGE_BANDS, string="Age", compute="_compute_lead_age_band", search="_search_lead_age_band"
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

    _lead_code_unique = models.UniqueIndex(
        "(lead_code) WHERE lead_code IS NOT NULL", "Another lead has this contact code already."
    )
    _lead_newest_idx = models.Index("(lead_at DESC, id DESC) WHERE lead_stage_id IS NOT NULL")
    _lead_name_zip_idx = models.Index("(zip, lower(name)) WHERE lead_stage_id IS NOT NULL")

    def _auto_init(self):
        """At install nobody has a profile yet: what follows from columns is computed by PostgreSQL, not row by row."""
        cr = self.env.cr
        if not column_exists(cr, "res_partner", "lead_info"):
            for name in ("lead_info", "lead_account_type"):
                create_column(cr, "res_partner", name, "varchar")
            cr.execute(
                """
                UPDATE res_partner SET lead_info = 'info', lead_account_type =
                       CASE WHEN is_company OR parent_id IS NOT NULL THEN 'business' ELSE 'personal' END
                """
            )
        return super()._auto_init()

    # ------------------------------------------------------------------
    # Fields
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
        today = fields.Date.context_today(self)
        for partner in self:
            born = partner.lead_birthdate
            age = relativedelta(today, born).years if born else -1
            partner.lead_age_band = next((band for band, _label in reversed(AGE_BANDS) if age >= int(band)), False)

    def _search_lead_age_band(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.FALSE
        for band in value:
            domain |= self._lead_age_domain(band) if band else Domain("lead_birthdate", "=", False)
        return domain

    @api.model
    def _lead_age_domain(self, band):
        """Those who are of an age today: born on the day of the year counts as one year older."""
        youngest, oldest = self._lead_born(band)
        domain = Domain("lead_birthdate", "<=", youngest)
        return domain & Domain("lead_birthdate", ">", oldest) if oldest else domain

    @api.model
    def _lead_age_sql(self, band):
        """The same in SQL, for the panel."""
        youngest, oldest = self._lead_born(band)
        condition = SQL("res_partner.lead_birthdate <= %s", youngest)
        return SQL("%s AND res_partner.lead_birthdate > %s", condition, oldest) if oldest else condition

    @api.model
    def _lead_born(self, band):
        """The last day on which people of an age were born, and the last one that is too early, if there is one."""
        today = fields.Date.context_today(self)
        bands = [int(key) for key, _label in AGE_BANDS]
        place = bands.index(int(band))
        oldest = today - relativedelta(years=bands[place + 1]) if place + 1 < len(bands) else None
        return today - relativedelta(years=bands[place]), oldest

    @api.depends("lead_stage_id")
    def _compute_duration_tracking(self):
        """Instead of messages that track each change, the moves are added up."""
        durations = self.env["leads.agent.move"]._durations(self._origin)
        for partner in self:
            partner.duration_tracking = durations.get(partner._origin.id) or False

    @api.depends("email", "phone", "name", "zip", "country_id", "lead_stage_id")
    def _compute_lead_duplicate_ids(self):
        """Contacts with the same e-mail or number, or the same name at the same zip code, in sight of the user."""
        for partner in self:
            twins = partner._lead_twins() if partner.lead_stage_id else partner.browse()
            partner.lead_duplicate_ids = twins
            partner.lead_duplicate_count = len(twins)

    def _lead_twins(self, limit=5):
        self.ensure_one()
        same = []
        if email := email_normalize(self.email or ""):
            same.append(Domain("email_normalized", "=", email))
        if self.phone and self._phone_format(number=self.phone, country=self.country_id):
            same.append(self._lead_phone_domain(self.phone, self.country_id))
        if self.name and self.zip:
            same.append(Domain("zip", "=", self.zip) & Domain("name", "=ilike", self.name.strip()))
        twins = self.browse()
        for domain in same:
            domain &= Domain("id", "!=", self._origin.id) & Domain("partner_share", "=", True)
            twins |= self.search(domain, limit=limit)
        # A company and its contacts share a number; that is no duplicate.
        return (twins - self.parent_id - self._origin.child_ids)[:limit]

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    @api.model
    def _leads_correctable_fields(self):
        return super()._leads_correctable_fields() | PROFILE_FIELDS

    def _leads_filter_in_sight(self):
        in_sight = super()._leads_filter_in_sight()
        if others := self - in_sight:
            theirs = self.env["leads.agent.officer"]._lead_ids()
            in_sight += others.filtered(lambda partner: partner.id in theirs)
        return in_sight

    def _leads_sight_domain(self):
        domain = super()._leads_sight_domain()
        theirs = self.env["leads.agent.officer"]._lead_ids()
        return domain | Domain("id", "in", theirs) if theirs else domain

    # ------------------------------------------------------------------
    # What is said of a lead
    # ------------------------------------------------------------------

    @api.constrains("lead_birthdate")
    def _check_lead_birthdate(self):
        today = fields.Date.context_today(self)
        for partner in self:
            if partner.lead_birthdate and partner.lead_birthdate > today:
                raise ValidationError(self.env._("The date of birth of %s lies in the future.", partner.name))

    @api.model
    def _lead_clean(self, vals):
        """Values of a profile as they are stored.

        :raises ValidationError: for a code, an address of a page or a photo that is none
        """
        vals = dict(vals)
        if vals.get("lead_code"):
            code = codes.clean_code(vals["lead_code"])
            if not code:
                raise ValidationError(
                    self.env._(
                        "'%s' is no contact code: 2 to 32 letters, digits, and . _ / - between them.",
                        vals["lead_code"],
                    )
                )
            vals["lead_code"] = code
        elif "lead_code" in vals:
            vals["lead_code"] = False
        for name in SOCIAL_HOSTS.keys() & vals.keys():
            if vals[name]:
                link = codes.clean_link(vals[name], SOCIAL_HOSTS[name])
                if not link:
                    raise ValidationError(
                        self.env._(
                            "'%(link)s' is no page on %(network)s.",
                            link=vals[name],
                            network=self._fields[name]._description_string(self.env),
                        )
                    )
                vals[name] = link
        if photo := vals.get("image_1920"):
            self._lead_check_photo(photo)
        return vals

    def _lead_check_photo(self, photo):
        """:raises UserError: for a photo that is too large, or has so many pixels that Odoo would not read it"""
        if len(photo) * 3 // 4 > LARGEST_PHOTO:
            raise UserError(self.env._("The photo is larger than %s MB.", LARGEST_PHOTO // 1024 // 1024))
        try:
            base64_to_image(photo)
        except DecompressionBombError as error:
            raise UserError(self.env._("The photo has too many pixels.")) from error
        except UserError:
            # A drawing, or no picture at all, which Odoo says itself.
            return
