"""The routing time machine: past orders planned again by other rules, against the stock of their time. Reads only.

past (orders, movements and promises of the window) -> simulate (one policy over it) -> compare (two of them) -> run (a worker).
"""
