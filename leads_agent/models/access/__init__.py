"""What the role may see and touch: guards that override Odoo's own methods, each with the attack that it answers.

- :mod:`.base`: values and forms that link to a record out of sight by its number, in whatever form the number comes;
  names of documents that a form computes from a model and a number. How links are found in values is :mod:`.links`.
- :mod:`.mail_guest`: names of the visitors of conversations that an agent is not in.
- :mod:`.mail_message`: the text of a message that is answered by its number.
- :mod:`.mail_scheduled_message`: scheduled messages on documents out of sight, by their number or that of their files.
- :mod:`.res_users`: what the rules on customers ask for, once for all of them.
- :mod:`.sale_order`: orders that an agent gives to another salesperson.
"""

from . import base, mail_guest, mail_message, mail_scheduled_message, res_users, sale_order
