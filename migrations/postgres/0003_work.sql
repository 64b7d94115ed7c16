-- The loop and the work: suggestions and their decisions, the work and person projections, assessments, site policy.
-- `work`, `person_header` and `person_key` are caches made by continuo-care; they can be dropped and rebuilt.

create table suggestion (
    org bigint not null,
    id text collate "C" not null,
    patient bigint not null,
    labels bigint not null,
    key text collate "C" not null,
    rule text collate "C" not null,
    state text collate "C" not null,
    consequence bigint not null,
    rank bigint not null,
    due bigint not null,
    began bigint not null,
    backlog bigint not null,
    owner text collate "C" not null,
    opened bigint not null,
    updated bigint not null,
    as_of bigint not null,
    ended bigint not null,
    silent_until bigint not null,
    body bytea not null,
    primary key (org, id)
);
create unique index suggestion_by_key on suggestion (org, patient, key);
create index suggestion_by_rule on suggestion (org, rule, opened);
create index suggestion_by_state on suggestion (org, state, ended);

create table decision (
    org bigint not null,
    suggestion text collate "C" not null,
    number bigint not null,
    patient bigint not null,
    labels bigint not null,
    rule text collate "C" not null,
    at bigint not null,
    actor text collate "C" not null,
    role text collate "C" not null,
    outcome text collate "C" not null,
    reason text collate "C" not null,
    words text collate "C" not null,
    opened bigint not null,
    commit_id bigint not null,
    undone bigint not null,
    primary key (org, suggestion, number)
);
create index decision_by_rule on decision (org, rule, at);
create index decision_by_actor on decision (org, actor, at);
create index decision_by_commit on decision (org, commit_id);

create table work (
    org bigint not null,
    kind bigint not null,
    id text collate "C" not null,
    patient bigint not null,
    labels bigint not null,
    owner text collate "C" not null,
    state text collate "C" not null,
    consequence bigint not null,
    rank bigint not null,
    due bigint not null,
    opened bigint not null,
    until bigint not null,
    backlog bigint not null,
    sensitive bigint not null,
    attempts bigint not null,
    rule text collate "C" not null,
    task_kind text collate "C" not null,
    what text collate "C" not null,
    why text collate "C" not null,
    due_rule text collate "C" not null,
    waiting text collate "C" not null,
    handed_by text collate "C" not null,
    fallback text collate "C" not null,
    primary key (org, kind, id)
);
create index work_by_owner on work (org, backlog, owner, due);
create index work_by_patient on work (org, patient);
create index work_by_due on work (org, backlog, consequence, due);

create table person_header (
    org bigint not null,
    patient bigint not null,
    labels bigint not null,
    id text collate "C" not null,
    family text collate "C" not null,
    given text collate "C" not null,
    use_name text collate "C" not null,
    pronouns text collate "C" not null,
    birth text collate "C" not null,
    sex text collate "C" not null,
    language text collate "C" not null,
    interpreter bigint not null,
    mrn text collate "C" not null,
    phone text collate "C" not null,
    reach text collate "C" not null,
    unsafe bigint not null,
    deceased bigint not null,
    owner text collate "C" not null,
    programme text collate "C" not null,
    tier text collate "C" not null,
    in_hospital bigint not null,
    last_contact bigint not null,
    next_visit bigint not null,
    allergies text collate "C" not null,
    code_status text collate "C" not null,
    primary key (org, patient)
);
create index person_header_by_owner on person_header (org, owner, family, given, patient);
create index person_header_by_name on person_header (org, family, given, patient);

create table person_key (
    org bigint not null,
    kind text collate "C" not null,
    value text collate "C" not null,
    patient bigint not null,
    primary key (org, kind, value, patient)
);
create index person_key_of on person_key (org, patient);

create table assessed (
    org bigint not null,
    patient bigint not null,
    change bigint not null,
    at bigint not null,
    next_at bigint not null,
    build text collate "C" not null,
    primary key (org, patient)
);
create index assessed_next on assessed (org, next_at);

create table rule_setting (
    org bigint not null,
    rule text collate "C" not null,
    number bigint not null,
    active bigint not null,
    direct bigint not null,
    at bigint not null,
    actor text collate "C" not null,
    reason text collate "C" not null,
    primary key (org, rule, number)
);

create table press_count (
    org bigint not null,
    day bigint not null,
    actor text collate "C" not null,
    kind text collate "C" not null,
    times bigint not null,
    presses bigint not null,
    millis bigint not null,
    primary key (org, day, actor, kind)
);

create table looked (
    org bigint not null,
    actor text collate "C" not null,
    patient bigint not null,
    at bigint not null,
    before bigint not null,
    primary key (org, actor, patient)
);
create index looked_by_patient on looked (org, patient, at);

create table saved_view (
    org bigint not null,
    actor text collate "C" not null,
    name text collate "C" not null,
    query text collate "C" not null,
    primary key (org, actor, name)
);
