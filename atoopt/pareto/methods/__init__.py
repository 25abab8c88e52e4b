"""One file a method, and the engine that they share."""
