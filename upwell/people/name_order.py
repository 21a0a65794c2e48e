"""The order in which people read names: without case or accents, so that Öberg stands beside Oberg and not after Z.

PostgreSQL makes it, and keeps it beside each patient's name, so that the register is read from an index. Every
PostgreSQL has what it needs, whatever its collations.
"""

from __future__ import annotations

from django.db.models import Func, TextField

FUNCTION = "upwell_name_order"
# One letter for one letter: what Unicode does not take apart. Cut, so that no name is too long for the index.
SQL = rf"""
CREATE OR REPLACE FUNCTION {FUNCTION}(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT translate(lower(regexp_replace(normalize(left(name, 120), NFKD),
    '[\u0300-\u036f''’ʼ`´]', '', 'g')), 'ØøÆæŒœĐđÐðŁłĦħıßſÞþ', 'ooaaooddddllhhisstt')
$$
"""


# Kept in the row, since a sort that works it out for each patient is slow. No field of the model, and so not in
# its history: it says nothing that the name does not.
COLUMN = """
ALTER TABLE people_patient ADD COLUMN in_order text COLLATE "C" GENERATED ALWAYS AS
  (upwell_name_order(family_name) || E'\\t' || upwell_name_order(given_names)) STORED;
CREATE INDEX patient_in_order ON people_patient (practice_id, in_order, id)
"""


class NameOrder(Func):
    """What a name is put in order by: ``order_by(NameOrder("family_name"))``."""

    function = FUNCTION
    output_field = TextField()
    arity = 1
