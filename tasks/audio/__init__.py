"""Audio: the recogniser's input, and where somebody speaks in it."""
