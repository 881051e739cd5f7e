"""What the role may see and touch of leads, beside what ``leads_agent`` guards.

- :mod:`.res_partner`: relationship officers see the leads whom they look after; nobody else sees them by that, and what
  may be said of a lead is a list of fields.
"""

from . import res_partner
