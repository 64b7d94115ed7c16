-- Whom the night's round has not reached is asked again and again: no scan of everybody for it. PostgreSQL gathers its own
-- statistics; the twin in sqlite/ gives SQLite what it cannot guess.
create index assessed_at on assessed (org, at, patient);
