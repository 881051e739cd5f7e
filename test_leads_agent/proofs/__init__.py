"""The long proofs over all addons: tests that `make prove` runs whole, and what they stand on."""
