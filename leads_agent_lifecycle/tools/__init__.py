from . import codes, meta, steps, words
