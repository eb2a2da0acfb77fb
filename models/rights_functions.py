"""What rights by row are made of: functions of PostgreSQL, run as the owner where people look.

``jaabi_visible`` gives the cases that the person of this transaction may know of, and nothing else:
one that they are barred from is as absent as one that is not there.
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
   (kind = 'organisation' AND x.organisation = ref)
OR (kind = 'facility' AND EXISTS (SELECT 1 FROM organisation o
                                   WHERE o.id = x.organisation AND o.facility_id = ref))
OR (kind = 'function' AND x.function = split_part(ref, '@', 1)
    AND jaabi_overlap(x.area, split_part(ref, '@', 2)))
OR (kind = 'person' AND x.number = ref)
"""

# All that the person of this transaction may know of: asked once a statement, not once a row.
VISIBLE = f"""
CREATE FUNCTION jaabi_visible() RETURNS integer[]
SET plan_cache_mode = force_generic_plan {_OWNERS} $$
DECLARE
  me integer := jaabi_person();
  functions text[] := ARRAY(SELECT h.function FROM hat h WHERE h.person_id = jaabi_person());
  circle integer[];
  mine integer[];
  barring text[] := '{{}}';
  kind text;
  ref text;
BEGIN
  IF me IS NULL OR NOT EXISTS (SELECT 1 FROM person
      WHERE id = me AND revoked_at IS NULL AND blocked_at IS NULL) THEN
    RETURN '{{}}';
  END IF;
  mine := ARRAY(SELECT c.id FROM case_ c WHERE c.status IN ({_HELD}) AND (
      c.id IN (SELECT l.case_id FROM lowering l WHERE l.second_id = me AND l.decided_at IS NULL)
      OR ((c.class NOT IN ({_SENSITIVE}) OR EXISTS (SELECT 1 FROM hat h
            WHERE h.person_id = me AND (h.function = '{_POLICY.outside}' OR {_CLEARED})))
        AND (c.holder_person = me
          OR c.id IN (SELECT r.case_id FROM evacuation_ring r WHERE r.person_id = me)
          OR (c.holder_function = ANY (functions) AND EXISTS (SELECT 1 FROM hat h
                WHERE h.person_id = me AND h.function = c.holder_function
                  AND h.organisation_id = c.holder_organisation
                  AND (h.area_pcode IS NULL OR c.area_pcode IS NULL
                       OR starts_with(c.area_pcode, h.area_pcode))))))));
  -- Barred in any hat, or kin of somebody barred.
  circle := ARRAY(SELECT me
            UNION SELECT t.other_id FROM tie t WHERE t.person_id = me
            UNION SELECT t.person_id FROM tie t WHERE t.other_id = me);
  FOR kind, ref IN
      SELECT DISTINCT s.kind, s.ref FROM subject s WHERE s.case_id = ANY (mine) LOOP
    IF EXISTS (SELECT 1 FROM {VIEW} x WHERE x.person_id = ANY (circle) AND ({_ACCUSES}))
      -- Same employer and same site as somebody accused in person.
      OR (kind IN ('function', 'person') AND EXISTS (
        SELECT 1 FROM {VIEW} x, {VIEW} y
         WHERE ({_ACCUSES}) AND y.person_id = me AND y.organisation = x.organisation
           AND jaabi_overlap(y.area, x.area))) THEN
      barring := barring || (kind || ':' || ref);
    END IF;
  END LOOP;
  IF barring = '{{}}' THEN
    RETURN mine;
  END IF;
  RETURN ARRAY(SELECT one.id FROM unnest(mine) AS one (id) WHERE NOT EXISTS (
    SELECT 1 FROM subject s
     WHERE s.case_id = one.id AND s.kind || ':' || s.ref = ANY (barring)));
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
    VISIBLE,
    ROLE,
    CONCERNS_MINE,
)
NAMES = (
    "jaabi_actor()",
    "jaabi_person()",
    "jaabi_serves()",
    "jaabi_operates()",
    "jaabi_known()",
    "jaabi_organisations()",
    "jaabi_receives()",
    "jaabi_overlap(text, text)",
    "jaabi_visible()",
    "jaabi_role()",
    "jaabi_concerns_mine(integer)",
)
