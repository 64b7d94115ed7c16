-- What a large clinic needs.
--
-- Who stands in which registry, and their last result of it: a registry is read from here instead of from everybody's
-- record. One row for each set of labels that the condition (`what` 0) or the result (`what` 1) carries.

create table registry_row (
    org integer not null,
    registry text not null,
    what integer not null,
    patient integer not null,
    labels integer not null,
    at integer not null,
    number real,
    shown text not null,
    primary key (org, registry, what, patient, labels)
) without rowid;
create index registry_row_of on registry_row (org, patient);

-- By whom lists of care gaps can be narrowed: coordinators, programs, teams and practitioners of gaps without a label. A
-- value stays when the last gap with it is gone.
create table care_gap_choice (
    org integer not null,
    what integer not null,
    value text not null,
    primary key (org, what, value)
) without rowid;
insert into care_gap_choice select distinct org, 0, owner from care_gap where labels = 0 and owner <> '';
insert into care_gap_choice select distinct org, 1, programme from care_gap where labels = 0 and programme <> '';
insert into care_gap_choice select distinct org, 2, team from care_gap where labels = 0 and team <> '';
insert into care_gap_choice select distinct org, 3, practitioner from care_gap where labels = 0 and practitioner <> '';

-- How the name sounded at a look: names alike are found without reading everybody who was looked at.
alter table looked add column sound text not null default '';

-- As in 0008: what the planner cannot guess. Without these figures the background looked at every identity record and
-- every task each time it asked for the few that wait.
insert into sqlite_stat1 (tbl, idx, stat) values
    ('registry_row', 'registry_row', '100000 100000 12000 6000 1 1'),
    ('registry_row', 'registry_row_of', '100000 100000 2'),
    ('identity_record', 'identity_record', '100000 100000 1'),
    ('identity_record', 'identity_record_waiting', '50 50 1'),
    ('work', 'work_handed_over', '50 50 1');
analyze sqlite_schema;
