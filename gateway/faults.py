"""Lets a test of faults say where a process of the demo dies; production never looks.

The folder named by JAABI_FAULTS holds one empty file for each death that is wished, named after
the place (models/points.py). It is no setting: nobody who operates the service needs it.
"""

import os
from pathlib import Path

from gateway.settings import Settings
from models import points

VARIABLE = "JAABI_FAULTS"


def arm(settings: Settings) -> None:
    """Arm the places of this process, if this is the demo and a folder was named."""
    folder = os.environ.get(VARIABLE)
    points.arm(Path(folder) if settings.is_demo and folder else None)
