"""Loading large libraries without looking for garbage meanwhile.

Modules that are being loaded make a million objects that all stay. Python's collector would look through them
again and again, a sixth to a quarter of the time that Prefect takes to load, and find nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """While the block lasts nothing is collected; what it loaded is not looked through later either."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
