"""The address to which links in mails lead: that of the server that is running, and no other."""

from .postgres import Postgres

_KEEP = """
INSERT INTO ir_config_parameter (key, value, create_date, write_date)
     VALUES (%s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""
# Where a text that was rendered with the address is stored.
_RENDERED = (("mail_message", "body"), ("mail_mail", "body_html"))


def set_base_url(postgres: Postgres, database: str, url: str) -> None:
    """Write the address and freeze it; links that the demo data has written already follow.

    Odoo must not be running on the database: it remembers the address.
    """
    query = "SELECT value FROM ir_config_parameter WHERE key = 'web.base.url'"
    for (before,) in postgres.rows(query, database=database):
        for table, column in _RENDERED if before != url else ():
            statement = f"UPDATE {table} SET {column} = replace({column}, %s, %s) WHERE {column} LIKE %s"
            # With what follows, so that port 80 is not taken for the beginning of 8069.
            postgres.rows(statement, (f"{before}/", f"{url}/", f"%{before}/%"), database)
    for key, value in (("web.base.url", url), ("web.base.url.freeze", "True")):
        postgres.rows(_KEEP, (key, value), database)
