-- The document inbox: scans, PDF and fax images that wait to be filed to a person. Their bytes stand in document_blob.

create table document_inbox (
    org integer not null,
    id text not null,
    at integer not null,
    source text not null,
    state integer not null,
    taken_by text not null,
    taken_at integer not null,
    document text not null,
    settled_by text not null,
    settled_at integer not null,
    reason text not null,
    commit_id integer not null,
    primary key (org, id)
) without rowid;
create index document_inbox_by_state on document_inbox (org, state, at);
create index document_inbox_by_commit on document_inbox (org, commit_id);
create index document_blob_by_hash on document_blob (org, hash);
