# SPDX-License-Identifier: AGPL-3.0-or-later
"""Samples through the filters and codecs of PyAV, block by block."""

import io
from collections.abc import Iterator, Sequence

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame

from loa_speech.pcm import RATE, Samples

BLOCK = RATE * 5  # samples: long enough to be quick, short enough to hold memory down
OPUS_BITS = 64_000  # bits a second; with less, the codec adds more to the peaks
OPUS_EFFORT = "5"  # of 10; 340 times real time on one core, no difference heard in speech

Filter = tuple[str, str]


def _frame(samples: Samples, rate: int, pts: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(samples[np.newaxis, :], format="flt", layout="mono")
    frame.sample_rate = rate
    frame.pts = pts
    return frame


def _blocks(samples: Samples) -> Iterator[tuple[int, Samples]]:
    for start in range(0, len(samples), BLOCK):
        yield start, samples[start : start + BLOCK]


def run_filters(samples: Samples, rate: int, filters: Sequence[Filter]) -> Iterator[AudioFrame]:
    """Send samples through a chain of filters and give the frames that come out.

    Args:
        samples: mono samples.
        rate: their rate in Hz.
        filters: names and arguments of libavfilter.
    """
    graph = av.filter.Graph()
    source = graph.add_abuffer(format="flt", sample_rate=rate, layout="mono")
    last = source
    for name, arguments in filters:
        node = graph.add(name, arguments)
        last.link_to(node)
        last = node
    sink = graph.add("abuffersink")
    last.link_to(sink)
    graph.configure()
    for start, block in _blocks(samples):
        source.push(_frame(block, rate, start))
        yield from _drain(sink)
    source.push(None)
    yield from _drain(sink)


def _drain(sink: av.filter.context.FilterContext) -> Iterator[AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, AudioFrame)
        yield frame


def filtered(samples: Samples, rate: int, filters: Sequence[Filter]) -> Samples:
    """Send samples through filters and join what comes out, at 48 kHz if `aresample` is among them."""
    pieces = [frame.to_ndarray().reshape(-1) for frame in run_filters(samples, rate, filters)]
    return np.concatenate(pieces).astype(np.float32, copy=False) if pieces else np.zeros(0, np.float32)


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
            for packet in context.encode(_frame(block, RATE, start)):
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
            piece = frame.to_ndarray().reshape(-1)[: length - pos]
            decoded[pos : pos + len(piece)] = piece
            pos += len(piece)
    return decoded[:pos]
