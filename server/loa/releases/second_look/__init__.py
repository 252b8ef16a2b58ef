# SPDX-License-Identifier: AGPL-3.0-or-later
"""A page of another origin on which an approver sees and checks by himself what he is asked to sign."""
