"""
What start.py does. Standard library only: nothing is installed yet when it runs.

steps.py    sentences, stamps, and long commands with progress
install.py  .venv, the map's browser files, the demonstration workspace: each made once
serve.py    the port and the server
check.py    `start.py test`: the checks and the tests
command.py  the command line; every failure becomes one sentence
"""
