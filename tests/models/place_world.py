"""A small country for tests of places: two cercles, four communes, a few centres and codes."""

from types import SimpleNamespace

from models.services.area_files import read_areas
from models.services.facility_files import read_facilities
from models.services.gazetteer import Places
from models.services.scene import Scene

AREAS = """\
id,name,other_names,level,parent,edition,lat,lon,place_codes
ML,Mali,,0,,2021,17.57,-3.98,
ML07,Gao,,1,ML,2021,16.26849,-0.05022,
ML0701,Ansongo,,2,ML07,2021,15.66160,0.50014,
ML0703,Gao,,2,ML07,2021,16.26849,-0.05022,
ML070101,Ansongo,,3,ML0701,2021,15.66160,0.50014,
ML070102,Bara,,3,ML0701,2021,15.81234,0.32897,
ML070106,Tessit,Tessite,3,ML0701,2021,15.22117,0.30682,6143
ML070303,Gao,,3,ML0703,2021,16.26849,-0.05022,
V1,Fafa,,4,ML070106,,15.33,0.75,6150
V2,Koulouba,,4,ML070102,,15.80,0.33,
V3,Koulouba,,4,ML070106,,15.20,0.31,
"""
FACILITIES = """\
id,name,kind,commune,cercle,lat,lon,quality,fee,hours,telephone,place_codes
F1,CSCOM Tessit,cscom,ML070106,,15.32412,-0.07188,ok,Gratuit,8 h a 16 h,70 00 01 01,6151
F2,CSRef Ansongo,csref,ML070101,ML0701,15.66,0.50,ok,,,+22370000111,
F3,CSCOM Bara,cscom,ML070102,,10.50000,-10.00000,suspect,,,,
F4,CSCOM Fafa,cscom,ML070106,,15.10,-0.40,ok,,,,
F5,CSCOM Gao Nord,cscom,ML070303,,16.27,-0.05,ok,,,,
F6,Clinique Espoir,clinic,ML070303,,16.20,0.00,ok,,,,
"""


def settle_world(work):
    read_areas(work, AREAS)
    read_facilities(work, FACILITIES)


def scene(now, *, contact=None, places=None):
    house = SimpleNamespace(places=places or Places())
    return Scene(house, "ussd", "at", "ussd:at:1", contact, b"", None, "fr", now)
