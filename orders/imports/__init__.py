"""Files of orders: read, captured in parts, reported row by row."""
