"""Pure functions of the addon, typed and doctested; the models read rows, call them and store the results."""
