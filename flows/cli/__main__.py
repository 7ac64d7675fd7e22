"""``python -m flows.cli`` runs ``counterclaim`` if the script is not on the path."""

from flows.cli import main

main()
