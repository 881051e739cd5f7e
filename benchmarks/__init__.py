"""The benchmark: how the addon scales, as ratios to Odoo's own ways measured in the same run.

``make bench SCALE=S`` (``M``, ``L``) makes a database of that size, measures every case and prints a table. Peers and
candidates take turns within one process, so that a slow moment of the machine hits all of them alike.
"""
