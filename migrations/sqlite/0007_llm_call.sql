-- What was asked of language models and what came back: the queue of readings and their full log.

create table llm_call (
    org integer not null,
    id text not null,
    patient integer not null,
    labels integer not null,
    purpose text not null,
    subject text not null,
    actor text not null,
    state text not null,
    at integer not null,
    due integer not null,
    tries integer not null,
    ended integer not null,
    model text not null,
    answered_by text not null,
    version text not null,
    source text not null,
    hidden text not null,
    prompt text not null,
    answer text not null,
    error text not null,
    tokens_in integer not null,
    tokens_out integer not null,
    millis integer not null,
    primary key (org, id)
) without rowid;
create index llm_call_by_state on llm_call (org, state, due);
create index llm_call_by_patient on llm_call (org, patient, at);
create index llm_call_by_subject on llm_call (org, subject, at);
