"""Storage: a folder or a bucket, behind one interface."""
