"""Writes a CTranslate2 Whisper model as a ggml file, so that whisper.cpp can hear with the same weights.

`python -m bench.transcription.ggml MODEL_FOLDER TARGET [q8_0]` writes half precision, or 8-bit
integers in blocks of 32 with a scale each. Formats: CTranslate2's
`specs/model_spec.py` (`_serialize`) and whisper.cpp's `models/convert-pt-to-ggml.py`.
"""

import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from faster_whisper.feature_extractor import FeatureExtractor

Array = npt.NDArray[Any]

GGML_MAGIC = 0x67676D6C
GGML_F32, GGML_F16, GGML_Q8_0 = 0, 1, 8
# What a file's header says of its weights; quantized ones carry their version times 1000.
FILE_OF_F16, FILE_OF_Q8_0 = 1, 2007
BLOCK = 32
# CTranslate2 numbers its types: 0 float32, 1 int8, 2 int16, 3 int32, 4 float16.
NUMPY_TYPES = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}
CT2_BINARY_VERSION = 6
# Byte pairs are learnt from text, and this many of the tokens are text; the others are Whisper's signs.
TEXT_TOKENS = 50257

NORM = {"gamma": "weight", "beta": "bias"}
PLAIN = {"weight": "weight", "bias": "bias"}
PARTS = {
    "embeddings": ("token_embedding", PLAIN),
    "position_encodings": ("positional_embedding", {"encodings": ""}),
    "conv1": ("conv1", PLAIN),
    "conv2": ("conv2", PLAIN),
    "ffn/layer_norm": ("mlp_ln", NORM),
    "ffn/linear_0": ("mlp.0", PLAIN),
    "ffn/linear_1": ("mlp.2", PLAIN),
    "self_attention/layer_norm": ("attn_ln", NORM),
    "self_attention/linear_1": ("attn.out", PLAIN),
    "attention/layer_norm": ("cross_attn_ln", NORM),
    "attention/linear_0": ("cross_attn.query", PLAIN),
    "attention/linear_2": ("cross_attn.out", PLAIN),
}
# CTranslate2 keeps these side by side in one matrix.
FUSED = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
}
VARIABLE = re.compile(r"(encoder|decoder)/(?:layer_(\d+)/)?(.+)/(\w+)")


@dataclass(frozen=True, slots=True)
class Tensor:
    """A weight under the name that OpenAI gave it."""

    name: str
    values: Array


def main() -> None:
    """Convert what the command line names."""
    convert(Path(sys.argv[1]), Path(sys.argv[2]), quantized=sys.argv[3:] == ["q8_0"])


def convert(model: Path, target: Path, quantized: bool = False) -> None:
    """Write the ggml file of a CTranslate2 model folder. ValueError: not the format we know."""
    variables = read_variables(model / "model.bin")
    tokens = (model / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:TEXT_TOKENS]
    with target.open("wb") as stream:
        stream.write(header(variables, FILE_OF_Q8_0 if quantized else FILE_OF_F16))
        write_filters(stream, FeatureExtractor(feature_size=variables["encoder/conv1/weight"].shape[1]))
        write_tokens(stream, tokens)
        for tensor in tensors(variables):
            write_tensor(stream, tensor, quantized)


def read_variables(path: Path) -> dict[str, Array]:
    """All arrays of a `model.bin` by name."""
    with path.open("rb") as stream:
        (version,) = _unpacked(stream, "<I")
        if version != CT2_BINARY_VERSION or _text(stream) != "WhisperSpec":
            raise ValueError(f"{path.name} is not a Whisper model of CTranslate2's binary version 6")
        _revision, count = _unpacked(stream, "<II")
        return dict(_variable(stream) for _ in range(count))


def _variable(stream: BinaryIO) -> tuple[str, Array]:
    name = _text(stream)
    (rank,) = _unpacked(stream, "<B")
    shape = _unpacked(stream, f"<{rank}I")
    kind, size_bytes = _unpacked(stream, "<BI")
    return name, np.frombuffer(stream.read(size_bytes), NUMPY_TYPES[kind]).reshape(shape)


def _text(stream: BinaryIO) -> str:
    (size_bytes,) = _unpacked(stream, "<H")
    return stream.read(size_bytes)[:-1].decode()


def _unpacked(stream: BinaryIO, layout: str) -> tuple[int, ...]:
    return struct.unpack(layout, stream.read(struct.calcsize(layout)))


def header(variables: dict[str, Array], file_type: int) -> bytes:
    """The model's measures, in whisper.cpp's order."""
    vocabulary = variables["decoder/embeddings/weight"].shape[0]
    mels = variables["encoder/conv1/weight"].shape[1]
    sides = [*_measures(variables, "encoder"), *_measures(variables, "decoder")]
    return struct.pack("<12i", GGML_MAGIC, vocabulary, *sides, mels, file_type)


