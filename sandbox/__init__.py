"""What the README's commands call: gets Odoo, PostgreSQL and a browser, then runs the demo, the tests and the rest."""
