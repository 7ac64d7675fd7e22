"""Make a virtual environment and install into it, by whatever Python is called: for the Makefile.

``python3 .ci/environment.py FOLDER [pip's arguments]``

The Python that is called may have no pip, as in environments of uv, conda or this Makefile itself; it may be too
old, which is said: hence no newer syntax here, and nothing that must be installed.
"""

import glob
import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)
PIP = ["-m", "pip", "--disable-pip-version-check", "-qq"]


def main(folder, arguments):
    """Make the environment if there is none, and let pip do what it is asked to."""
    python = os.path.join(folder, "bin", "python")
    if os.path.exists(python):
        name_checkout_by_relative_path(folder)
        refuse_other_version(folder, python)
    else:
        refuse_version()
        sys.stderr.write("Setting up %s (once; some minutes)\n" % folder)
        run([sys.executable, "-m", "venv", "--without-pip", folder])
    if arguments:
        run(find_pip(python) + arguments)
        name_checkout_by_relative_path(folder)


def name_checkout_by_relative_path(folder):
    """Let an editable install name the checkout relative to itself.

    Python up to 3.12 reads such files in the encoding of the locale, and does not start where that is ASCII and
    the path is not.
    """
    here = os.path.realpath(os.getcwd()).encode(sys.getfilesystemencoding(), "surrogateescape")
    for path in glob.glob(os.path.join(folder, "lib", "python*", "site-packages", "*counterclaim*.pth")):
        with open(path, "rb") as file:
            lines = file.read().splitlines()
        back = os.path.relpath(os.getcwd(), os.path.dirname(os.path.realpath(path))).encode("ascii")
        with open(path, "wb") as file:
            file.write(b"\n".join(back if line == here else line for line in lines) + b"\n")


def run(command, quietly=False):
    """Run a command, and end as it ends if it fails; what it prints on standard output may be left out."""
    with open(os.devnull, "wb") as nowhere:
        code = subprocess.call(command, stdout=nowhere if quietly else None)
    if code:
        sys.exit(code)


def refuse_version():
    """End if this Python is too old or too new."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(
            "Counterclaim needs Python 3.11, 3.12 or 3.13; %s is %d.%d. Try: make %s PYTHON=python3.12"
            % ((asked() or sys.executable,) + sys.version_info[:2] + (os.environ.get("GOAL") or "run",))
        )


def refuse_other_version(folder, python):
    """End if PYTHON names another version than that of the environment, which would be used in its place."""
    if not asked():
        return
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    theirs = subprocess.check_output([python, "-c", ask]).decode().strip()
    ours = "%d.%d" % sys.version_info[:2]
    if ours != theirs:
        sys.exit(
            "%s is of Python %s, and PYTHON=%s is %s. Leave PYTHON out to use %s, or make it anew: "
            "make clean, then make %s PYTHON=%s"
            % (folder, theirs, asked(), ours, theirs, os.environ.get("GOAL") or "run", asked())
        )


def asked():
    """Return the value of PYTHON if the user has named one."""
    return os.environ.get("PYTHON_ASKED", "")


def find_pip(python):
    """Return the command of a pip that installs into the environment; its own, if need be a new one."""
    if has(python, "pip"):
        return [python] + PIP
    if has(python, "ensurepip"):
        run([python, "-m", "ensurepip", "--default-pip"], quietly=True)
        return [python] + PIP
    if has(sys.executable, "pip"):  # Debian's Python without python3-venv
        return [sys.executable] + PIP + ["--python", python]
    sys.exit(
        "%s has neither pip nor ensurepip. On Debian and Ubuntu: apt install python3-venv" % sys.executable
    )


def has(python, module):
    """Tell whether a Python can import a module."""
    ask = "import importlib.util, sys; sys.exit(importlib.util.find_spec(%r) is None)" % module
    return subprocess.call([python, "-c", ask]) == 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
