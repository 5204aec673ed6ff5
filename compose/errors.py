"""What can go wrong with a local server, in words a person can act on."""


class ServerError(Exception):
    """A local server could not be had; the message says why and what to do about it."""


class UnknownServerError(ServerError):
    """A name that is not in the manifest, or a server that exists in Docker only."""


class MissingPrerequisiteError(ServerError):
    """Java, Maven or Go is absent or too old."""


class BusyPortError(ServerError):
    """Somebody else listens on a port that a server needs."""


class InstallError(ServerError):
    """A download or a build failed."""


class StartError(ServerError):
    """A server died, or did not serve in time; the message ends with its log's last lines."""


class NotReadyError(Exception):
    """A running server that does not serve yet: worth asking again."""
