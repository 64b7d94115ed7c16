-- Whom somebody opened in the last hours: for the flag that another one has a similar name.

create index looked_lately on looked (org, actor, at);
