"""What the role may see and touch: guards that override Odoo's own methods, each with the attack that it answers.

- :mod:`.base`: values and forms that link to a record out of sight by its number, in whatever form the number comes;
  names of documents that a form computes from a model and a number. How links are found in values is :mod:`.links`.
- :mod:`.ir_rule`, :mod:`.res_users`: somebody puts an agent into a group of Sales or Invoicing past all checks, in the
  database: the models that this group alone opens, reports and all, show nothing. What the rules on customers ask for
  is looked up once for all of them.
- :mod:`.leads_agent_assignment`: reading, following and resolving go on after the lead was taken away.
- :mod:`.mail_guest`: names of the visitors of conversations that an agent is not in.
- :mod:`.mail_message`: the text of a message that is answered by its number.
- :mod:`.mail_scheduled_message`: scheduled messages on documents out of sight, by their number or that of their files.
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
