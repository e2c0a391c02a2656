"""Has CTranslate2 use vectors of 512 bits where the processor is good at them.

By itself it keeps to AVX2, since the first processors with AVX-512 slowed down under it. Those that
multiply 8-bit integers in such vectors (VNNI) are of a later make. (The libraries that multiply matrices,
oneDNN and MKL, choose theirs by themselves.)
"""

import os
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
# https://opennmt.net/CTranslate2/environment_variables.html
VARIABLE = "CT2_FORCE_CPU_ISA"
NEEDED = frozenset({"avx512f", "avx512cd", "avx512dq", "avx512bw", "avx512vl", "avx512_vnni"})


def use_wide_vectors(cpu_info: Path = CPU_INFO) -> None:
    """To be called before the first model is loaded. Who has set the variable keeps what it says."""
    if _features(cpu_info) >= NEEDED:
        os.environ.setdefault(VARIABLE, "AVX512")


def _features(cpu_info: Path) -> frozenset[str]:
    """What the first processor can do, in the kernel's words; nothing where it is not told."""
    try:
        lines = cpu_info.read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2] for line in lines if line.startswith("flags")), "").split())
