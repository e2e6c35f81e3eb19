"""The synthetic city: agencies' deliveries about invented businesses, and the truth about every row.

``OUT/drop/<feed>/<dataset>-YYYY-MM.csv`` are a month's deliveries in the agencies' own columns; broken files lie beside
them (``…-重报<kind>.csv``). ``OUT/truth`` holds three tables:

- ``subjects.parquet``, one row per subject: uscc, name, registration_no (null where it has none), district_code,
  state (active, ended, ended_before the first delivery), is_registered (false: its register row goes to quarantine or
  is withdrawn; such a subject is in no other file), has_odd_code, compliance (hidden, standard normal, higher is
  better), defaulted (the outcome, drawn from it);
- ``records.parquet``, one row per row of every dataset but the register: file, source_row, uscc of the true subject
  (null: nobody of the city), identity (how the row names it), is_withdrawal. Head counts always carry the code and are
  left out in cities of more than 100,000 subjects;
- ``faults.parquet``, one row per faulty row and rule it breaks: file, source_row (null for a whole file), kind, place
  (quarantined, normalised, file_refused, warning, modelled), rule_id (null where no rule breaks), detail (of a
  refused file the refusal's code). Every row that is not listed breaks no rule.

All of it is a function of the arguments alone: chance is counter-based, the city is made in parts of fixed size.
"""

from creditlake.synthetic.city import NotOurFolder, Summary, generate

__all__ = ["NotOurFolder", "Summary", "generate"]
