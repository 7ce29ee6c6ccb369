-- What is kept between runs. Made in one transaction, by a role that may make them; the schema may be there already, empty.
-- Versions: PostgreSQL 13 and later. Moments that somebody brings are text (RFC 3339, in UTC), as they were brought.
CREATE SCHEMA IF NOT EXISTS evenkeel_store;
CREATE TABLE evenkeel_store.version (version integer NOT NULL);
INSERT INTO evenkeel_store.version VALUES (1);

CREATE TABLE evenkeel_store.halt (environment text PRIMARY KEY, since text NOT NULL, by text NOT NULL, reason text NOT NULL);

CREATE TABLE evenkeel_store.run (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, letters text NOT NULL DEFAULT pg_catalog.left(pg_catalog.gen_random_uuid()::text, 8),
    verb text NOT NULL, environment text NOT NULL, target text NOT NULL, by text NOT NULL, host text NOT NULL, boot text NOT NULL,
    pid bigint NOT NULL, started text NOT NULL, reason text, snapshot text, ground text NOT NULL, digest text NOT NULL,
    begun timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(), beat timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    ending text, ended timestamptz, words text);
CREATE INDEX run_environment ON evenkeel_store.run (environment, number);
CREATE INDEX run_unfinished ON evenkeel_store.run (environment) WHERE ending IS NULL;
CREATE TABLE evenkeel_store.act (
    run bigint NOT NULL REFERENCES evenkeel_store.run ON DELETE CASCADE, at integer NOT NULL, what text NOT NULL, state text NOT NULL,
    begun timestamptz, ended timestamptz, words text, number text, before text, mark text, after text, of_migration text, PRIMARY KEY (run, at));
CREATE TABLE evenkeel_store.statement (
    run bigint NOT NULL, act integer NOT NULL, at integer NOT NULL, text text NOT NULL, PRIMARY KEY (run, act, at),
    FOREIGN KEY (run, act) REFERENCES evenkeel_store.act ON DELETE CASCADE);
CREATE TABLE evenkeel_store.held (
    run bigint NOT NULL REFERENCES evenkeel_store.run ON DELETE CASCADE, what text NOT NULL, PRIMARY KEY (run, what));
-- Whose an environment is. The last sign of life stands with the run.
CREATE TABLE evenkeel_store.lease (
    environment text PRIMARY KEY, run bigint NOT NULL UNIQUE REFERENCES evenkeel_store.run ON DELETE CASCADE);

CREATE TABLE evenkeel_store.lock (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, environment text NOT NULL, target text NOT NULL, digest text NOT NULL,
    canonical bigint NOT NULL, holder text NOT NULL, since text NOT NULL, until text NOT NULL, reason text, released text, released_by text,
    released_why text);
CREATE UNIQUE INDEX lock_stands ON evenkeel_store.lock (environment) WHERE released IS NULL;
CREATE INDEX lock_environment ON evenkeel_store.lock (environment, number);
CREATE TABLE evenkeel_store.verification (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, environment text NOT NULL, at text NOT NULL, by text NOT NULL, holds boolean NOT NULL,
    digest text, words text NOT NULL);
CREATE INDEX verification_environment ON evenkeel_store.verification (environment, number);
CREATE TABLE evenkeel_store.evidence (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, environment text NOT NULL, at text NOT NULL, by text NOT NULL, text text NOT NULL);
CREATE INDEX evidence_environment ON evenkeel_store.evidence (environment, number);
