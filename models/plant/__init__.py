"""Our own simulated server rooms: air, hot spots, cooling, sensors, loads and climates."""
