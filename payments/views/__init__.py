"""Pages of payments and refunds."""
