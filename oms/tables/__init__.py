"""Files that people exported, as rows of text: CSV, Excel, JSON and X12."""
