# One line per command; `python3 -m sandbox <command>` does the same on a machine without make.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: bench clean demo help house lint prove pytest screenshots selftest shell test

bench clean demo help house lint prove pytest screenshots selftest shell test:
	@$(PYTHON) -m sandbox $@
