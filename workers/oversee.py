"""Lines of the timetable for those who watch over readers: what is unusual, and each week."""

from models.services import unusual
from workers.duties import done_once

watch_readings = done_once(unusual.report)
tell_openings = done_once(unusual.tell_week)
