"""What the commands of the README call: gets Odoo, PostgreSQL and a browser, then runs the demo, the tests and the rest."""
