"""One module per report: its title, its columns, and rows(user, span)."""
