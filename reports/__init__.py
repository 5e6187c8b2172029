"""What the numbers say: homes, dashboards and reports over everybody's rows.

Owns: queries, exports, schedules. Reads every app; changes nothing but its own tables.
"""
