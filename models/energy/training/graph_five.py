"""The law of the model "energy" as an ONNX graph."""

from onnx import ModelProto

from models.energy.training.closed_loop import SETS
from models.energy.training.features import FIVE
from models.energy.training.graph import ENERGY, SETPOINT, Graph
from models.energy.training.law import HIGHEST_C, LOWEST_C
from models.energy.training.law_five import MIDDLE_C, T_MEAN, FiveLaw


def five_graph(law: FiveLaw) -> ModelProto:
    """Says the same as the law, step by step."""
    graph = Graph(FIVE)
    seen = graph.features()
    above = graph.add("Sub", graph.part(seen, [T_MEAN]), law.anchor_c)
    line = graph.add("Sub", MIDDLE_C, graph.add("Mul", above, law.slope))
    stuck = graph.add("Less", graph.part(seen, [len(FIVE.sums)]), law.flicker_k)
    bound = graph.add("Where", stuck, law.stuck_c, law.highest_c)
    setpoint = graph.clamp(graph.add("Min", line, bound), LOWEST_C, HIGHEST_C, output=SETPOINT)
    about = graph.add("Concat", seen, setpoint, axis=1)
    graph.add("Max", graph.network(law.energy, about), 0.0, output=ENERGY)
    return graph.model((SETS, len(FIVE.columns)), (SETPOINT, ENERGY))
