-- Quality measures: what a site switched on, how far a run over everybody got, each person's results with their earlier
-- versions (`until` is the largest number while a row stands), and the figures kept by day.

create table measure_setting (
    org integer not null,
    measure text not null,
    number integer not null,
    active integer not null,
    suggests integer not null,
    tolerates integer not null,
    guarded integer not null,
    title text not null,
    period text not null,
    at integer not null,
    actor text not null,
    reason text not null,
    primary key (org, measure, number)
) without rowid;

create table measure_run (
    org integer not null,
    measure text not null,
    period text not null,
    program text not null,
    began integer not null,
    finished integer not null,
    reached integer not null,
    people integer not null,
    primary key (org, measure, period)
) without rowid;

create table measure_result (
    org integer not null,
    measure text not null,
    period text not null,
    patient integer not null,
    grp integer not null,
    number integer not null,
    until integer not null,
    at integer not null,
    as_of integer not null,
    labels integer not null,
    initial integer not null,
    denominator integer not null,
    excluded integer not null,
    excepted integer not null,
    numerator integer not null,
    standing integer not null,
    inputs text not null,
    program text not null,
    body blob not null,
    primary key (org, measure, period, patient, grp, number)
) without rowid;
create index measure_result_now on measure_result (org, until, measure, period, grp, standing);
create index measure_result_of on measure_result (org, patient, until);

create table measure_rate (
    org integer not null,
    measure text not null,
    period text not null,
    grp integer not null,
    day text not null,
    people integer not null,
    initial integer not null,
    denominator integer not null,
    excluded integer not null,
    excepted integer not null,
    numerator integer not null,
    failed integer not null,
    primary key (org, measure, period, grp, day)
) without rowid;
