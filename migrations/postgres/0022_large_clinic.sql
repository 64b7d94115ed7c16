-- What a large clinic needs.
--
-- Who stands in which registry, and their last result of it: a registry is read from here instead of from everybody's
-- record. One row for each set of labels that the condition (`what` 0) or the result (`what` 1) carries.

create table registry_row (
    org bigint not null,
    registry text collate "C" not null,
    what bigint not null,
    patient bigint not null,
    labels bigint not null,
    at bigint not null,
    number double precision,
    shown text collate "C" not null,
    primary key (org, registry, what, patient, labels)
);
create index registry_row_of on registry_row (org, patient);

-- By whom lists of care gaps can be narrowed: coordinators, programs, teams and practitioners of gaps without a label. A
-- value stays when the last gap with it is gone.
create table care_gap_choice (
    org bigint not null,
    what bigint not null,
    value text collate "C" not null,
    primary key (org, what, value)
);
insert into care_gap_choice select distinct org, 0, owner from care_gap where labels = 0 and owner <> '';
insert into care_gap_choice select distinct org, 1, programme from care_gap where labels = 0 and programme <> '';
insert into care_gap_choice select distinct org, 2, team from care_gap where labels = 0 and team <> '';
insert into care_gap_choice select distinct org, 3, practitioner from care_gap where labels = 0 and practitioner <> '';

-- How the name sounded at a look: names alike are found without reading everybody who was looked at.
alter table looked add column sound text collate "C" not null default '';

-- PostgreSQL gathers its own statistics; the twin in sqlite/ gives SQLite what it cannot guess.
