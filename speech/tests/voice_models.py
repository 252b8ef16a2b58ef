# SPDX-License-Identifier: AGPL-3.0-or-later
"""Voices of a few hundred bytes that the real loaders take: a hum, as long as the text asks for."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

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


def model(*, speakers: int = 1, metadata: dict[str, str] | None = None) -> bytes:
    """Make a model with the inputs of a VITS voice; a speaker hums an octave above the one before."""

    def constant(name: str, value: float | list[int], kind: type) -> onnx.TensorProto:
        return numpy_helper.from_array(np.array(value, kind), name)

    nodes = [
        helper.make_node("Shape", ["input"], ["shape"]),
        helper.make_node("Gather", ["shape", "one"], ["count"]),
        helper.make_node("Cast", ["count"], ["symbols"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["scales", "one"], ["slow"]),
        helper.make_node("Mul", ["symbols", "slow"], ["stretched"]),
        helper.make_node("Mul", ["stretched", "samples"], ["long"]),
        helper.make_node("Range", ["zero", "long", "step"], ["time"]),
        helper.make_node("Mul", ["time", "turn"], ["angle"]),
        *(
            [
                helper.make_node("Cast", ["sid"], ["which"], to=TensorProto.FLOAT),
                helper.make_node("Pow", ["two", "which"], ["higher"]),
                helper.make_node("Mul", ["angle", "higher"], ["pitched"]),
            ]
            if speakers > 1
            else [helper.make_node("Identity", ["angle"], ["pitched"])]
        ),
        helper.make_node("Sin", ["pitched"], ["wave"]),
        helper.make_node("Mul", ["wave", "half"], ["sound"]),
        helper.make_node("Unsqueeze", ["sound", "axes"], ["output"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "symbols_in"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
    graph = helper.make_graph(
        nodes,
        "hum",
        inputs,
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, "samples_out"])],
        [
            constant("one", 1, np.int64),
            constant("samples", float(SAMPLES), np.float32),
            constant("zero", 0.0, np.float32),
            constant("step", 1.0, np.float32),
            constant("two", 2.0, np.float32),
            constant("turn", 2 * np.pi * HUM / RATE, np.float32),
            constant("half", 0.5, np.float32),
            constant("axes", [0, 1], np.int64),
        ],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if metadata:
        helper.set_model_props(made, metadata)
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())


def piper(folder: Path, name: str = "vi_VN-thu-low", *, speakers: tuple[str, ...] = ()) -> Path:
    """Write a Piper voice and return its model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(model(speakers=max(1, len(speakers))))
    settings = PIPER_SETTINGS | {
        "num_speakers": max(1, len(speakers)),
        "speaker_id_map": {speaker: number for number, speaker in enumerate(speakers)},
    }
    path.with_name(path.name + ".json").write_text(json.dumps(settings), encoding="utf-8")
    return path


def sherpa(folder: Path) -> Path:
    """Write a VITS voice of characters for sherpa-onnx and return its folder."""
    folder.mkdir(parents=True)
    metadata = {
        "sample_rate": str(RATE),
        "n_speakers": "1",
        "language": "Vietnamese",
        "comment": "coqui",
        "frontend": "characters",
        "add_blank": "0",
        "use_eos_bos": "0",
    }
    (folder / "model.onnx").write_bytes(model(metadata=metadata))
    letters = "abcdefghijklmnopqrstuvwxyz,"
    lines = [f"{letter} {number}" for number, letter in enumerate(letters)] + [f"  {len(letters)}"]
    (folder / "tokens.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
