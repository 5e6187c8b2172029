"""The command bar: what was typed becomes an order to open, a list to show, or a step with a preview."""
