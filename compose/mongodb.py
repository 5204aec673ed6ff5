"""A stand-in that speaks MongoDB's protocol (mongo-java-server); it is not MongoDB.

Its documents live in memory and go when it stops.
"""

from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from compose.errors import NotReadyError
from compose.place import Place
from compose.prerequisites import find_java
from compose.progress import Report

LAUNCHER = Path(__file__).with_name("MongoMain.java")


def command(place: Place, _: Report) -> list[str]:
    """Name the launcher, which Java runs from its source."""
    java = find_java(java_home=place.settings.java_home)
    quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
    jars = str(place.installed / "jars" / "*")
    port = str(place.settings.mongodb_port)
    return [str(java), "-Xmx256m", quiet, "-cp", jars, str(LAUNCHER), "127.0.0.1", port]


def prove(place: Place) -> None:
    """Ping it by its protocol."""
    port = place.settings.mongodb_port
    client: MongoClient[dict[str, Any]]
    with MongoClient("127.0.0.1", port, serverSelectionTimeoutMS=1000) as client:
        try:
            client.admin.command("ping")
        except PyMongoError as refusal:
            raise NotReadyError(str(refusal)) from refusal
