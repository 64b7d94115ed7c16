-- PostgreSQL gathers its own statistics; the twin in sqlite/ gives SQLite what it cannot guess.
select 1;
