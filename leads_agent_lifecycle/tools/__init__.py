from . import codes, meta, steps
