"""Raw tables of any kind, read in one way: separators, workbooks, columns, dates, numbers, and what they look like."""
