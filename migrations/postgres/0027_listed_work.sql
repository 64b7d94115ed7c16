-- A list of work is counted, filtered and put in order from an index alone: what it shows is read by key, the rest of it not
-- at all. On a disk that is not in memory yet, each piece of work that is only counted was a page to wait for.
drop index work_by_owner;
create index work_listed on work (org, backlog, owner, due, rank, kind, id, until, patient, labels, consequence, sensitive, task_kind);
-- Which roles are in use is asked by every list.
create index account_in_use on account (org, active, roles);
analyze work;
analyze account;
