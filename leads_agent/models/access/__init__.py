"""What the role may see and change: guards that override Odoo's own methods, each with the attack that it stops.

- :mod:`.base`: values and forms that link to a record out of sight by its ID, in any form; names of documents that a
  form computes from a model and an ID. :mod:`.links` finds the links in values.
- :mod:`.ir_rule`, :mod:`.res_users`: somebody puts an agent into a group of Sales or Invoicing past all checks, in the
  database: the models that only this group opens, reports included, show nothing. What the rules on customers need
  is read once for all of them.
- :mod:`.leads_agent_assignment`: reading, following and resolving after the lead was taken away.
- :mod:`.mail_guest`: names of visitors in conversations that the agent does not take part in.
- :mod:`.mail_message`: the text of a message that is replied to by its ID.
- :mod:`.mail_scheduled_message`: scheduled messages on documents out of sight, by their ID or that of their files.
- :mod:`.res_partner`: a Leads Manager, or an agent, writes the e-mail of a customer who signs in, and asks for a new
  password.
- :mod:`.sale_order`: orders that an agent gives to another salesperson.
"""

from . import (
    base,
    ir_rule,
    leads_agent_assignment,
    mail_guest,
    mail_message,
    mail_scheduled_message,
    res_partner,
    res_users,
    sale_order,
)
