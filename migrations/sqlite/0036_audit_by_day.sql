-- The audit is asked by days, by who did it and by what was done: each is an index in the order in which it is shown, so that
-- a rare kind of entry or a month long past is found among millions without reading the others.
create index audit_by_time on audit (org, at, seq);
create index audit_by_actor on audit (org, actor, at, seq);
create index audit_by_action on audit (org, action, at, seq);
insert into sqlite_stat1 (tbl, idx, stat) values
    ('audit', 'audit', '1000000 1000000 1'),
    ('audit', 'audit_by_patient', '1000000 1000000 10 1'),
    ('audit', 'audit_by_time', '1000000 1000000 2 1'),
    ('audit', 'audit_by_actor', '1000000 1000000 20000 2 1'),
    ('audit', 'audit_by_action', '1000000 1000000 20000 2 1');
analyze sqlite_schema;
