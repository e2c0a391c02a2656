"""Recognition: speech becomes words."""
