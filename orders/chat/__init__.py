"""Read an order out of a pasted WhatsApp, SMS or e-mail message, by rules. Pure but for `catalogue.load`."""
