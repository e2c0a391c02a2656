"""What can go wrong, as classes: two kinds, which say whether time helps, and one class for each cause."""
