"""The organisers' desk: what they hand in, how far it is, and what the machine needs of them."""
