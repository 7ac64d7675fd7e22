"""``python -m flows.cli`` is ``counterclaim``, where the script is not on the path."""

from flows.cli import main

main()
