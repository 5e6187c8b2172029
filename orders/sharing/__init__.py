"""Sharing scarce stock: what is wanted and what there is (`picture`), and who gets it by which rule (`proposals`)."""
