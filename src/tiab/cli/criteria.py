"""tiab criteria check"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tiab.cli.inputs import pool_of
from tiab.cli.options import JobsOption, JsonOption
from tiab.cli.outputs import Commands
