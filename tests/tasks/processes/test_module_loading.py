"""Nothing is collected while modules are loaded, and all that becomes garbage afterwards is."""

import gc
import weakref

import pytest

from tasks.processes.module_loading import loading


class Knot:
    """Holds itself, so that only the collector takes it away."""

    def __init__(self) -> None:
        self.itself = self


def test_the_collector_rests_while_something_is_loaded_and_works_again_afterwards() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()
    knot = Knot()
    remembered = weakref.ref(knot)
    del knot
    gc.collect()
    assert remembered() is None


def test_it_works_again_also_where_loading_fails() -> None:
    with pytest.raises(ModuleNotFoundError), loading():
        raise ModuleNotFoundError
    assert gc.isenabled()
