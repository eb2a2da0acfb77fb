"""Words for the codes of the directory: kinds, sectors, roles, levels of areas."""

from flask_babel import lazy_gettext

from gateway.console.saying import Words

_ = lazy_gettext

SECTORS: Words = {
    "food": _("Vivres"),
    "cash": _("Argent, bons"),
    "state_food": _("Vivres de l'État"),
    "health": _("Santé"),
    "education": _("École"),
    "protection": _("Protection"),
    "wash": _("Eau"),
    "shelter": _("Abri"),
    "agriculture": _("Agriculture, élevage"),
    "work": _("Travail"),
}
COVERAGE_ROLES: Words = {
    "distributes": _("distribue"),
    "implements": _("met en œuvre"),
    "supports": _("appuie"),
    "transports": _("transporte"),
    "sells": _("vend"),
    "pays": _("paie"),
    "leads": _("chef de file"),
}
LEVELS: Words = {
    "0": _("pays"),
    "1": _("région"),
    "2": _("cercle"),
    "3": _("commune"),
}
ORGANISATIONS: Words = {
    "cell": _("cellule"),
    "outside": _("organisme extérieur"),
    "ngo": _("ONG"),
    "un": _("Nations unies"),
    "network": _("réseau"),
    "protection": _("protection"),
    "mine_action": _("action contre les mines"),
    "rrm": _("réponse rapide (RRM)"),
    "ocha": _("OCHA"),
    "cscom": _("CSCOM"),
    "asaco": _("ASACO"),
    "felascom": _("FELASCOM"),
    "csref": _("CSRef"),
    "drs": _("DRS"),
    "ministry": _("ministère"),
    "sldses": _("SLDSES"),
    "drdses": _("DRDSES"),
    "sap": _("SAP"),
    "school": _("école"),
    "cap": _("CAP"),
    "academie": _("académie"),
    "town_hall": _("mairie"),
    "state": _("service de l'État"),
    "cluster": _("groupe sectoriel"),
    "trader": _("commerçant"),
    "transporter": _("transporteur"),
}
FACILITIES: Words = {
    "cscom": _("CSCOM"),
    "csref": _("CSRef"),
    "hospital": _("hôpital"),
    "hospital_regional": _("hôpital régional"),
    "hospital_university": _("hôpital universitaire"),
    "clinic": _("clinique"),
    "polyclinic": _("polyclinique"),
    "mobile": _("équipe mobile"),
    "private": _("cabinet privé"),
}
REGISTERED_AS: Words = {
    "relay": _("relais"),
    "operator": _("opérateur"),
    "focal_point": _("point focal"),
    "supervisor": _("superviseur"),
}
FILES: Words = {
    "coverage": _("Qui fait quoi où (3W)"),
    "organisations": _("Organisations"),
    "facilities": _("Centres de santé"),
    "areas": _("Lieux"),
    "means": _("Moyens d'évacuation"),
}
