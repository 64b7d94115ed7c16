-- What the planner cannot guess: an organisation's key selects nearly everything, an owner or a patient little. Fixed
-- figures of a clinic of 100,000 people instead of gathered ones, so that every database has the same plans.
-- (`analyze` of a small table makes the table of statistics; PostgreSQL gathers its own.)
analyze schema_version;
delete from sqlite_stat1;
insert into sqlite_stat1 (tbl, idx, stat) values
    ('work', 'work', '20000 20000 10000 1'),
    ('work', 'work_by_owner', '20000 20000 10000 200 2'),
    ('work', 'work_by_patient', '20000 20000 2'),
    ('work', 'work_by_due', '20000 20000 10000 5000 2'),
    ('person_header', 'person_header', '100000 100000 1'),
    ('person_header', 'person_header_by_owner', '100000 100000 500 5 1 1'),
    ('person_header', 'person_header_by_name', '100000 100000 50 2 1'),
    ('person_key', 'person_key', '3000000 3000000 300000 4 1'),
    ('person_key', 'person_key_of', '3000000 3000000 30'),
    ('suggestion', 'suggestion', '20000 20000 1'),
    ('suggestion', 'suggestion_by_key', '20000 20000 2 1'),
    ('suggestion', 'suggestion_by_rule', '20000 20000 1000 3'),
    ('suggestion', 'suggestion_by_state', '20000 20000 7000 5'),
    ('decision', 'decision', '20000 20000 2 1'),
    ('decision', 'decision_by_rule', '20000 20000 1000 2'),
    ('decision', 'decision_by_actor', '20000 20000 500 2'),
    ('decision', 'decision_by_commit', '20000 20000 2'),
    ('assessed', 'assessed', '100000 100000 1'),
    ('assessed', 'assessed_next', '100000 100000 5');
analyze sqlite_schema;
