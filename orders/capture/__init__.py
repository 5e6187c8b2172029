"""How a draft becomes rows: checked, matched with products and customers, built. Only actions/capture.py has orders written (store.py)."""
