"""Links in mails lead to the port that the demo is served on."""

from sandbox.base_url import set_base_url


class Database:
    """Remembers what was asked of it, and knows one address."""

    def __init__(self, before: str):
        self.before, self.asked = before, []

    def rows(self, query: str, parameters: tuple = (), database: str = "postgres") -> list[tuple]:
        self.asked.append((query.split()[0], parameters))
        return [(self.before,)] if query.startswith("SELECT") else []


def written(before: str, url: str) -> dict[str, list[tuple]]:
    database = Database(before)
    set_base_url(database, "leads_demo", url)
    return {verb: [given for asked, given in database.asked if asked == verb] for verb in ("UPDATE", "INSERT")}


def test_address_is_written_and_frozen():
    for before in ("http://localhost:8069", "http://localhost:8104"):
        kept = written(before, "http://localhost:8104")["INSERT"]
        assert kept == [("web.base.url", "http://localhost:8104"), ("web.base.url.freeze", "True")]


def test_links_that_were_written_follow_whole_ports_only():
    changed = written("http://localhost:80", "http://localhost:8104")["UPDATE"]
    assert len(changed) == 2
    for before, after, pattern in changed:
        assert "see http://localhost:8069/odoo".replace(before, after) == "see http://localhost:8069/odoo"
        assert "see http://localhost:80/odoo".replace(before, after) == "see http://localhost:8104/odoo"
        assert before in pattern


def test_links_stay_where_the_port_does():
    assert written("http://localhost:8104", "http://localhost:8104")["UPDATE"] == []
