"""The law of the model "energy-load" as an ONNX graph."""

from onnx import ModelProto

from models.energy.training.closed_loop import SETS
from models.energy.training.features import LOAD
from models.energy.training.graph import ENERGY, SETPOINT, Graph
from models.energy.training.law import (
    ENERGY as ENERGY_FEATURES,
)
from models.energy.training.law import (
    HIGHEST_C,
    HOT_C,
    LOWEST_C,
    STAY_K,
    T_MEAN,
    TYPICAL,
    WARM_C,
    LoadLaw,
)
from models.energy.training.law import SETPOINT as NOW


def load_graph(law: LoadLaw) -> ModelProto:
    """Says the same as the law, step by step."""
    graph = Graph(LOAD)
    seen = graph.features()
    now, typical = graph.part(seen, [NOW]), graph.part(seen, TYPICAL)
    measured = graph.below_limit(graph.add("Sub", graph.part(seen, [T_MEAN]), now))
    safe = graph.add("Add", measured, graph.network(law.correction, seen))
    safe = graph.add("Min", safe, graph.below_limit(graph.network(law.least, typical)))
    cautious = graph.add("Min", safe, graph.below_limit(graph.network(law.most, typical)))
    stuck = graph.add("Less", graph.part(seen, [len(LOAD.sums)]), law.flicker_k)
    safe = graph.add("Where", stuck, cautious, safe)
    change = graph.add("Sub", safe, now)
    room = graph.add("Sub", HOT_C, graph.part(seen, [T_MEAN]))
    room = graph.clamp(graph.add("Div", room, HOT_C - WARM_C), 0.0, 1.0)
    calm = graph.add("GreaterOrEqual", change, graph.add("Mul", room, -law.patience_k))
    stay = graph.add("And", calm, graph.add("Less", change, law.least_rise_k))
    wanted = graph.add("Where", stay, graph.add("Add", now, STAY_K), safe)
    setpoint = graph.clamp(wanted, LOWEST_C, HIGHEST_C, output=SETPOINT)
    about = graph.add("Concat", graph.part(seen, ENERGY_FEATURES), setpoint, axis=1)
    graph.add("Max", graph.network(law.energy, about), 0.0, output=ENERGY)
    return graph.model((SETS, len(LOAD.columns)), (SETPOINT, ENERGY))
