"""Media: the source's clock, its sound tracks, the values between the steps."""
