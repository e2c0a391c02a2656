"""What the comparison of recognisers is made of: sounds, engines, scores, tables."""
