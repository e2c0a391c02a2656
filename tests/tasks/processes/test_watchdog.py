"""A call that hangs in a library ends its process, whatever thread it hangs in and whatever it holds."""

import subprocess
import sys
import threading
import time

import pytest

from tasks.processes.watchdog import ended_after

# It keeps the interpreter to itself, as a library does that forgot to let go of it.
HANGS = "import ctypes; ctypes.PyDLL(None).sleep(100)"


def ended(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "code",
    [
        f"from tasks.processes.watchdog import ended_after\nwith ended_after(0.5): {HANGS}",
        "import threading\nfrom tasks.processes.watchdog import ended_after\n"
        f"def hang():\n    with ended_after(0.5): {HANGS}\n"
        "threading.Thread(target=hang).start()",
    ],
)
def test_a_call_that_hangs_ends_the_process_and_says_where(code: str) -> None:
    found = ended(code)
    assert found.returncode == 1
    assert "Timeout" in found.stderr


def test_the_earliest_of_several_limits_counts_and_those_that_were_kept_do_not() -> None:
    code = (
        "import time\nfrom tasks.processes.watchdog import ended_after\n"
        "with ended_after(30):\n"
        "    with ended_after(0.2): pass\n"
        "    time.sleep(0.6)\n"
        "    print('lives', flush=True)\n"
        "    with ended_after(0.2): time.sleep(20)\n"
    )
    found = ended(code)
    assert (found.stdout, found.returncode) == ("lives\n", 1)


def test_nothing_happens_to_who_is_in_time() -> None:
    with ended_after(0.05):
        pass
    time.sleep(0.1)
    assert threading.main_thread().is_alive()
