# SPDX-License-Identifier: AGPL-3.0-or-later
"""The registry against the installed apps."""

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from loa.channels import registry
from loa.channels.registry import Channel
from loa.deliveries.models import ProofStrength


def test_every_channel_belongs_to_an_installed_app():
    for channel in registry.channels():
        assert apps.is_installed(f"loa.{channel.app}")


def test_every_app_with_a_channel_module_registered_it():
    registered = {channel.app for channel in registry.channels()}
    with_module = set()
    for config in apps.get_app_configs():
        try:
            import_module(f"{config.name}.channel")
        except ModuleNotFoundError as error:
            if error.name != f"{config.name}.channel":
                raise
        else:
            with_module.add(config.label)
    assert with_module == registered


@pytest.mark.parametrize("channel", registry.channels(), ids=lambda channel: channel.key)
def test_a_channel_says_what_the_shared_parts_need(channel):
    assert channel.name
    assert set(channel.proof_kinds) <= set(ProofStrength.values)
    assert channel.proof_kinds
    assert reverse(channel.placement_page, args=["00000000-0000-0000-0000-000000000001"])


def test_a_key_belongs_to_one_app():
    known = registry.channels()[0]
    taken = Channel(**{**known.__dict__, "app": "portal"})
    with pytest.raises(ValueError, match="belongs to"):
        registry.register(taken)
    registry.register(known)


def test_an_unknown_channel_is_named():
    with pytest.raises(registry.UnknownChannelError, match="smoke"):
        registry.channel("smoke")
