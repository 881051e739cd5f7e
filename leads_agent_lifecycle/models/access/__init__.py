"""Access to leads, in addition to the guards of ``leads_agent``.

- :mod:`.res_partner`: relationship officers see their leads, which does not extend the sight of others; a list of
  fields limits what agents may write on a lead.
"""

from . import res_partner
