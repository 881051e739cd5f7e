from odoo import models
from odoo.exceptions import AccessError

# Where a new password is sent to, and what Odoo makes of it.
SIGN_IN_FIELDS = frozenset(("email", "email_normalized"))


class ResPartner(models.Model):
    """Nobody becomes a customer by the e-mail of the customer's sign-in."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _leads_check_sign_in(self, vals):
        """Whoever writes the e-mail of somebody who signs in can ask for a new password, and sign in as them.

        :raises AccessError: when the e-mail of a contact with a sign-in, archived or not, would change
        """
        given = {name: vals[name] or False for name in SIGN_IN_FIELDS & vals.keys()}
        # sudo: res.users - who signs in as this customer, archived or not
        for user in self.sudo().with_context(active_test=False).user_ids if given else ():
            if any((user.partner_id[name] or False) != value for name, value in given.items()):
                raise AccessError(
                    self.env._(
                        "%s signs in to your site, so the e-mail can reset a password. Ask a contact manager to "
                        "change it.",
                        user.name,
                    )
                )
