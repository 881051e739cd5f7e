"""The benchmark: how the addon scales, as ratios to Odoo's own ways measured in the same run.

``make bench SCALE=S`` (``M``, ``L``) creates a database of that size, measures every case and prints a table. Peers and
candidates alternate within one process, so that a slow moment of the machine affects all of them.
"""
