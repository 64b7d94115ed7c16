-- Where each person stands with each care-gap rule, and the thresholds a site sets for a rule.

create table care_gap (
    org integer not null,
    patient integer not null,
    rule text not null,
    labels integer not null,
    state integer not null,
    handled integer not null,
    due integer not null,
    until integer not null,
    owner text not null,
    programme text not null,
    team text not null,
    practitioner text not null,
    why text not null,
    primary key (org, patient, rule)
) without rowid;
create index care_gap_by_rule on care_gap (org, rule, state, handled, due, patient, labels);
create index care_gap_by_owner on care_gap (org, owner, rule, state, handled, patient, labels);

alter table rule_setting add column params text not null default '';
