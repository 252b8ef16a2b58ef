# SPDX-License-Identifier: AGPL-3.0-or-later
"""Voices of some kilobytes that the real loaders take: a hum, as long as the text asks for."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import espeakng_loader
import numpy as np
import onnx
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

RATE = 16_000  # Hz
SAMPLES = 800  # for each symbol of the text, 50 ms
HUM = 300.0  # Hz

PIPER_SETTINGS = {
    "audio": {"sample_rate": RATE, "quality": "low"},
    "espeak": {"voice": "vi"},
    "phoneme_type": "espeak",
    "num_symbols": 256,
    "num_speakers": 1,
    "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
    "phoneme_id_map": {"_": [0], "^": [1], "$": [2]}
    | {chr(code): [3 + code % 200] for code in range(32, 800)},
    "speaker_id_map": {},
}
MATCHA_RATE = 22_050  # Hz, the only one of the vocoders that the library knows by "hifigan"
_COMMON = {"sample_rate": str(RATE), "n_speakers": "1", "language": "Vietnamese", "voice": "vi"}
_VITS = {"comment": "coqui", "frontend": "characters", "add_blank": "0", "use_eos_bos": "0"}
_VITS_OF_PIPER = {"comment": "piper", "add_blank": "1", "has_espeak": "1"}
_MATCHA = {
    "has_espeak": "1",
    "jieba": "0",
    "pad_id": "0",
    "num_ode_steps": "3",
    "use_eos_bos": "1",
    "version": "1",
}
_KOKORO = {"has_espeak": "1", "version": "1", "style_dim": "510,1,4", "speaker_names": "thu"}


def _integers(name: str, *shape: int | str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, shape)


def _floats(name: str, *shape: int | str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _made(
    nodes: Sequence[NodeProto],
    inputs: Sequence[ValueInfoProto],
    output: ValueInfoProto,
    metadata: Mapping[str, str],
) -> bytes:
    numbers: list[tuple[str, float | list[int], type]] = [
        ("one", 1, np.int64),
        ("samples", SAMPLES, np.float32),
        ("zero", 0, np.float32),
        ("step", 1, np.float32),
        ("two", 2, np.float32),
        ("turn", 2 * np.pi * HUM / RATE, np.float32),
        ("half", 0.5, np.float32),
        ("axes", [0, 1], np.int64),
        ("last", [2], np.int64),
        ("bands", [1, 80, 1], np.int64),
    ]
    constants = [numpy_helper.from_array(np.array(value, kind), name) for name, value, kind in numbers]
    graph = helper.make_graph(nodes, "hum", inputs, [output], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if metadata:
        helper.set_model_props(made, dict(metadata))
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())


def _count(name: str, axis: str = "one") -> list[NodeProto]:
    """Give the nodes to `count`, the length of an input."""
    return [
        helper.make_node("Shape", [name], ["shape"]),
        helper.make_node("Gather", ["shape", axis], ["count"]),
        helper.make_node("Cast", ["count"], ["symbols"], to=TensorProto.FLOAT),
    ]


def _hum(long: str, output: str = "output") -> list[NodeProto]:
    """Give the nodes from a number of samples to a wave of `pitch` octaves above `HUM`."""
    return [
        helper.make_node("Range", ["zero", long, "step"], ["time"]),
        helper.make_node("Mul", ["time", "turn"], ["angle"]),
        helper.make_node("Pow", ["two", "pitch"], ["higher"]),
        helper.make_node("Mul", ["angle", "higher"], ["pitched"]),
        helper.make_node("Sin", ["pitched"], ["wave"]),
        helper.make_node("Mul", ["wave", "half"], ["sound"]),
        helper.make_node("Unsqueeze", ["sound", "axes"], [output]),
    ]


def vits(*, speakers: int = 1, metadata: Mapping[str, str] | None = None) -> bytes:
    """Make a model with the inputs of a VITS voice; a speaker hums an octave above the one before."""
    nodes = [
        *_count("input"),
        helper.make_node("Gather", ["scales", "one"], ["slow"]),
        helper.make_node("Mul", ["symbols", "slow"], ["stretched"]),
        helper.make_node("Mul", ["stretched", "samples"], ["long"]),
        helper.make_node("Cast", ["sid" if speakers > 1 else "zero"], ["pitch"], to=TensorProto.FLOAT),
        *_hum("long"),
    ]
    inputs = [_integers("input", 1, "symbols_in"), _integers("input_lengths", 1), _floats("scales", 3)]
    if speakers > 1:
        inputs.append(_integers("sid", 1))
    return _made(nodes, inputs, _floats("output", 1, 1, "samples_out"), metadata or {})


def kokoro() -> bytes:
    """Make a model with the inputs of a Kokoro voice."""
    nodes = [
        *_count("tokens"),
        helper.make_node("Squeeze", ["speed"], ["fast"]),
        helper.make_node("Div", ["symbols", "fast"], ["stretched"]),
        helper.make_node("Mul", ["stretched", "samples"], ["long"]),
        helper.make_node("Identity", ["zero"], ["pitch"]),
        *_hum("long"),
    ]
    inputs = [_integers("tokens", 1, "symbols_in"), _floats("style", 1, 4), _floats("speed", 1)]
    return _made(nodes, inputs, _floats("output", 1, 1, "samples_out"), _COMMON | _KOKORO)


def matcha() -> bytes:
    """Make an acoustic model with the inputs of a Matcha voice: 80 empty bands, one frame for each symbol."""
    nodes = [
        *_count("x"),
        helper.make_node("Squeeze", ["length_scale"], ["slow"]),
        helper.make_node("Mul", ["symbols", "slow"], ["frames"]),
        helper.make_node("Range", ["zero", "frames", "step"], ["line"]),
        helper.make_node("Unsqueeze", ["line", "axes"], ["row"]),
        helper.make_node("Expand", ["row", "bands"], ["mel"]),
    ]
    inputs = [
        _integers("x", 1, "symbols_in"),
        _integers("x_length", 1),
        _floats("noise_scale", 1),
        _floats("length_scale", 1),
    ]
    return _made(
        nodes,
        inputs,
        _floats("mel", 1, 80, "frames_out"),
        _COMMON | _MATCHA | {"sample_rate": str(MATCHA_RATE)},
    )


def hifigan() -> bytes:
    """Make a vocoder: `SAMPLES` of hum for each frame."""
    nodes = [
        helper.make_node("Shape", ["mel"], ["whole"]),
        helper.make_node("Gather", ["whole", "last"], ["count"]),
        helper.make_node("Cast", ["count"], ["frames"], to=TensorProto.FLOAT),
        helper.make_node("Squeeze", ["frames"], ["symbols"]),
        helper.make_node("Mul", ["symbols", "samples"], ["long"]),
        helper.make_node("Identity", ["zero"], ["pitch"]),
        *_hum("long", "audio"),
    ]
    inputs = [_floats("mel", 1, 80, "frames_in")]
    return _made(nodes, inputs, _floats("audio", 1, 1, "samples_out"), {"model_type": "hifigan"})


def piper(folder: Path, name: str = "vi_VN-thu-low", *, speakers: tuple[str, ...] = ()) -> Path:
    """Write a Piper voice and return its model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(vits(speakers=max(1, len(speakers))))
    settings = PIPER_SETTINGS | {
        "num_speakers": max(1, len(speakers)),
        "speaker_id_map": {speaker: number for number, speaker in enumerate(speakers)},
    }
    path.with_name(path.name + ".json").write_text(json.dumps(settings), encoding="utf-8")
    return path


