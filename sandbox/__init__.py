"""The commands of the README: install Odoo, PostgreSQL and a browser, then run the demo, the tests and other tasks."""
