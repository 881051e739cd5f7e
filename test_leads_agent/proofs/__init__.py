"""The long proofs over all addons: tests that `make prove` runs in full, and their helpers."""
