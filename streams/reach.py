"""Whether the servers that the settings name answer; asking changes nothing on them."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

import httpx

from connectors.object_store import answers, client
from connectors.outcome import RefusedError, UnavailableError
from connectors.registry import Registry
from connectors.topic_admin import TopicAdmin
from schemas.topics import CATALOGUE
from streams.settings import Settings
