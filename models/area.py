"""The directory of Mali: areas, settlements, facilities, and the programme's own place codes."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

LIFE = "reference"


class Area(Base):
    """Country, region, cercle or commune, by OCHA p-code with the edition of that code."""

    __tablename__ = "area"

    pcode: Mapped[str] = mapped_column(
        String(16), primary_key=True, info=says("S0", "p-code", LIFE)
    )
    edition: Mapped[str] = mapped_column(
        String(4), info=says("S0", "edition of the p-code: 2021", LIFE)
    )
    code_status: Mapped[str] = mapped_column(
        String(20), info=says("S0", "how far the code can be trusted", LIFE)
    )
    pcode_2015: Mapped[str | None] = mapped_column(
        String(16), info=says("S0", "code in the 2015 edition", LIFE)
    )
    name: Mapped[str] = mapped_column(String(80), info=says("S0", "name", LIFE))
    aliases: Mapped[list[str]] = mapped_column(info=says("S0", "other spellings", LIFE))
    level: Mapped[int] = mapped_column(info=says("S0", "0 country to 3 commune", LIFE))
    parent_pcode: Mapped[str | None] = mapped_column(
        ForeignKey("area.pcode"), index=True, info=says("S0", "area it lies in", LIFE)
    )
    lat: Mapped[float | None] = mapped_column(info=says("S0", "WGS84 degrees", LIFE))
    lon: Mapped[float | None] = mapped_column(info=says("S0", "WGS84 degrees", LIFE))
    source: Mapped[str] = mapped_column(String(40), info=says("S0", "key into NOTICE", LIFE))


class Settlement(Base):
    """A village, quarter or seat, tied to its commune."""

    __tablename__ = "settlement"

    id: Mapped[str] = mapped_column(
        String(24), primary_key=True, info=says("S0", "OCHA 2015 place code", LIFE)
    )
    name: Mapped[str] = mapped_column(String(80), info=says("S0", "name", LIFE))
    commune_pcode: Mapped[str] = mapped_column(
        ForeignKey("area.pcode"), index=True, info=says("S0", "its commune", LIFE)
    )
    rank: Mapped[int] = mapped_column(info=says("S0", "1 national capital to 5 other", LIFE))
    lat: Mapped[float | None] = mapped_column(info=says("S0", "WGS84 degrees", LIFE))
    lon: Mapped[float | None] = mapped_column(info=says("S0", "WGS84 degrees", LIFE))
    source: Mapped[str] = mapped_column(String(40), info=says("S0", "key into NOTICE", LIFE))


class Facility(Base):
    """A public health facility. What is known of fees, hours and telephone is the programme's."""

    __tablename__ = "facility"

    id: Mapped[str] = mapped_column(String(24), primary_key=True, info=says("S0", "local id", LIFE))
    name: Mapped[str] = mapped_column(String(80), info=says("S0", "name", LIFE))
    kind: Mapped[str] = mapped_column(
        String(24), info=says("S0", "cscom, csref, hospital, clinic, ...", LIFE)
    )
    commune_pcode: Mapped[str | None] = mapped_column(
        ForeignKey("area.pcode"), index=True, info=says("S0", "its commune", LIFE)
    )
    cercle_pcode: Mapped[str | None] = mapped_column(
        ForeignKey("area.pcode"), index=True, info=says("S0", "its cercle", LIFE)
    )
    lat: Mapped[float | None] = mapped_column(info=says("S0", "WGS84 degrees, rough", LIFE))
    lon: Mapped[float | None] = mapped_column(info=says("S0", "WGS84 degrees, rough", LIFE))
    quality: Mapped[str] = mapped_column(
        String(20), info=says("S0", "how far the point can be trusted", LIFE)
    )
    fee: Mapped[str | None] = mapped_column(
        String(24), info=says("S0", "fee regime in words of H5", LIFE)
    )
    hours: Mapped[str | None] = mapped_column(
        String(24), info=says("S0", "opening hours in words of H5", LIFE)
    )
    telephone: Mapped[str | None] = mapped_column(
        String(16), info=says("S0", "public number of the centre", LIFE)
    )
    source: Mapped[str] = mapped_column(String(40), info=says("S0", "key into NOTICE", LIFE))


class PlaceCode(Base):
    """Four digits painted on the spot: the programme's own name for a place."""

    __tablename__ = "place_code"

    code: Mapped[str] = mapped_column(
        String(4), primary_key=True, info=says("S0", "four digits", LIFE)
    )
    ref: Mapped[str] = mapped_column(
        String(40), info=says("S0", "place meant: c:pcode, s:settlement or f:facility", LIFE)
    )