def _measures(variables: dict[str, Array], side: str) -> list[int]:
    """Positions, width, attention heads and layers."""
    numbered = (re.match(rf"{side}/layer_(\d+)/", name) for name in variables)
    layers = {found[1] for found in numbered if found}
    positions, width = variables[f"{side}/position_encodings/encodings"].shape
    return [positions, width, int(variables[f"{side}/num_heads"]), len(layers)]


def write_filters(stream: BinaryIO, features: FeatureExtractor) -> None:
    """The mel filters, a row for each band."""
    filters = np.asarray(features.mel_filters, "<f4")
    stream.write(struct.pack("<2i", *filters.shape) + filters.tobytes())


def write_tokens(stream: BinaryIO, tokens: list[str]) -> None:
    """The text of each token as bytes; a sign of Whisper's own has none."""
    letters = letters_of_bytes()
    stream.write(struct.pack("<i", len(tokens)))
    for token in tokens:
        text = bytes(letters[letter] for letter in token if letter in letters)
        stream.write(struct.pack("<i", len(text)) + text)


def letters_of_bytes() -> dict[str, int]:
    """GPT-2's way to write any byte as a letter: those that can be seen stand for themselves."""
    seen = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    unseen = [byte for byte in range(256) if byte not in seen]
    return {chr(byte): byte for byte in seen} | {chr(256 + at): byte for at, byte in enumerate(unseen)}


def tensors(variables: dict[str, Array]) -> Iterator[Tensor]:
    """The weights under OpenAI's names; what only CTranslate2 needs is left out."""
    for name, values in variables.items():
        found = VARIABLE.fullmatch(name)
        if not found or not values.shape:
            continue
        side, layer, part, kind = found.groups()
        place = f"{side}.blocks.{layer}" if layer else side
        if part in FUSED:
            yield from _parted(place, FUSED[part], kind, values)
        else:
            yield Tensor(*_named(side, place, part, kind, values))


def _parted(place: str, names: tuple[str, ...], kind: str, values: Array) -> Iterator[Tensor]:
    """The matrices that lie side by side; OpenAI's keys have no bias."""
    for name, part in zip(names, np.split(values, len(names)), strict=True):
        if not (name.endswith("key") and kind == "bias"):
            yield Tensor(f"{place}.{name}.{kind}", part)


def _named(side: str, place: str, part: str, kind: str, values: Array) -> tuple[str, Array]:
    if part == "layer_norm":
        last = {"encoder": "ln_post", "decoder": "ln"}[side]
        return f"{side}.{last}.{NORM[kind]}", values
    name, kinds = PARTS[part]
    column = part.startswith("conv") and kind == "bias"
    return f"{place}.{name}.{kinds[kind]}".removesuffix("."), values[:, None] if column else values


def write_tensor(stream: BinaryIO, tensor: Tensor, quantized: bool) -> None:
    """A tensor with its head. Small ones stay float32, convolutions half precision, as whisper.cpp wants."""
    values, name = tensor.values, tensor.name.encode()
    kind = _kind(tensor, quantized)
    stream.write(struct.pack("<3i", values.ndim, len(name), kind))
    stream.write(struct.pack(f"<{values.ndim}i", *reversed(values.shape)) + name)
    stream.write(_as_bytes(values, kind))


def _kind(tensor: Tensor, quantized: bool) -> int:
    bias_or_place = tensor.name.endswith(("bias", "positional_embedding"))
    if tensor.values.ndim < 2 or bias_or_place:
        return GGML_F32
    return GGML_Q8_0 if quantized and tensor.values.ndim == 2 else GGML_F16


def _as_bytes(values: Array, kind: int) -> bytes:
    if kind == GGML_Q8_0:
        return quantize(values)
    return np.ascontiguousarray(values, {GGML_F32: "<f4", GGML_F16: "<f2"}[kind]).tobytes()


def quantize(values: Array) -> bytes:
    """ggml's q8_0: each 32 numbers as a half-precision scale and 32 signed bytes."""
    blocks = np.asarray(values, np.float32).reshape(-1, BLOCK)
    scales = np.abs(blocks).max(axis=1, keepdims=True) / 127
    steps = np.divide(blocks, scales, out=np.zeros_like(blocks), where=scales > 0)
    packed = np.empty(len(blocks), dtype=[("scale", "<f2"), ("steps", "i1", BLOCK)])
    packed["scale"], packed["steps"] = scales[:, 0], np.rint(steps)
    return packed.tobytes()


if __name__ == "__main__":
    main()
