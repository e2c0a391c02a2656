"""The recogniser uses wide vectors where the processor is good at them, and only there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.recognition.vector_width import CPU_INFO, NEEDED, VARIABLE, use_wide_vectors
from tasks.recognition.whisper_model import default_model_folder

WITH_ALL = "fpu sse2 avx2 " + " ".join(sorted(NEEDED))
# CTranslate2 says which it has chosen when a model is loaded.
LOAD = """
import sys, ctranslate2
from tasks.recognition.recogniser import load_recogniser
ctranslate2.set_log_level(20)
load_recogniser(sys.argv[1], "cpu", "int8")
"""


@pytest.mark.parametrize(
    ("flags", "chosen"),
    [
        (f"flags\t\t: {WITH_ALL}\n", "AVX512"),
        (f"flags\t\t: {WITH_ALL.replace('avx512_vnni', '')}\n", None),
        ("Features\t: fp asimd\n", None),
        ("", None),
    ],
    ids=["all", "without VNNI", "ARM", "nothing told"],
)
def test_wide_vectors_are_asked_for_where_the_processor_has_what_they_need(
    flags: str, chosen: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "")  # so that it is as before afterwards
    monkeypatch.delenv(VARIABLE)
    cpu_info = tmp_path / "cpuinfo"
    cpu_info.write_text(f"processor\t: 0\nvendor_id\t: GenuineIntel\n{flags}")
    use_wide_vectors(cpu_info)
    assert os.environ.get(VARIABLE) == chosen


def test_what_somebody_has_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "AVX2")
    cpu_info = tmp_path / "cpuinfo"
    cpu_info.write_text(f"flags : {WITH_ALL}\n")
    use_wide_vectors(cpu_info)
    assert os.environ.get(VARIABLE) == "AVX2"


def test_the_recogniser_runs_on_them_where_it_can(tmp_path: Path) -> None:
    can = all(f" {feature} " in CPU_INFO.read_text().replace("\n", " ") for feature in NEEDED)
    command = [sys.executable, "-c", LOAD, str(default_model_folder(tmp_path))]
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr
    assert ("Selected ISA: AVX512" in told) == can
    assert "Selected ISA" in told
