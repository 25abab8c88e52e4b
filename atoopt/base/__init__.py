"""What everything rests on: frozen data, files, faults in words, errors."""
