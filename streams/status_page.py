"""What a worker shows over HTTP: /metrics for Prometheus, /health/live and /health/ready."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from streams.readiness import Readiness


async def serve(
    host: str, port: int, *, registry: CollectorRegistry, readiness: Readiness
) -> tuple[web.AppRunner, int]:
    """Serve until the runner is cleaned up; give the runner and the port it got.

    Raises:
        OSError: the port is taken.

    """

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def live(_: web.Request) -> web.Response:
        # answered by the loop that does the work: an answer is the proof
        return web.json_response({"live": True})

    async def ready(_: web.Request) -> web.Response:
        status = 200 if readiness.ready else 503
        return web.json_response(
            {"ready": readiness.ready, "reasons": readiness.reasons}, status=status
        )

    app = web.Application()
    app.add_routes(
        [
            web.get("/metrics", metrics),
            web.get("/health/live", live),
            web.get("/health/ready", ready),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    return runner, runner.addresses[0][1]
