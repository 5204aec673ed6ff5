"""Structured logs: coloured on a terminal, JSON elsewhere; a line for each event worth knowing."""

import logging
import sys

import structlog

_TIMESTAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)


def set_up(level: int = logging.INFO, *, human: bool | None = None) -> None:
    """Send every log, our own and our libraries', to standard error in one shape."""
    to_terminal = sys.stderr.isatty() if human is None else human
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _TIMESTAMP,
    ]
    render: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if to_terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("streams", "connectors", "agents", "models", "compose"):
        logging.getLogger(ours).setLevel(level)
    # Faust's services log under the module of their class, and say each start and stop
    for service in ("streams.consumer", "streams.consumer_thread"):
        logging.getLogger(service).setLevel(logging.WARNING)
    # a broker away is said by ourselves; aiokafka says it at every try, some forty times a second
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
