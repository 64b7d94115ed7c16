-- What was asked of language models and what came back: the queue of readings and their full log.

create table llm_call (
    org bigint not null,
    id text collate "C" not null,
    patient bigint not null,
    labels bigint not null,
    purpose text collate "C" not null,
    subject text collate "C" not null,
    actor text collate "C" not null,
    state text collate "C" not null,
    at bigint not null,
    due bigint not null,
    tries bigint not null,
    ended bigint not null,
    model text collate "C" not null,
    answered_by text collate "C" not null,
    version text collate "C" not null,
    source text collate "C" not null,
    hidden text collate "C" not null,
    prompt text collate "C" not null,
    answer text collate "C" not null,
    error text collate "C" not null,
    tokens_in bigint not null,
    tokens_out bigint not null,
    millis bigint not null,
    primary key (org, id)
);
create index llm_call_by_state on llm_call (org, state, due);
create index llm_call_by_patient on llm_call (org, patient, at);
create index llm_call_by_subject on llm_call (org, subject, at);
