"""The profile of a lead: its choices, and how values are stored."""

from dateutil.relativedelta import relativedelta
from PIL.Image import DecompressionBombError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.image import base64_to_image

from odoo.addons.leads_agent.arguments import numbers_of_links
from odoo.addons.leads_agent_channel.models import leads_agent_received

from .tools import codes

CHANNELS = [("manual", "Manual"), ("order", "Order"), *leads_agent_received.CHANNELS, ("import", "Import")]
# Minimum ages in years; the last band has no upper limit.
AGE_BANDS = [("0", "Under 18"), ("18", "18 to 24"), ("25", "25 to 34"), ("35", "35 to 44"), ("45", "45 to 54")]
AGE_BANDS += [("55", "55 to 64"), ("65", "65 and More")]
LOYALTY = [("new", "New"), ("bronze", "Bronze"), ("silver", "Silver"), ("gold", "Gold"), ("platinum", "Platinum")]
RELATIONSHIP = [("b2b", "B2B"), ("b2c", "B2C"), ("education", "Education"), ("government", "Government")]
RELATIONSHIP += [("non_profit", "Non-Profit")]
MARITAL = [("single", "Single"), ("married", "Married"), ("partner", "Civil Partner"), ("divorced", "Divorced")]
MARITAL += [("widowed", "Widowed")]
SOCIAL_HOSTS = {
    "lead_linkedin": ("linkedin.com",),
    "lead_facebook": ("facebook.com", "fb.com"),
    "lead_instagram": ("instagram.com",),
    "lead_x": ("x.com", "twitter.com"),
}
# The place of a lead; changed only by LifeCycle.
PLACE_FIELDS = ("lead_stage_id", "lead_status_id")
# Fields that agents may write on a lead, in addition to those they may correct on a customer.
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
        *PLACE_FIELDS,
        *SOCIAL_HOSTS,
    )
)
LARGEST_PHOTO = 10 * 1024 * 1024


def clean(partners, vals):
    """Return profile values as they are stored, with stage and status as IDs.

    :raises ValidationError: for an invalid code, profile link or photo
    """
    env = partners.env
    vals = vals | numbers_of_links(partners, {name: vals[name] for name in PLACE_FIELDS if name in vals})
    if vals.get("lead_code"):
        code = codes.clean_code(vals["lead_code"])
        if not code:
            raise ValidationError(
                env._(
                    "'%s' is not a valid contact code. Use 2 to 32 letters or digits, with . _ / - between them.",
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
                network = partners._fields[name]._description_string(env)
                raise ValidationError(
                    env._("'%(link)s' is not a page on %(network)s.", link=vals[name], network=network)
                )
            vals[name] = link
    if photo := vals.get("image_1920"):
        _check_photo(env, photo)
    return vals


def _check_photo(env, photo):
    """:raises UserError: if the photo is too large, or has too many pixels for Odoo"""
    if len(photo) * 3 // 4 > LARGEST_PHOTO:
        raise UserError(env._("The photo is larger than %s MB.", LARGEST_PHOTO // 1024 // 1024))
    try:
        base64_to_image(photo)
    except DecompressionBombError as error:
        raise UserError(env._("The dimensions of the photo are too large.")) from error
    except UserError:
        # A vector image, or an invalid file, which Odoo reports itself.
        return


def age_band(partners, born):
    """Return the age band for a date of birth, False without one."""
    age = relativedelta(fields.Date.context_today(partners), born).years if born else -1
    return next((band for band, _label in reversed(AGE_BANDS) if age >= int(band)), False)


def age_search(partners, bands):
    """Return a domain of leads in some age bands today; birthdays count from the day itself."""
    return Domain.OR(_age_domain(partners, band) if band else Domain("lead_birthdate", "=", False) for band in bands)


def _age_domain(partners, band):
    youngest, oldest = _born(partners, band)
    domain = Domain("lead_birthdate", "<=", youngest)
    return domain & Domain("lead_birthdate", ">", oldest) if oldest else domain


def age_sql(partners, band):
    """Return an SQL condition for an age band today, for the panel."""
    youngest, oldest = _born(partners, band)
    condition = SQL("res_partner.lead_birthdate <= %s", youngest)
    return SQL("%s AND res_partner.lead_birthdate > %s", condition, oldest) if oldest else condition


def _born(partners, band):
    """Return the last date of birth in an age band, and the last one before it, None for the open band."""
    today = fields.Date.context_today(partners)
    bands = [int(key) for key, _label in AGE_BANDS]
    place = bands.index(int(band))
    oldest = today - relativedelta(years=bands[place + 1]) if place + 1 < len(bands) else None
    return today - relativedelta(years=bands[place]), oldest
