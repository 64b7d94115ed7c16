-- As in 0008: without figures the planner took an organisation's key for ten rows and read all facts, or all results of
-- measures, to find those of a few people. Figures of a clinic of 100,000 people.
-- Whom the night's round has not reached is asked again and again: no scan of everybody for it.
create index assessed_at on assessed (org, at, patient);
insert into sqlite_stat1 (tbl, idx, stat) values
    ('facts', 'facts_by_patient', '7500000 7500000 75 5 1'),
    ('assessed', 'assessed_at', '100000 100000 5 1'),
    ('measure_result', 'measure_result', '1000000 1000000 100000 100000 1 1 1'),
    ('measure_result', 'measure_result_now', '1000000 1000000 1000000 100000 100000 100000 50000'),
    ('measure_result', 'measure_result_of', '1000000 1000000 10 10');
analyze sqlite_schema;
