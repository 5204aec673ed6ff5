"""How it hangs together: topology, transport, worker, commands. Only this room knows Faust."""
