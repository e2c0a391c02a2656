"""Freed memory is kept: the same large block again costs no new pages."""

import platform
import subprocess
import sys

import pytest

from tasks.recognition.freed_memory import ENVIRONMENT

# Takes 40 MB, writes to each page and frees them, twenty times; prints how many pages the system gave.
BLOCKS = """
import ctypes, resource, sys
from tasks.recognition.freed_memory import return_freed_memory, keep_freed_memory
if "keep" in sys.argv: keep_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes, libc.memset.argtypes = [ctypes.c_void_p], [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    block = libc.malloc(40_000_000)
    libc.memset(block, 1, 40_000_000)
    libc.free(block)
    if "back" in sys.argv: return_freed_memory()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
PAGES_OF_A_BLOCK = 40_000_000 // 4096


def pages(*arguments: str, environment: dict[str, str] | None = None) -> int:
    command = [sys.executable, "-c", BLOCKS, *arguments]
    return int(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left alone")
def test_a_block_that_was_freed_is_used_again_by_call_and_by_environment() -> None:
    assert pages() > 10 * PAGES_OF_A_BLOCK
    assert pages("keep") < 2 * PAGES_OF_A_BLOCK
    assert pages(environment=ENVIRONMENT) < 2 * PAGES_OF_A_BLOCK


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left alone")
def test_freed_memory_can_be_given_back() -> None:
    assert pages("keep", "back") > 10 * PAGES_OF_A_BLOCK
