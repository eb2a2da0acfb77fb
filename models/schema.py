"""Every table of the programme's database, gathered so that migrations and tests see them all."""

from models import area, case, conversation, inbound, organisation, outbound, person, programme
from models.base import Base

TABLES = (area, case, conversation, inbound, organisation, outbound, person, programme)
metadata = Base.metadata
