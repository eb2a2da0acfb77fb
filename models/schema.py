"""Every table of the programme's database, gathered so that migrations and tests see them all."""

from models import (
    account,
    alert,
    area,
    audit,
    case,
    channel,
    conversation,
    erasure,
    figure,
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
    account,
    alert,
    area,
    audit,
    case,
    channel,
    conversation,
    erasure,
    figure,
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
