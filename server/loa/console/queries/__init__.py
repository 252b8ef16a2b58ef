# SPDX-License-Identifier: AGPL-3.0-or-later
"""Questions of the pages that join layers: one module per page."""
