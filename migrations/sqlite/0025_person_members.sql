-- As in 0008: what the planner cannot guess. Without figures the members of a person were looked for among everybody who was
-- ever linked, on every chart and with every assessment.
insert into sqlite_stat1 (tbl, idx, stat) values
    ('person_member', 'person_member', '10000 10000 1 1'),
    ('person_member', 'person_member_now', '10000 10000 2 1'),
    ('person_member', 'person_member_by_commit', '10000 10000 2');
analyze sqlite_schema;
