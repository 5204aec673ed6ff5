"""The wiring: topology, transport, settings, worker, command line. The only room that knows Faust."""
