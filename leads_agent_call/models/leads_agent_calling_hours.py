from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given

from ..tools.calling_hours import ALWAYS, Clock, Hours
from ..tools.timezones import number_prefix, possible_zones

DAYS = [("weekdays", "Monday to Friday"), ("saturday", "Saturday"), ("sunday", "Sunday")]


class LeadsAgentCallingHours(models.Model):
    """When customers of a country or state may be called, in the customer's local time.

    The rows of the state apply if it has any, else those of the country, else those without a country, which apply
    everywhere else. A day without a row is closed. Without any row, calls are not restricted.
    """

    _name = "leads.agent.calling.hours"
    _description = "Legal Calling Hours"
    _order = "country_id, state_id, days, hour_from, id"
    _rec_name = "country_id"

    country_id = Link("res.country", index=True, help="Leave empty for customers in all other countries.")
    state_id = Link(
        "res.country.state",
        domain="[('country_id', '=?', country_id)]",
        help="Leave empty for all states of the country that have no hours of their own.",
    )
    days = fields.Selection(DAYS, required=True, default="weekdays")
    hour_from = fields.Float(string="From", required=True, default=9.0)
    hour_to = fields.Float(string="To", required=True, default=20.0)
    source = fields.Char(help="The law that sets these hours, or the person who decided on them.")

    _check_hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "Calling hours begin before they end, between 0:00 and 24:00.",
    )

    @api.constrains("country_id", "state_id")
    def _check_state(self):
        for row in self:
            if row.state_id and row.state_id.country_id != row.country_id:
                raise ValidationError(
                    self.env._(
                        "%(state)s is not a state of %(country)s.",
                        state=row.state_id.name,
                        country=row.country_id.name or self.env._("all other countries"),
                    )
                )

    @api.model
    @tools.ormcache()
    def _by_place(self):
        """Return ``{(country code, state code): Hours}``; the key ("", "") is for all other places."""
        windows = {}
        # sudo: leads.agent.calling.hours - the hours of a customer do not depend on the current user
        for row in self.sudo().search([]):  # pylint: disable=no-search-all
            place = row.country_id.code or "", row.state_id.code or ""
            days = windows.setdefault(place, {name: [] for name, _label in DAYS})
            days[row.days].append((row.hour_from, row.hour_to))
        return {place: Hours(**{name: tuple(day) for name, day in days.items()}) for place, days in windows.items()}

    @api.model
    def _of(self, country, state=""):
        """Return the hours of a country and state, by their codes."""
        table = self._by_place()
        for place in ((country, state), (country, ""), ("", "")):
            if place in table:
                return table[place]
        return ALWAYS

    @api.model
    def _clocks(self, address, number=""):
        """Return the time zones of a customer at a number, each with the calling hours that apply there.

        For a number of another country, the hours of both countries apply.

        :param Address address: of the customer
        :param str number: in E.164
        :returns: a tuple of :class:`Clock`; empty if the customer's time zone is unknown
        """
        prefix = number_prefix(number)
        hours = self._of(address.country or prefix.region, address.state)
        clocks = [Clock(hours, zone) for zone in possible_zones(address, number)]
        if address.country and prefix.region not in ("", address.country):
            clocks += [Clock(self._of(prefix.region), zone) for zone in prefix.zones]
        return tuple(clocks)

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    @takes(vals=given.values)
    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    @takes()
    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
