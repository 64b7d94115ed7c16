-- Where each person stands with each care-gap rule, and the thresholds a site sets for a rule.

create table care_gap (
    org bigint not null,
    patient bigint not null,
    rule text collate "C" not null,
    labels bigint not null,
    state bigint not null,
    handled bigint not null,
    due bigint not null,
    until bigint not null,
    owner text collate "C" not null,
    programme text collate "C" not null,
    team text collate "C" not null,
    practitioner text collate "C" not null,
    why text collate "C" not null,
    primary key (org, patient, rule)
);
create index care_gap_by_rule on care_gap (org, rule, state, handled, due, patient, labels);
create index care_gap_by_owner on care_gap (org, owner, rule, state, handled, patient, labels);

alter table rule_setting add column params text collate "C" not null default '';
