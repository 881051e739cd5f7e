"""The arithmetic of calls: pure functions, typed and doctested, called by the models."""
