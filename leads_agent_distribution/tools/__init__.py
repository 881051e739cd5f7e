"""The arithmetic of the addon: pure, typed and doctested; the models fetch rows, call it and store."""
