"""The graph of stages. Takes a spec and a store; gives plans, builds and reasons; never computes a result itself."""
