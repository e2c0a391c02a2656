"""Pages as HTML: records, the reading room, the desk."""
