-- Who said of a danger that they have it: paging stops for the minutes of its route, and goes on if nobody began by then.
create table page_ack (
    org integer not null,
    work text not null,
    at integer not null,
    actor text not null,
    commit_id integer not null,
    primary key (org, work, at, actor)
) without rowid;
create index page_ack_lately on page_ack (org, at);
