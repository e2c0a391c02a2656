"""What several writers change at once: whoever was slower reads it again, and tries again a little later."""

import random
import time
from collections.abc import Iterator

MOST_TRIES = 20
LONGEST_PAUSE_SECONDS = 0.4


def tries(most: int = MOST_TRIES) -> Iterator[None]:
    """So many tries, with a pause before each but the first. Pauses differ, so that two writers part."""
    for number in range(most):
        if number:
            time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - guards no secret
        yield
