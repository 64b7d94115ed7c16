-- Who has one of some roles is asked with nearly every assessment, and which consents wait for a second person with nearly
-- every chart: each from an index of those few, not from all accounts and all consents.
create index account_of_role on account (org, roles, reference);
create index consent_opening_waiting on consent_opening (org, id) where waits = 1 and ended = 0;
insert into sqlite_stat1 (tbl, idx, stat) values
    ('account', 'account_of_role', '1000 1000 50 1'),
    ('consent_opening', 'consent_opening_waiting', '2 2 1');
analyze sqlite_schema;
