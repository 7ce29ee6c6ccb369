-- What canonical texts of version 1 did not keep equal through dump and restore. The manifest beside it was written by evenkeel
-- at that version, on PostgreSQL 18.4, from these statements.
CREATE SCHEMA app;
CREATE TABLE app.t (e int, f bool, g bool GENERATED ALWAYS AS (e BETWEEN 1 AND 5 AND f) STORED, b bool DEFAULT (1 BETWEEN 0 AND 2 AND true),
    n numeric DEFAULT -(1.5::numeric), i int DEFAULT -1::int, CONSTRAINT t_check CHECK (e BETWEEN 1 AND 5 AND f),
    CONSTRAINT t_not CHECK (e NOT BETWEEN 1 AND 5 OR f));
CREATE POLICY p ON app.t USING (e BETWEEN 1 AND 5 AND f);
CREATE VIEW app.v AS SELECT 1 AS one FROM app.t WHERE e BETWEEN 1 AND 5 AND f;
CREATE VIEW app.w AS SELECT x FROM (SELECT e AS x FROM app.t UNION ALL SELECT NULL FROM app.t) q;
CREATE INDEX i ON app.t (e) WHERE e BETWEEN 1 AND 5 AND f;
CREATE INDEX i2 ON app.t ((e BETWEEN 1 AND 5 AND f), (NOT (f AND e > -1::int)) DESC);
CREATE TABLE app.u (a int);
CREATE TABLE app.k (a int);
CREATE RULE r AS ON INSERT TO app.u WHERE new.a > -1::int DO ALSO
    INSERT INTO app.t (e) SELECT NULL FROM app.k WHERE EXISTS (SELECT NULL FROM app.k o);
CREATE FUNCTION app.h(a int DEFAULT -1::int) RETURNS int LANGUAGE sql AS 'select 1';
