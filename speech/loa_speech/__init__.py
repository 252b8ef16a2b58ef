# SPDX-License-Identifier: AGPL-3.0-or-later
"""Vietnamese text to spoken words to finished sound, and recordings to finished sound.

`reading`, `lexicon`, `jobs`, `child` and `errors` import neither numpy nor PyAV, so that a web process
can normalise a text and start a job at little cost; `sound`, `chain`, `engines` and `say` do the work.
"""
