"""The reading room as a server: routes, the index that follows the archive, `mitschnitt serve`.

Loads neither Prefect nor the recogniser nor ffmpeg: it reads the archive and its index, nothing else.
"""
