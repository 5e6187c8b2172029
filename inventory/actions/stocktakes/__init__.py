"""Stocktakes: a place counted with the scanner, one file per verb."""
