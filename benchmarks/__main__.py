"""``python -m benchmarks CONF DATABASE SCALE RESULTS CASE``: fill a database, or measure one case on it."""

import argparse
import importlib
import sys
from pathlib import Path

import odoo.modules
from odoo.modules.registry import Registry
from odoo.tools import config

from . import cases, generator, report

ROUNDS = {"S": 25, "M": 15, "L": 9}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("conf")
    parser.add_argument("database")
    parser.add_argument("scale", choices=generator.SCALES)
    parser.add_argument("results", type=Path)
    parser.add_argument(
        "case",
        choices=("fill", *cases.IN_ORDER, *cases.WITH_LIFECYCLE),
        help="what to measure, or to fill the database",
    )
    options = parser.parse_args()
    config.parse_config(["-c", options.conf, "-d", options.database, "--log-level", "warn"])
    odoo.modules.initialize_sys_path()
    registry, scale = Registry(options.database), generator.SCALES[options.scale]
    if options.case == "fill":
        generator.fill(registry, scale)
        return 0

    def record(row: report.Row) -> None:
        report.write(options.results, row)
        print(report.table([row]).splitlines()[-1], file=sys.stderr, flush=True)

    generator.vacuum(registry)
    case = importlib.import_module(f"{cases.__name__}.{options.case}")
    case.run(registry, scale, ROUNDS[scale.name], record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
