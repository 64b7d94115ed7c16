-- Quality measures: what a site switched on, how far a run over everybody got, each person's results with their earlier
-- versions (`until` is the largest number while a row stands), and the figures kept by day.

create table measure_setting (
    org bigint not null,
    measure text collate "C" not null,
    number bigint not null,
    active bigint not null,
    suggests bigint not null,
    tolerates bigint not null,
    guarded bigint not null,
    title text collate "C" not null,
    period text collate "C" not null,
    at bigint not null,
    actor text collate "C" not null,
    reason text collate "C" not null,
    primary key (org, measure, number)
);

create table measure_run (
    org bigint not null,
    measure text collate "C" not null,
    period text collate "C" not null,
    program text collate "C" not null,
    began bigint not null,
    finished bigint not null,
    reached bigint not null,
    people bigint not null,
    primary key (org, measure, period)
);

create table measure_result (
    org bigint not null,
    measure text collate "C" not null,
    period text collate "C" not null,
    patient bigint not null,
    grp bigint not null,
    number bigint not null,
    until bigint not null,
    at bigint not null,
    as_of bigint not null,
    labels bigint not null,
    initial bigint not null,
    denominator bigint not null,
    excluded bigint not null,
    excepted bigint not null,
    numerator bigint not null,
    standing bigint not null,
    inputs text collate "C" not null,
    program text collate "C" not null,
    body bytea not null,
    primary key (org, measure, period, patient, grp, number)
);
create index measure_result_now on measure_result (org, until, measure, period, grp, standing);
create index measure_result_of on measure_result (org, patient, until);

create table measure_rate (
    org bigint not null,
    measure text collate "C" not null,
    period text collate "C" not null,
    grp bigint not null,
    day text collate "C" not null,
    people bigint not null,
    initial bigint not null,
    denominator bigint not null,
    excluded bigint not null,
    excepted bigint not null,
    numerator bigint not null,
    failed bigint not null,
    primary key (org, measure, period, grp, day)
);
