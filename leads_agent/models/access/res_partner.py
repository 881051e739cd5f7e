from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ...arguments import takes
from ...exceptions import CustomerOutOfSight
from ...tools import given

# The address to which a new password is sent, and what Odoo computes from it.
SIGN_IN_FIELDS = frozenset(("email", "email_normalized"))

# What an agent may correct on a customer, and what else may be set on a new one.
CORRECTABLE_FIELDS = frozenset(
    ("name", "phone", "email", "street", "street2", "city", "zip", "state_id", "country_id", "lang", "child_ids")
)
NEW_CUSTOMER_FIELDS = frozenset(("parent_id", "type", "is_company", "company_type", "company_name"))
PROTECTED_FIELDS = {"leads_agent_id"}
# Keys of the context that add more than the name to the name of a contact.
WIDENING_KEYS = ("show_address", "show_email", "show_vat", "formatted_display_name", "partner_show_db_id")
EMPTY = (False, None, "", 0, [], [[6, 0, []]], [(6, 0, [])])


class ResPartner(models.Model):
    """What agents see of customers and may write on them, and a guard against taking over a customer's sign-in."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _leads_check_sign_in(self, vals):
        """Refuse to change the e-mail of a contact with a sign-in: it could be used to reset the password.

        :raises AccessError: when the e-mail of a contact with a sign-in, archived or not, would change
        """
        said = {name: vals[name] or False for name in SIGN_IN_FIELDS & vals.keys()}
        # sudo: res.users - who signs in as this customer, archived or not
        for user in self.sudo().with_context(active_test=False).user_ids if said else ():
            if any((user.partner_id[name] or False) != value for name, value in said.items()):
                raise AccessError(
                    self.env._(
                        "%s can sign in to your site, and the e-mail address can be used to reset the "
                        "password. Ask a contact manager to change it.",
                        user.name,
                    )
                )

    def _leads_filter_in_sight(self):
        # sudo: res.company - whether the contact is one of the own companies, whatever the user may read of them
        held = self.filtered(
            lambda partner: (
                partner.leads_agent_id.id == self.env.uid or not partner.partner_share or partner.sudo().ref_company_ids
            )
        )
        if others := self - held:
            graced = self.env.user._leads_sight_now()["graced"]
            held += others.filtered(lambda partner: partner.commercial_partner_id.id in graced)
        return held

    def _leads_sight_domain(self):
        """Return the domain of customers held or in their grace, colleagues and the own companies.

        All but the held ones are few and are read first: an OR with a subquery would run for every contact.
        In SQL, since every list of contacts needs it: as domain conditions it took twice as long.
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
        """Return the names of the fields that an agent may write on a customer. Hook for other addons."""
        return CORRECTABLE_FIELDS

    @takes(specification=given.optional(given.values))
    def web_read(self, specification):
        """Raise a special error for the form of a customer out of sight, on which the web client redirects."""
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
        """Show only the name, without address, e-mail or tax ID, of customers out of sight on visible records.

        The context extends a name, and names are read elevated, so the keys count only for customers in sight.
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
        """Return no token of customers: Odoo gives it to any internal user, who could sign up as the customer."""
        if not self.env.su and self.env.user._is_leads_agent():
            self.check_access("read")
            return {partner.id: {} for partner in self}
        return super().signup_get_auth_param()

    @property
    def _mail_post_access(self):
        """Agents post on, and plan activities for, what they may read, without a right to write on it."""
        return "read" if self.env.user._is_leads_agent() else super()._mail_post_access

    def _leads_proposed(self):
        """Return defaults of a button that no form shows, like the address type: checked like entered values."""
        names = self._leads_correctable_fields() | NEW_CUSTOMER_FIELDS
        return {name: self.env.context[key] for name in names if (key := f"default_{name}") in self.env.context}

    def _leads_check_new_customer(self, vals):
        """Keep the values that an agent may set on a new customer; empty values and defaults are dropped.

        :raises AccessError: when other values are set
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
        """Check the contacts of a new customer: they must be new as well, with the same allowed values."""
        if command[0] != Command.CREATE:
            raise AccessError(self._leads_sentence("child_ids"))
        return Command.create(self._leads_check_new_customer(command[2]))

    def _leads_sentence(self, field_name):
        field = self._fields.get(field_name)
        label = field._description_string(self.env) if field else field_name
        return self.env._("Leads Agents cannot set '%s' of a customer.", label)

    def _leads_check_correction(self, vals):
        """Let an agent correct a customer, but not turn it into another one.

        :raises AccessError: when a value that may only be set on a new customer would change
        """
        # sudo: res.users - who signs in as this customer, archived or not
        users = self.sudo().with_context(active_test=False).user_ids
        if any(user._is_public() for user in users):
            raise AccessError(self.env._("Leads Agents can only correct customers."))
        self._leads_check_sign_in(vals)
        for name in NEW_CUSTOMER_FIELDS & vals.keys():
            field = self._fields[name]
            if any(field.convert_to_write(partner[name], partner) != (vals[name] or False) for partner in self):
                raise AccessError(self._leads_sentence(name))
        return {name: value for name, value in vals.items() if name not in NEW_CUSTOMER_FIELDS}

    def _compute_partner_share(self):
        """Refresh the sight when a contact becomes a colleague, or no longer is one."""
        self.env["res.users"]._leads_forget_sight()
        return super()._compute_partner_share()
