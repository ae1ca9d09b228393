"""Keeping the box: what its keeper asks of it on the command line. Only commands.py imports this."""
