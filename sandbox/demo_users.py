"""Users who can sign in to the demo, read from the database so that they are only listed in the demo data."""

from .postgres import Postgres

# The password of a user of the demo data is the login.
_QUERY = """
SELECT CASE role.name WHEN 'group_leads_manager' THEN 'manager' ELSE 'agent' END, u.login
  FROM res_users u
  JOIN ir_model_data own ON own.model = 'res.users' AND own.res_id = u.id AND own.module LIKE 'leads\\_agent%'
  JOIN res_groups_users_rel held ON held.uid = u.id
  JOIN ir_model_data role ON role.model = 'res.groups' AND role.res_id = held.gid AND role.module = 'leads_agent'
   AND role.name IN ('group_leads_manager', 'group_leads_agent')
 WHERE u.active
 ORDER BY role.name DESC, u.id
"""
WANTED = {"manager": 1, "agent": 2}


def sign_ins(postgres: Postgres, database: str) -> list[tuple[str, str]]:
    """Return (role, login) of the admin, a manager and two agents."""
    found = [("admin", "admin")]
    for role, login in postgres.rows(_QUERY, database=database):
        if sum(role == other for other, _login in found) < WANTED[role]:
            found.append((role, login))
    return found
