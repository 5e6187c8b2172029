"""One file per verb of the warehouse."""
