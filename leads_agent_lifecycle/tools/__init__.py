from . import codes, steps
