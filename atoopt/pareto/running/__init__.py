"""Child processes, the journal, a line of progress."""
