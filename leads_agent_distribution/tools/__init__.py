"""The arithmetic of the addon: pure functions, typed and doctested, called by the models."""
