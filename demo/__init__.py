"""A plausible business to look at: generated, the same every time, dated from today backwards, every name invented.

Stands above every app because it uses all their actions; nothing imports it.
"""
