-- A list of work is counted, filtered and put in order from an index alone: what it shows is read by key, the rest of it not
-- at all. On a disk that is not in memory yet, each piece of work that is only counted was a page to wait for.
drop index work_by_owner;
create index work_listed on work (org, backlog, owner, due, rank, kind, id, until, patient, labels, consequence, sensitive, task_kind);
-- Which roles are in use is asked by every list.
create index account_in_use on account (org, active, roles);
-- As in 0008: what the planner cannot guess. Without figures of accounts each list and chart read all of them several times to
-- name a few people. What is asked by its consequence is danger, which is rare: it has an index of its own.
delete from sqlite_stat1 where idx in ('work_by_owner', 'work_by_due');
insert into sqlite_stat1 (tbl, idx, stat) values
    ('work', 'work_by_due', '20000 20000 10000 50 2'),
    ('work', 'work_listed', '20000 20000 10000 200 2 2 1 1 1 1 1 1 1 1'),
    ('account', 'account', '1000 1000 1'),
    ('account', 'account_by_login', '1000 1'),
    ('account', 'account_by_reference', '1000 1000 1'),
    ('account', 'account_in_use', '1000 1000 500 50');
analyze sqlite_schema;
