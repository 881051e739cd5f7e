"""The arithmetic of calls: pure, typed and doctested; the models fetch rows, call it and store."""
