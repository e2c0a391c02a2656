"""Documents from practice: handed in, converted, released; as jobs of Prefect beside those of recordings."""
