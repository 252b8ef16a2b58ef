# SPDX-License-Identifier: AGPL-3.0-or-later
"""Samples to Opus and FLAC and back, block by block."""

import io
from collections.abc import Iterator

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame

from loa_speech.pcm import RATE, Samples

BLOCK = RATE * 5  # samples: long enough to be quick, short enough to hold memory down
OPUS_BITS = 64_000  # bits a second; with less, the codec adds more to the peaks
# Of 10. At 64 kbit/s the level in each Bark band is 0.8 dB off on average, 0.6 with 5 and 10, which take 1.6 and
# 2.2 times as long; the peaks grow by 0.2 dB with 0 and by 0.3 to 0.6 with 1 to 5.
OPUS_EFFORT = "0"


def _frame(samples: Samples, pts: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(samples[np.newaxis, :], format="flt", layout="mono")
    frame.sample_rate = RATE
    frame.pts = pts
    return frame


def _blocks(samples: Samples) -> Iterator[tuple[int, Samples]]:
    for start in range(0, len(samples), BLOCK):
        yield start, samples[start : start + BLOCK]


def encode_opus(samples: Samples) -> bytes:
    """Encode 48 kHz mono as Opus in Ogg; the same samples give the same bytes on the same library."""
    target = io.BytesIO()
    options = {"fflags": "+bitexact", "serial_offset": "1"}  # else the Ogg serial would be random
    with av.open(target, "w", format="ogg", options=options) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = OPUS_BITS
        stream.options = {"compression_level": OPUS_EFFORT, "application": "audio", "vbr": "constrained"}
        context = stream.codec_context
        assert isinstance(context, AudioCodecContext)
        context.flags |= av.codec.context.Flags.bitexact
        for start, block in _blocks(samples):
            for packet in context.encode(_frame(block, start)):
                packet.stream = stream
                container.mux(packet)
        for packet in context.encode(None):
            packet.stream = stream
            container.mux(packet)
    return target.getvalue()


def encode_flac(samples: Samples) -> bytes:
    """Encode 48 kHz mono as FLAC of 16 bits, for those who edit or keep the sound."""
    target = io.BytesIO()
    with av.open(target, "w", format="flac", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        context = stream.codec_context
        assert isinstance(context, AudioCodecContext)
        context.format = "s16"
        context.flags |= av.codec.context.Flags.bitexact
        for start, block in _blocks(samples):
            whole = np.rint(np.clip(block, -1.0, 1.0) * 32767.0).astype(np.int16)
            frame = AudioFrame.from_ndarray(whole[np.newaxis, :], format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            for packet in context.encode(frame):
                packet.stream = stream
                container.mux(packet)
        for packet in context.encode(None):
            packet.stream = stream
            container.mux(packet)
    return target.getvalue()


def decode_opus(data: bytes, length: int) -> Samples:
    """Decode what `encode_opus` gave.

    Args:
        data: the file.
        length: how many samples were encoded.
    """
    decoded = np.zeros(length, np.float32)
    pos = 0
    with av.open(io.BytesIO(data), "r", format="ogg") as container:
        for frame in container.decode(audio=0):
            piece = np.frombuffer(memoryview(frame.planes[0]), np.float32, frame.samples)[: length - pos]
            decoded[pos : pos + len(piece)] = piece
            pos += len(piece)
    return decoded[:pos]
