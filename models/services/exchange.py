"""Which files of the directory there are, in and out."""

from collections.abc import Callable, Mapping
from functools import partial

from models.db import Work
from models.services import directory_files
from models.services.area_files import read_areas, write_areas
from models.services.facility_files import read_facilities, write_facilities
from models.services.means_files import read_means, write_means

READERS: Mapping[str, Callable[[Work, str], int]] = {
    "areas": read_areas,
    "facilities": read_facilities,
    "means": read_means,
    **{name: partial(directory_files.read, what=name) for name in directory_files.SHEETS},
}
"""Take the text of a CSV in: all of it or nothing, with every mistake in DirectoryRefused."""

WRITERS: Mapping[str, Callable[[Work], str]] = {
    "areas": write_areas,
    "facilities": write_facilities,
    "means": write_means,
    **{name: partial(directory_files.write, what=name) for name in directory_files.SHEETS},
}
"""Return the whole table as CSV, with a row of HXL tags, as its reader takes it."""
