"""Channels in sync: what each channel may sell, noticed after the fact and told to it. The paths that sell know nothing of it."""
