"""What rights by row are made of: functions of PostgreSQL, run as the owner where people look.

``jaabi_may_know`` says of one case whether the person of this transaction may know of it. It tells
nothing else: of a case that they are barred from, and of none, it says the same.
"""

from collections.abc import Iterable

from flows.case_lifecycle import HELD
from flows.policy import SENSITIVE, default_policy

VIEW = "jaabi_seat"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))


_HELD, _SENSITIVE, _POLICY = _quoted(HELD), _quoted(SENSITIVE), default_policy()
# Which functions judge which compartment.
_CLEARED = " OR ".join(
    f"(c.class = '{name}' AND h.function IN ({_quoted(functions)}))"
    for name, functions in _POLICY.officers.items()
)

_STABLE = "LANGUAGE sql STABLE AS"
_OWNERS = "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT COST 20 AS"

# Every hat, and each person's own role and employer: all of them bar (flows/bars.py).
SEATS = f"""
CREATE VIEW {VIEW} AS
SELECT id AS person_id, number, role AS function, organisation_id AS organisation,
       area_pcode AS area
  FROM person WHERE revoked_at IS NULL
UNION ALL
SELECT person.id, number, hat.function, hat.organisation_id, hat.area_pcode
  FROM hat JOIN person ON person.id = hat.person_id WHERE revoked_at IS NULL
"""

# A subject accuses a seat by its organisation, its centre, its function there, or by name.
_ACCUSES = """
   (s.kind = 'organisation' AND x.organisation = s.ref)
OR (s.kind = 'facility' AND EXISTS (SELECT 1 FROM organisation o
                                     WHERE o.id = x.organisation AND o.facility_id = s.ref))
OR (s.kind = 'function' AND x.function = split_part(s.ref, '@', 1)
    AND jaabi_overlap(x.area, split_part(s.ref, '@', 2)))
OR (s.kind = 'person' AND x.number = s.ref)
"""

MAY_KNOW = f"""
CREATE FUNCTION jaabi_may_know(wanted integer) RETURNS boolean {_OWNERS} $$
DECLARE
  me integer := jaabi_person();
  circle integer[];
BEGIN
  IF me IS NULL OR NOT EXISTS (SELECT 1 FROM person
      WHERE id = me AND revoked_at IS NULL AND blocked_at IS NULL) THEN
    RETURN false;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM case_ c
      WHERE c.id = wanted AND c.status IN ({_HELD}) AND (
        EXISTS (SELECT 1 FROM lowering l
                 WHERE l.case_id = c.id AND l.second_id = me AND l.decided_at IS NULL)
        OR ((c.class NOT IN ({_SENSITIVE}) OR EXISTS (SELECT 1 FROM hat h
              WHERE h.person_id = me AND (h.function = '{_POLICY.outside}' OR {_CLEARED})))
          AND (c.holder_person = me
            OR EXISTS (SELECT 1 FROM evacuation_ring r
                        WHERE r.case_id = c.id AND r.person_id = me)
            OR EXISTS (SELECT 1 FROM hat h
                        WHERE h.person_id = me AND h.function = c.holder_function
                          AND h.organisation_id = c.holder_organisation
                          AND (h.area_pcode IS NULL OR c.area_pcode IS NULL
                               OR starts_with(c.area_pcode, h.area_pcode))))))) THEN
    RETURN false;
  END IF;
  -- Barred in any hat, or kin of somebody barred.
  circle := ARRAY(SELECT me
            UNION SELECT t.other_id FROM tie t WHERE t.person_id = me
            UNION SELECT t.person_id FROM tie t WHERE t.other_id = me);
  IF EXISTS (SELECT 1 FROM subject s, {VIEW} x
              WHERE s.case_id = wanted AND x.person_id = ANY (circle) AND ({_ACCUSES})) THEN
    RETURN false;
  END IF;
  -- Same employer and same site as somebody accused in person.
  RETURN NOT EXISTS (SELECT 1 FROM subject s, {VIEW} x, {VIEW} y
    WHERE s.case_id = wanted AND s.kind IN ('function', 'person') AND ({_ACCUSES})
      AND y.person_id = me AND y.organisation = x.organisation
      AND jaabi_overlap(y.area, x.area));
END $$
"""

ROLE = f"""
CREATE FUNCTION jaabi_role() RETURNS text {_OWNERS} $$
BEGIN
  RETURN (SELECT role FROM account
           WHERE 'account:' || id = jaabi_actor() AND revoked_at IS NULL);
END $$
"""

# Whether a case is about the organisation of an auditor, its centre or its people.
CONCERNS_MINE = f"""
CREATE FUNCTION jaabi_concerns_mine(wanted integer) RETURNS boolean {_OWNERS} $$
BEGIN
  RETURN EXISTS (
    SELECT 1 FROM subject s, account a LEFT JOIN organisation o ON o.id = a.organisation_id
     WHERE s.case_id = wanted AND 'account:' || a.id = jaabi_actor() AND (
       (s.kind = 'organisation' AND s.ref = o.id)
       OR (s.kind = 'facility' AND s.ref = o.facility_id)
       OR (s.kind = 'person' AND s.ref IN (
         SELECT number FROM person WHERE organisation_id = o.id))));
END $$
"""


def _sql(signature: str, body: str) -> str:
    return f"CREATE FUNCTION {signature} {_STABLE} $$ {body} $$"


# In this order: each uses those before it.
FUNCTIONS = (
    SEATS,
    _sql("jaabi_actor() RETURNS text", "SELECT coalesce(current_setting('jaabi.actor', true), '')"),
    _sql(
        "jaabi_person() RETURNS integer",
        "SELECT nullif(current_setting('jaabi.person', true), '')::integer",
    ),
    _sql(
        "jaabi_serves() RETURNS boolean",
        "SELECT jaabi_actor() = 'gateway' OR starts_with(jaabi_actor(), 'job:')",
    ),
    _sql(
        "jaabi_operates() RETURNS boolean",
        "SELECT jaabi_serves() OR jaabi_actor() = 'operator'",
    ),
    _sql("jaabi_known() RETURNS boolean", "SELECT jaabi_actor() <> ''"),
    _sql(
        "jaabi_functions() RETURNS text[]",
        "SELECT array_agg(function) FROM hat WHERE person_id = jaabi_person()",
    ),
    _sql(
        "jaabi_organisations() RETURNS text[]",
        "SELECT array_agg(organisation_id) FROM (SELECT organisation_id FROM hat"
        " WHERE person_id = jaabi_person() UNION SELECT organisation_id FROM person"
        " WHERE id = jaabi_person()) AS mine",
    ),
    _sql(
        "jaabi_receives() RETURNS boolean",
        "SELECT EXISTS (SELECT 1 FROM organisation WHERE facility_id IS NOT NULL"
        " AND id = ANY (jaabi_organisations()))",
    ),
    _sql(
        "jaabi_overlap(one text, other text) RETURNS boolean",
        "SELECT starts_with(coalesce(one, ''), coalesce(other, ''))"
        " OR starts_with(coalesce(other, ''), coalesce(one, ''))",
    ),
    MAY_KNOW,
    ROLE,
    CONCERNS_MINE,
)
NAMES = (
    "jaabi_actor()",
    "jaabi_person()",
    "jaabi_serves()",
    "jaabi_operates()",
    "jaabi_known()",
    "jaabi_functions()",
    "jaabi_organisations()",
    "jaabi_receives()",
    "jaabi_overlap(text, text)",
    "jaabi_may_know(integer)",
    "jaabi_role()",
    "jaabi_concerns_mine(integer)",
)