def sherpa(folder: Path, kind: str = "vits") -> Path:
    """Write a voice for sherpa-onnx and return its folder.

    Args:
        folder: a new one.
        kind: "vits" of characters, "vits of piper", "matcha" or "kokoro".
    """
    folder.mkdir(parents=True)
    letters = "abcdefghijklmnopqrstuvwxyz,"
    if kind == "vits":
        (folder / "model.onnx").write_bytes(vits(metadata=_COMMON | _VITS))
    else:
        letters = "_^$" + "".join(
            chr(code) for code in range(33, 800) if chr(code) not in "_^$" and code != 160
        )
        (folder / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    if kind == "vits of piper":
        (folder / "model.onnx").write_bytes(vits(metadata=_COMMON | _VITS_OF_PIPER))
    if kind == "matcha":
        (folder / "model-steps-3.onnx").write_bytes(matcha())
        (folder / "hifigan_v2.onnx").write_bytes(hifigan())
    if kind == "kokoro":
        (folder / "model.onnx").write_bytes(kokoro())
        (folder / "voices.bin").write_bytes(np.zeros(510 * 4, np.float32).tobytes())
    lines = [f"{letter} {number}" for number, letter in enumerate(letters)] + [f"  {len(letters)}"]
    (folder / "tokens.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
