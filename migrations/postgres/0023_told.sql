-- Who is told: whom danger in a closed record pages, who looks into a silent feed.

-- Work that rests on closed records: asked on every worklist, since danger among it pages whoever is on call.
create index work_labeled on work (org, consequence, opened, id) where labels <> 0 and backlog = 0;

-- A silence is a Task, with what the source brings and of how many people.
alter table feed_silence add column task text collate "C" not null default '';
alter table feed_silence add column people bigint not null default 0;
alter table feed_silence add column brings text collate "C" not null default '';
