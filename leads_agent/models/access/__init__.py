"""What the role may see and touch: the guards over models of Odoo, one file per model.

``res_partner``
    A Leads Manager, or an agent, writes the e-mail of a customer who signs in, and asks for a new password: refused.
"""

from . import res_partner
