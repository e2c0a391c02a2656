"""Sources: where a recording comes from, what its address and its names say."""
