"""The conversion for whisper.cpp: the weights of the packaged model under OpenAI's names, none lost."""

import struct
from pathlib import Path

import numpy as np
import pytest

from bench.transcription.ggml import Array, header, letters_of_bytes, quantize, read_variables, tensors
from tasks.recognition.whisper_model import default_model_folder

LAYERS, WIDTH, TOKENS = 6, 512, 51865


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Array]:
    return read_variables(default_model_folder(tmp_path_factory.mktemp("models")) / "model.bin")


def test_every_weight_gets_its_name_once(variables: dict[str, Array]) -> None:
    names = [tensor.name for tensor in tensors(variables)]
    # openai/whisper: 15 weights in a layer of the encoder, 24 in one of the decoder, and 11 besides.
    assert len(names) == len(set(names)) == LAYERS * 15 + LAYERS * 24 + 11


def test_no_number_is_lost_but_the_keys_empty_biases(variables: dict[str, Array]) -> None:
    arrays = [values for values in variables.values() if values.ndim]
    empty_biases = 3 * LAYERS * WIDTH
    assert sum(t.values.size for t in tensors(variables)) == sum(a.size for a in arrays) - empty_biases
    fused = variables["encoder/layer_0/self_attention/linear_0/bias"]
    assert not fused[WIDTH : 2 * WIDTH].any(), "keys have no bias"


def test_matrices_side_by_side_are_parted_in_order(variables: dict[str, Array]) -> None:
    fused = variables["decoder/layer_3/attention/linear_1/weight"]
    named = {tensor.name: tensor.values for tensor in tensors(variables)}
    assert np.array_equal(named["decoder.blocks.3.cross_attn.key.weight"], fused[:WIDTH])
    assert np.array_equal(named["decoder.blocks.3.cross_attn.value.weight"], fused[WIDTH:])


def test_the_header_tells_the_measures_of_whisper_base(variables: dict[str, Array]) -> None:
    measures = struct.unpack("<12i", header(variables, 1))[1:]
    assert measures == (TOKENS, 1500, WIDTH, 8, LAYERS, 448, WIDTH, 8, LAYERS, 80, 1)


def test_eight_bits_lie_half_a_step_from_the_weight_at_most() -> None:
    values = np.random.default_rng(1).normal(0, 0.02, (4, 64)).astype(np.float32)
    values[1] = 0
    packed = np.frombuffer(quantize(values), [("scale", "<f2"), ("steps", "i1", 32)])
    scales = packed["scale"].astype(np.float32)[:, None]
    restored = (scales * packed["steps"]).reshape(values.shape)
    steps = np.repeat(scales, 32, axis=1).reshape(values.shape)
    # Half a step of rounding; at 127 steps the scale's own half precision adds up to a sixteenth.
    assert np.all(np.abs(restored - values) <= steps * (0.5 + 127 / 2048))
    assert not restored[1].any()


def test_every_byte_has_a_letter_of_its_own() -> None:
    letters = letters_of_bytes()
    assert sorted(letters.values()) == list(range(256))
    assert (letters["A"], letters["Ġ"], letters["ä"]) == (ord("A"), ord(" "), 0xE4)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(struct.pack("<I", 6) + b"\x04\x00abc\x00" + bytes(8))
    with pytest.raises(ValueError, match="not a Whisper model"):
        read_variables(tmp_path / "model.bin")
