from . import codes, meta, meta_values, meta_words, steps, words
