"""Standing orders: rhythms, their states, and what an order of a schedule or an agreement holds. No writes here."""
