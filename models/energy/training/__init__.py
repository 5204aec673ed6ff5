"""Trains the energy models: rooms in closed loop, the planner's labels, small networks, ONNX."""
