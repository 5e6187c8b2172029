"""How a change of a placed order is read, priced and shown before it is applied. Only orders/actions write."""
