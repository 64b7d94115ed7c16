-- Who said of a danger that they have it: paging stops for the minutes of its route, and goes on if nobody began by then.
create table page_ack (
    org bigint not null,
    work text collate "C" not null,
    at bigint not null,
    actor text collate "C" not null,
    commit_id bigint not null,
    primary key (org, work, at, actor)
);
create index page_ack_lately on page_ack (org, at);
