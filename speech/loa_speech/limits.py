# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one job may take in."""

MAX_CHARACTERS = 20_000  # of a text; about 20 minutes aloud
MAX_SECONDS = 20 * 60  # of sound
MAX_BYTES = 400 * 1024 * 1024  # of an uploaded file; 20 minutes of 24-bit stereo WAV are 330 MB
MAX_DECODE_SECONDS = 120.0  # of work on one file
MIN_SOUND_MS = 200  # of sound after trimming
