"""The sandbox for all that reads foreign bytes: its limits, and which of them ended a process."""
