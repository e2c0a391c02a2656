"""The organisers' desk as far as it is pure: what its form says, its pages, its words."""
