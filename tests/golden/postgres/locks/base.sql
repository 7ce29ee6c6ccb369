-- What every form finds: rows in all tables, so that what is read is read.
CREATE TABLE p (id int PRIMARY KEY, code text NOT NULL);
CREATE TABLE t (
    id int PRIMARY KEY,
    a int NOT NULL,
    n int,
    v varchar(20),
    d text,
    ts timestamp,
    tz timestamptz,
    num numeric(10, 2),
    p int CONSTRAINT t_p REFERENCES p (id),
    x int CONSTRAINT t_x CHECK (x > 0)
);
CREATE INDEX t_n ON t (n);
CREATE UNIQUE INDEX t_a ON t (a);
CREATE TABLE u (id int PRIMARY KEY, k int NOT NULL, name text);
CREATE TABLE r (id int PRIMARY KEY, p int);
CREATE TABLE parted (k int NOT NULL, note text) PARTITION BY RANGE (k);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
CREATE TABLE parted_d PARTITION OF parted DEFAULT;
CREATE TABLE loose (k int NOT NULL, note text);
CREATE SEQUENCE s;
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM t;
CREATE UNIQUE INDEX m_id ON m (id);
CREATE VIEW uv AS SELECT id, name FROM u;
INSERT INTO p SELECT g, g::text FROM generate_series(1, 50) AS g;
INSERT INTO t SELECT g, g, g, 'v', 'd', now(), now(), g, g, g FROM generate_series(1, 50) AS g;
INSERT INTO u SELECT g, g, 'n' FROM generate_series(1, 50) AS g;
INSERT INTO r SELECT g, g FROM generate_series(1, 50) AS g;
INSERT INTO parted SELECT g, 'n' FROM generate_series(1, 20) AS g;
INSERT INTO loose SELECT g, 'n' FROM generate_series(30, 39) AS g;
REFRESH MATERIALIZED VIEW m;
