"""Odoo as a script: with workers, Odoo restarts itself by the path of the script."""

from odoo.cli.command import main

main()
