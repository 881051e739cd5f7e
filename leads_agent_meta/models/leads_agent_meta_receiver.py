from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from odoo.addons.leads_agent.arguments import takes
from odoo.addons.leads_agent.fields import Link
from odoo.addons.leads_agent.tools import given

from ..tools import receivers


class LeadsAgentMetaReceiver(models.Model):
    """One of our numbers or pages, and the company that receives the messages sent to it."""

    _name = "leads.agent.meta.receiver"
    _description = "Number or Page"
    _order = "channel, name, id"

    name = fields.Char(
        required=True, help="A name for your reference, such as the number itself or the title of the page."
    )
    channel = fields.Selection(
        [("whatsapp", "WhatsApp"), ("messenger", "Messenger"), ("instagram", "Instagram")],
        required=True,
        default="whatsapp",
    )
    key = fields.Char(
        string="ID at Meta",
        required=True,
        help="WhatsApp: the Phone Number ID. Messenger: the Page ID. Instagram: the ID of the professional "
        "account. Digits only; it is not the phone number.",
    )
    company_id = Link(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda receiver: receiver.env.company,
        help="The company that receives messages to this number or page. Numbers and pages that are not "
        "listed belong to the default company.",
    )

    _one_company = models.UniqueIndex("(channel, key)", "This number or page is already listed.")

    @api.constrains("key")
    def _check_key(self):
        for receiver in self:
            if not receiver.key or receiver.key != receivers.clean(receiver.key):
                raise ValidationError(
                    self.env._("'%s' is not a Meta ID. It has only digits, at most 32.", receiver.key)
                )

    def _check_own_company(self):
        """:raises AccessError: when a user gives a number to a company that is not one of theirs"""
        if not self.env.su and (others := self.company_id - self.env.user.company_ids):
            raise AccessError(self.env._("You do not work in the company %s.", others[0].display_name))

    @api.model
    @tools.ormcache()
    def _company_ids(self):
        """Elevated: return ``{(channel, key): company}``, read for each message."""
        return {(one.channel, one.key): one.company_id.id for one in self.search(Domain.TRUE)}

    @api.model_create_multi
    @takes(vals_list=given.rows)
    def create(self, vals_list):
        result = super().create([self._without_spaces(vals) for vals in vals_list])
        result._check_own_company()
        self.env.registry.clear_cache()
        return result

    @takes(vals=given.values)
    def write(self, vals):
        result = super().write(self._without_spaces(vals))
        self._check_own_company()
        self.env.registry.clear_cache()
        return result

    @takes()
    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _without_spaces(self, vals):
        """Strip the spaces around an ID copied from a page."""
        return vals | {"key": vals["key"].strip()} if isinstance(vals.get("key"), str) else vals
