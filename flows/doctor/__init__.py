"""The doctor: what a setup needs is looked at before it is missed."""
