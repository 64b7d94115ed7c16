-- Who has one of some roles is asked with nearly every assessment, and which consents wait for a second person with nearly
-- every chart: each from an index of those few, not from all accounts and all consents.
create index account_of_role on account (org, roles, reference);
create index consent_opening_waiting on consent_opening (org, id) where waits = 1 and ended = 0;
