-- The document inbox: scans, PDF and fax images that wait to be filed to a person. Their bytes stand in document_blob.

create table document_inbox (
    org bigint not null,
    id text collate "C" not null,
    at bigint not null,
    source text collate "C" not null,
    state bigint not null,
    taken_by text collate "C" not null,
    taken_at bigint not null,
    document text collate "C" not null,
    settled_by text collate "C" not null,
    settled_at bigint not null,
    reason text collate "C" not null,
    commit_id bigint not null,
    primary key (org, id)
);
create index document_inbox_by_state on document_inbox (org, state, at);
create index document_inbox_by_commit on document_inbox (org, commit_id);
create index document_blob_by_hash on document_blob (org, hash);
