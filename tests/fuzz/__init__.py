"""`make fuzz`: every operation of the published API document, asked by a tool that knows nothing but the document."""
