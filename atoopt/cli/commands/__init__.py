"""One file a command: it reads, calls, prints."""
