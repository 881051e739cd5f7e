from . import (
    base_import_import,
    base_partner_merge,
    leads_agent_lifecycle_try,
    leads_agent_lifecycle_try_line,
    leads_agent_status_update,
)
