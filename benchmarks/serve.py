"""Odoo as a script: with workers, it starts itself again by the path it was started with."""

from odoo.cli.command import main

main()
