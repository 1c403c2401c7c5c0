"""`python -m wedsync` is the command `wedsync`."""

from wedsync.cli import main

main()
