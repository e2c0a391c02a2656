"""Documents from practice: what they are, what their text says, where it stands."""
