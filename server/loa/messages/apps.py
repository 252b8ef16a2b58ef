# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "loa.messages"
    label = "messages"
