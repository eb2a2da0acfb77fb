"""Every table of the programme's database, gathered so that migrations and tests see them all."""

from models import (
    alert,
    area,
    case,
    channel,
    conversation,
    erasure,
    inbound,
    organisation,
    outbound,
    person,
    programme,
    referral,
    repair,
    slip,
    stock,
    voice_note,
)
from models.base import Base

TABLES = (
    alert,
    area,
    case,
    channel,
    conversation,
    erasure,
    inbound,
    organisation,
    outbound,
    person,
    programme,
    referral,
    repair,
    slip,
    stock,
    voice_note,
)
metadata = Base.metadata
