"""List the commands."""

from .. import commands

SETTINGS = """
Settings, by environment or after the command of make:
  PORT=8069        the demo's port
  DB=leads_demo    the demo's database
  ARGS='...'       a selection for test and prove (/leads_agent:TestX.test_y), pytest, screenshots, lint and bench
  PART=races       a part of prove: visibility, races, figures, upgrade, minutes, inputs, apps or addons
  SCALE=S          size of the benchmark: S, M or L
  LEADS_SEED=7     repeats a sample that a run printed: of attacks in test, of sets of addons in prove
  WORKERS=2        how many databases PART=addons of prove works on at once
  CASES='all but'  the cases of PART=addons whose name holds this text, or one of several with commas
  FIX=1            have lint repair what it can
  FRESH=1          make the demo's (or pytest's) database anew
  ODOO_HOME=DIR    an Odoo 19.0 that is there already
  PGHOST=... PGUSER=... PGPORT=... PGPASSWORD=...   another PostgreSQL than the embedded one

All that is made lies in .sandbox/ and is found again; `clean` removes it.
make reports any failure as 2: a script that needs the exact status of its shell calls `python3 -m sandbox shell`."""


def run(arguments: list[str]) -> int:
    print("make <command>, or python3 -m sandbox <command>:\n")
    for name in commands.names():
        print(f"  {name:<12} {commands.summary(name)}")
    print(SETTINGS)
    return 0
