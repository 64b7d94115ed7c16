-- The loop and the work: suggestions and their decisions, the work and person projections, assessments, site policy.
-- `work`, `person_header` and `person_key` are caches made by continuo-care; they can be dropped and rebuilt.

create table suggestion (
    org integer not null,
    id text not null,
    patient integer not null,
    labels integer not null,
    key text not null,
    rule text not null,
    state text not null,
    consequence integer not null,
    rank integer not null,
    due integer not null,
    began integer not null,
    backlog integer not null,
    owner text not null,
    opened integer not null,
    updated integer not null,
    as_of integer not null,
    ended integer not null,
    silent_until integer not null,
    body blob not null,
    primary key (org, id)
) without rowid;
create unique index suggestion_by_key on suggestion (org, patient, key);
create index suggestion_by_rule on suggestion (org, rule, opened);
create index suggestion_by_state on suggestion (org, state, ended);

create table decision (
    org integer not null,
    suggestion text not null,
    number integer not null,
    patient integer not null,
    labels integer not null,
    rule text not null,
    at integer not null,
    actor text not null,
    role text not null,
    outcome text not null,
    reason text not null,
    words text not null,
    opened integer not null,
    commit_id integer not null,
    undone integer not null,
    primary key (org, suggestion, number)
) without rowid;
create index decision_by_rule on decision (org, rule, at);
create index decision_by_actor on decision (org, actor, at);
create index decision_by_commit on decision (org, commit_id);

create table work (
    org integer not null,
    kind integer not null,
    id text not null,
    patient integer not null,
    labels integer not null,
    owner text not null,
    state text not null,
    consequence integer not null,
    rank integer not null,
    due integer not null,
    opened integer not null,
    until integer not null,
    backlog integer not null,
    sensitive integer not null,
    attempts integer not null,
    rule text not null,
    task_kind text not null,
    what text not null,
    why text not null,
    due_rule text not null,
    waiting text not null,
    handed_by text not null,
    fallback text not null,
    primary key (org, kind, id)
) without rowid;
create index work_by_owner on work (org, backlog, owner, due);
create index work_by_patient on work (org, patient);
create index work_by_due on work (org, backlog, consequence, due);

create table person_header (
    org integer not null,
    patient integer not null,
    labels integer not null,
    id text not null,
    family text not null,
    given text not null,
    use_name text not null,
    pronouns text not null,
    birth text not null,
    sex text not null,
    language text not null,
    interpreter integer not null,
    mrn text not null,
    phone text not null,
    reach text not null,
    unsafe integer not null,
    deceased integer not null,
    owner text not null,
    programme text not null,
    tier text not null,
    in_hospital integer not null,
    last_contact integer not null,
    next_visit integer not null,
    allergies text not null,
    code_status text not null,
    primary key (org, patient)
) without rowid;
create index person_header_by_owner on person_header (org, owner, family, given, patient);
create index person_header_by_name on person_header (org, family, given, patient);

create table person_key (
    org integer not null,
    kind text not null,
    value text not null,
    patient integer not null,
    primary key (org, kind, value, patient)
) without rowid;
create index person_key_of on person_key (org, patient);

create table assessed (
    org integer not null,
    patient integer not null,
    change integer not null,
    at integer not null,
    next_at integer not null,
    build text not null,
    primary key (org, patient)
) without rowid;
create index assessed_next on assessed (org, next_at);

create table rule_setting (
    org integer not null,
    rule text not null,
    number integer not null,
    active integer not null,
    direct integer not null,
    at integer not null,
    actor text not null,
    reason text not null,
    primary key (org, rule, number)
) without rowid;

create table press_count (
    org integer not null,
    day integer not null,
    actor text not null,
    kind text not null,
    times integer not null,
    presses integer not null,
    millis integer not null,
    primary key (org, day, actor, kind)
) without rowid;

create table looked (
    org integer not null,
    actor text not null,
    patient integer not null,
    at integer not null,
    before integer not null,
    primary key (org, actor, patient)
) without rowid;
create index looked_by_patient on looked (org, patient, at);

create table saved_view (
    org integer not null,
    actor text not null,
    name text not null,
    query text not null,
    primary key (org, actor, name)
) without rowid;
