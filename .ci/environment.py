"""Make a virtual environment and install into it, by whatever Python is called: for the Makefile.

``python3 .ci/environment.py FOLDER [pip's arguments]``

The Python that is called may have no pip, as in environments of uv, conda or this Makefile itself; it may be too
old, which is said: hence no newer syntax here, and nothing that must be installed.

Each step is told on standard error when it begins, when it ends, and every few seconds in between.
"""

import glob
import os
import re
import subprocess
import sys
import threading
import time

OLDEST, NEWEST = (3, 11), (3, 13)
PIP = ["-m", "pip", "--disable-pip-version-check"]
REPORT_SECONDS = 15
PACKAGE_LINE = re.compile(r"(Collecting|Processing|Requirement already satisfied:) ")
REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*")
MOST_ERROR_LINES = 40


def main(folder, arguments):
    """Make the environment if there is none, and let pip do what it is asked to."""
    python = os.path.join(folder, "bin", "python")
    if os.path.exists(python):
        name_checkout_by_relative_path(folder)
        refuse_other_version(folder, python)
    else:
        refuse_version()
        sys.stderr.write("Setting up %s (once; some minutes)\n" % folder)
        with Step("Creating the environment"):
            run([sys.executable, "-m", "venv", "--without-pip", folder])
    if arguments:
        pip = find_pip(python)
        if arguments[0] == "install":
            install(pip + arguments, arguments)
        else:
            run(pip + ["-qq"] + arguments)
        name_checkout_by_relative_path(folder)


class Step:
    """A step, told when it begins, when it ends well, and every few seconds in between."""

    def __init__(self, title, seconds=REPORT_SECONDS):
        """Take the title of the step and the seconds between two reports."""
        self.title, self.seconds = title, seconds
        self.state, self.outcome = "not done yet", "done"

    def __enter__(self):
        """Tell that the step begins, and go on to tell what it does."""
        self.start, self.end = time.time(), threading.Event()
        tell("  " + self.title)
        thread = threading.Thread(target=self.report)
        thread.daemon = True
        thread.start()
        return self

    def __exit__(self, kind, error, trace):
        """Tell how long the step took."""
        self.end.set()
        tell("  %4d s: %s" % (time.time() - self.start, "failed" if kind else self.outcome))

    def report(self):
        """Tell what the step does until it ends."""
        while not self.end.wait(self.seconds):
            tell("  %4d s: %s" % (time.time() - self.start, self.state))


def tell(line):
    """Write a line to standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def install(command, arguments, seconds=REPORT_SECONDS):
    """Run pip's install and tell how far it is; of what it prints, only its errors are shown, as with -qq."""
    title, total = describe_installation(arguments)
    lines = []
    unbuffered = dict(os.environ, PIP_PROGRESS_BAR="off", PYTHONUNBUFFERED="1")
    with Step(title, seconds) as step:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=unbuffered)
        for line in process.stdout:
            lines.append(line.decode("utf-8", "replace").rstrip())
            step.state = describe_state(lines, total) or step.state
        if process.wait():
            step.outcome = "failed"
    if process.returncode:
        tell("\n".join(find_errors(lines)))
        sys.exit(process.returncode)


def describe_installation(arguments):
    """Return what an installation is called, and the number of requirements that it names."""
    if "--editable" in arguments:
        return "Linking this folder", 0
    if "-r" not in arguments:
        names = [name for name in arguments[1:] if not name.startswith("-")]
        return "Installing " + ", ".join(names), len(names)
    path = arguments[arguments.index("-r") + 1]
    with open(path) as file:
        lines = [line for line in file if REQUIREMENT.match(line)]
    # A package may have a line for each of several Pythons; pip says which lines are not for this machine.
    names = {REQUIREMENT.match(line).group() for line in lines}
    return "Installing about %d packages of %s" % (len(names), path), len(lines)


def describe_state(lines, total):
    """Return how far pip is by the lines that it has printed; nothing if they do not say it."""
    if any(line.startswith("Installing collected packages") for line in lines):
        return "all packages are fetched; unpacking them"
    needed = total - len([line for line in lines if line.startswith("Ignoring ")])
    begun = len([line for line in lines if PACKAGE_LINE.match(line)])
    return "package %d of %d" % (begun, needed) if 0 < begun <= needed else ""


def find_errors(lines):
    """Return pip's errors, which it prints last, or if it names none the last lines without an address."""
    first = [i for i, line in enumerate(lines) if line.lstrip().lower().startswith("error:")]
    shown = lines[first[0] :] if first else [line for line in lines if "://" not in line]
    return shown[-MOST_ERROR_LINES:]


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
            "%s is of Python %s, and PYTHON=%s is %s. Leave PYTHON out to use %s, or replace it: "
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
        with Step("Installing pip"):
            run([python, "-m", "ensurepip", "--default-pip"], quietly=True)
        return [python] + PIP
    if has(sys.executable, "pip"):  # Debian's Python without python3-venv
        return [sys.executable] + PIP + ["--python", python]
    sys.exit(
        "%s has neither pip nor ensurepip. On Debian and Ubuntu: apt install python3-venv" % sys.executable
    )


def has(python, module):
    """Return True if a Python can import a module."""
    ask = "import importlib.util, sys; sys.exit(importlib.util.find_spec(%r) is None)" % module
    return subprocess.call([python, "-c", ask]) == 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
