"""Where users land after the login: on the page of their role, until they choose another one."""


def of_role(user):
    """Return the ID of the home action that the role of the user gives, or False."""
    return next(iter(user._home_action()), False)


def remember(users):
    """Remember which home action the role gives now: a home action that differs from it later is the user's choice."""
    # sudo: res.users - follows from a change of the role, which the caller was allowed to make
    for user in users.sudo():
        if user.leads_home_id.id != (home_id := of_role(user)):
            # Reading first lets a new role take effect, by what is remembered until now.
            user.write({"leads_home_id": home_id, "action_id": user.action_id.id})


def offered(user):
    """Return the home action that is still to be offered to a user who had the role before it gave one."""
    # sudo: res.users, ir.actions.actions - the user's own home action, and its name
    user = user.sudo()
    is_open = not (user.action_id or user.leads_home_id or user.has_group("base.group_system"))
    return user.env["ir.actions.actions"].browse((is_open and of_role(user)) or ())
