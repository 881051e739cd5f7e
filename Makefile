# One line per command; `python3 -m sandbox <command>` does the same on a machine without make.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: clean demo help lint prove pytest screenshots shell test

clean demo help lint prove pytest screenshots shell test:
	@$(PYTHON) -m sandbox $@
