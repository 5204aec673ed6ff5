"""Runs jobs in processes of their own, a few at a time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from tests.evaluation.engine import Engine
from tests.evaluation.job import Job, Result, simulate


@contextmanager
def processes(engine: Engine, workers: int) -> Iterator[Callable[[Job], Result]]:
    """Give a function that runs a job and waits for it; threads may call it at once.

    EnergyPlus runs only once in a process, so each process takes one job. They are forked from
    one that has imported everything already, which saves a second or two for each.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.evaluation.job"])
    with ProcessPoolExecutor(workers, mp_context=context, max_tasks_per_child=1) as pool:
        yield lambda job: pool.submit(simulate, engine, job).result()
