"""What the customer's page asks: their addresses and contacts, who is likely the same, and what a merge of two would do."""
