"""Builds the wheel, installs it into a new virtual environment and runs the demo there, far from the checkout.

    python scripts/check_wheel.py           the packages that it needs are those of the environment that runs this
    python scripts/check_wheel.py --fresh   they are installed too, as a user's would be
    python scripts/check_wheel.py dist/x.whl   a wheel that was built already

Prints what the wheel and, with --fresh, the whole environment weigh.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> None:
    fresh = "--fresh" in arguments
    wheels = [Path(name).resolve() for name in arguments if name.endswith(".whl")]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wheel = wheels[0] if wheels else build(place / "dist")
        python = install(wheel, place / "venv", fresh=fresh)
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
        if fresh:
            print(f"installed with all that it needs: {weight(place / 'venv') / 1e6:.0f} MB")
        demo(python, place)


def build(folder: Path) -> Path:
    """The wheel of this checkout."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path, *, fresh: bool) -> Path:
    """The Python of a new environment that holds the wheel."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *([] if fresh else ["--no-deps"]), wheel], check=True)
    if not fresh:  # all packages but tiab, whose editable install must not be found before the wheel
        inside = subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip
        (Path(inside) / "needs.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def weight(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def demo(python: Path, folder: Path) -> None:
    """Runs the demo in an empty folder with an empty HOME.

    Raises:
        SystemExit: it is not the wheel's tiab that runs, or the demo did not rank what it should.
    """
    home = folder / "home"
    home.mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "TIAB"))}
    environment |= {"HOME": str(home), "USERPROFILE": str(home)}

    def run(*command: str) -> str:
        return subprocess.run(
            [python, *command], cwd=home, env=environment, check=True, capture_output=True, text=True
        ).stdout

    where = run("-c", "import tiab; print(tiab.__file__)").strip()
    if not Path(where).resolve().is_relative_to(folder.resolve()):
        raise SystemExit(f"another tiab than the wheel's would run: {where}")
    told = json.loads(run("-m", "tiab", "demo", "--json"))
    relevant, records = told["evaluation"]["n_relevant"], told["evaluation"]["n_records"]
    if (relevant, records) != (12, 123):
        raise SystemExit(f"the demo ranked {records} records with {relevant} relevant ones, not 123 with 12")
    print(f"{run('-m', 'tiab', '--version').strip()} runs the demo from the wheel")


if __name__ == "__main__":
    main(sys.argv[1:])
