"""What rights by row are made of: functions of PostgreSQL, run as the owner where people look.

``jaabi_sees`` tells whether the person of this transaction may know of a case, at the cost of one
look at it: one that they are barred from is as absent as one that is not there.
"""

from collections.abc import Iterable

from flows.case_lifecycle import HELD
from flows.policy import SENSITIVE, default_policy

VIEW, TYPE = "jaabi_seat", "jaabi_knower"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))


_HELD, _SENSITIVE, _POLICY = _quoted(HELD), _quoted(SENSITIVE), default_policy()
_COMPARTMENTS = ", ".join(f"('{name}')" for name in sorted(SENSITIVE))
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

# As whom somebody looks: found once a statement, not once a row.
WHO = f"""
CREATE TYPE {TYPE} AS (
  handler integer,    -- the person of this transaction, if anything opens for them
  desks text[],       -- function@organisation@area that they wear, as patterns
  cleared text[],     -- compartments that their functions judge
  rung integer[],     -- evacuations for which they were rung
  judging integer[],  -- cases of which they are to say whether they are private
  barring text[]      -- subjects that bar them (flows/barring.py), as patterns
)
"""

ME = f"""
CREATE FUNCTION jaabi_who() RETURNS {TYPE} {_OWNERS} $$
DECLARE
  me integer := jaabi_person();
  circle integer[];
  who {TYPE};
BEGIN
  SELECT id INTO who.handler FROM person
   WHERE id = me AND revoked_at IS NULL AND blocked_at IS NULL;
  IF who.handler IS NULL THEN
    RETURN who;
  END IF;
  -- A hat worn for one area has the cases of that area, and those without a place.
  who.desks := ARRAY(
    SELECT jaabi_literally(h.function || '@' || h.organisation_id || '@')
           || CASE WHEN h.area_pcode IS NULL THEN '%'
                   WHEN nowhere THEN '-' ELSE jaabi_literally(h.area_pcode) || '%' END
      FROM hat h, (VALUES (true), (false)) AS places (nowhere) WHERE h.person_id = me);
  who.cleared := ARRAY(
    SELECT c.class FROM (VALUES {_COMPARTMENTS}) AS c (class) WHERE EXISTS (
      SELECT 1 FROM hat h
       WHERE h.person_id = me AND (h.function = '{_POLICY.outside}' OR {_CLEARED})));
  who.rung := ARRAY(SELECT r.case_id FROM evacuation_ring r WHERE r.person_id = me);
  who.judging := ARRAY(
    SELECT l.case_id FROM lowering l WHERE l.second_id = me AND l.decided_at IS NULL);
  -- Barred in any hat, or kin of somebody barred, or at the site and employer of whoever is
  -- accused in person.
  circle := ARRAY(SELECT me
            UNION SELECT t.other_id FROM tie t WHERE t.person_id = me
            UNION SELECT t.person_id FROM tie t WHERE t.other_id = me);
  who.barring := ARRAY(
    WITH ring AS (SELECT * FROM {VIEW} WHERE person_id = ANY (circle)),
         near AS (SELECT * FROM ring UNION
                  SELECT x.* FROM {VIEW} x JOIN {VIEW} y ON y.organisation = x.organisation
                   WHERE y.person_id = me AND jaabi_overlap(y.area, x.area))
    SELECT jaabi_literally('organisation:' || organisation) FROM ring
    UNION SELECT jaabi_literally('facility:' || o.facility_id)
            FROM ring JOIN organisation o ON o.id = ring.organisation
           WHERE o.facility_id IS NOT NULL
    UNION SELECT jaabi_literally('person:' || number) FROM near
    UNION SELECT jaabi_literally('function:' || function) FROM near
    UNION SELECT jaabi_literally('function:' || function || '@' || coalesce(area, '')) || '%'
            FROM near
    UNION SELECT jaabi_literally('function:' || function || '@' || left(area, size))
            FROM near, generate_series(0, 16) AS sizes (size) WHERE size < length(area));
  RETURN who;
END $$
"""

# What a person may know of: what they hold in any way and are not barred from.
_SEEN = f"""
  c.status IN ({_HELD})
  AND (c.id = ANY (who.judging)
       OR ((c.class NOT IN ({_SENSITIVE}) OR c.class = ANY (who.cleared))
           AND (c.holder_person = who.handler OR c.id = ANY (who.rung)
                OR c.holder_function || '@' || c.holder_organisation || '@'
                   || coalesce(c.area_pcode, '-') LIKE ANY (who.desks))))
  AND NOT EXISTS (SELECT 1 FROM subject s
                   WHERE s.case_id = c.id AND s.kind || ':' || s.ref LIKE ANY (who.barring))
"""

# As the case stood when the statement began: an act may take it out of its actor's own sight.
SEES = f"""
CREATE FUNCTION jaabi_sees(wanted integer, who {TYPE}) RETURNS boolean {_OWNERS} $$
BEGIN
  RETURN who.handler IS NOT NULL
     AND EXISTS (SELECT 1 FROM case_ c WHERE c.id = wanted AND {_SEEN});
END $$
"""

# All of it at once.
VISIBLE = f"""
CREATE FUNCTION jaabi_visible() RETURNS integer[] {_OWNERS} $$
DECLARE
  who {TYPE} := jaabi_who();
BEGIN
  RETURN ARRAY(SELECT c.id FROM case_ c WHERE who.handler IS NOT NULL AND {_SEEN});
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
    _sql(
        "jaabi_literally(words text) RETURNS text",
        r"SELECT replace(replace(replace(words, '\', '\\'), '%', '\%'), '_', '\_')",
    ),
    WHO,
    ME,
    SEES,
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
    "jaabi_literally(text)",
    "jaabi_who()",
    f"jaabi_sees(integer, {TYPE})",
    "jaabi_visible()",
    "jaabi_role()",
    "jaabi_concerns_mine(integer)",
)
