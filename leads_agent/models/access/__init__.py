"""What the role may see and touch: the guards over models of Odoo, one file per model.

``res_partner``
    A Leads Manager, or an agent, writes the e-mail of a customer who signs in, and asks for a new password: refused.
``res_users``, ``ir_rule``
    Somebody puts an agent into a group of Sales or Invoicing past all checks, in the database: the models that this
    group alone opens, reports and all, show nothing.
"""

from . import ir_rule, res_partner, res_users
