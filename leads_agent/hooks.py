import logging

from .models.res_groups import AGENT

_logger = logging.getLogger(__name__)


def post_init_hook(env):
    """Name agents who hold excluded groups already, as after a reinstall."""
    agents = env.ref(AGENT).with_context(active_test=False).all_user_ids
    excluded = env["res.groups"]._leads_excluded_groups()
    for user in agents:
        if conflicts := user.all_group_ids & excluded:
            _logger.info(
                "Leads Agent %s has groups that agents may not have: %s",
                user.login,
                ", ".join(conflicts.mapped("full_name")),
            )
