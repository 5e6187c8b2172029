"""One file per verb of putting things together."""
