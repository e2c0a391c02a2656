"""Workers: what runs the flows, and what there is to run."""
