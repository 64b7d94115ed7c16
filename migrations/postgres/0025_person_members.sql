-- PostgreSQL gathers its own statistics; the twin in sqlite/ gives SQLite what it cannot guess.
analyze person_member;
