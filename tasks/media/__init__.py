"""Media: what lies in fetched files, and what is published of them."""
