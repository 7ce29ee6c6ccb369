-- Every kind of schema object at least once, most properties away from their default, names that need quotes.
-- For psql as superuser, into an empty database of PostgreSQL 13 to 18. Used by crates/postgres/tests/kinds.rs.
\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;
select current_setting('server_version_num')::int >= 140000 as ge14, current_setting('server_version_num')::int >= 150000 as ge15,
  current_setting('server_version_num')::int >= 160000 as ge16, current_setting('server_version_num')::int >= 170000 as ge17,
  current_setting('server_version_num')::int >= 180000 as ge18 \gset

-- Roles are shared by all databases of a server: other tests may be making them at the same moment.
do $$ begin
  begin create role kinds_reader; exception when duplicate_object or unique_violation then null; end;
  begin create role kinds_writer; exception when duplicate_object or unique_violation then null; end;
end $$;

create schema app;
comment on schema app is 'the application';
create schema "Other Schema";
create extension citext schema "Other Schema";
comment on extension citext is 'case-insensitive';

-- types
create type app.mood as enum ('sad', 'happy');
alter type app.mood add value 'ok' before 'happy';
alter type app.mood add value 'it''s "great"';
comment on type app.mood is 'mood';
create collation app.german (provider = icu, locale = 'de-u-co-phonebk', deterministic = false);
create collation app.c_copy from "C";
\if :ge16
create collation app.tailored (provider = icu, locale = 'und', rules = '&V << w <<< W');
\endif
\if :ge17
create collation app.built (provider = builtin, locale = 'C.UTF-8');
\endif
comment on collation app.german is 'phone book';
create type app.address as (street text collate app.c_copy, "Zip Code" varchar(10), tags text[]);
alter type app.address add attribute dropped int, add attribute country char(2) collate "C";
alter type app.address drop attribute dropped;
comment on type app.address is 'where';
comment on column app.address."Zip Code" is 'with leading zeros';
create domain app.percent as numeric(5,2) default 0 not null constraint in_bounds check (value between 0 and 100);
comment on domain app.percent is 'percent';
comment on constraint in_bounds on domain app.percent is 'bounds';
create domain app.code as text collate "C" constraint upper_case check (value = upper(value)) constraint short check (length(value) < 10);
create domain app.strict_code as app.code;
alter domain app.strict_code add constraint no_x check (value !~ 'X') not valid;
\if :ge17
create domain app.named_not_null as int constraint must_be not null;
\endif
create type app.shell;
create type app.small;
create function app.small_in(cstring) returns app.small language internal immutable strict as 'int4in';
create function app.small_out(app.small) returns cstring language internal immutable strict as 'int4out';
create function app.small_recv(internal) returns app.small language internal immutable strict as 'int4recv';
create function app.small_send(app.small) returns bytea language internal immutable strict as 'int4send';
create type app.small (input = app.small_in, output = app.small_out, receive = app.small_recv, send = app.small_send,
  internallength = 4, passedbyvalue, alignment = int4, category = 'N', default = '7', delimiter = ';');
comment on type app.small is 'four bytes';
create type app.floats as range (subtype = float8, subtype_diff = float8mi);
create type app.words as range (subtype = text, collation = "C");
\if :ge14
create type app.spans as range (subtype = date, multirange_type_name = app.many_spans);
\endif
comment on type app.floats is 'float range';
create type app.stretch;
create function app.stretch_canonical(app.stretch) returns app.stretch language internal immutable strict as 'int4range_canonical';
create type app.stretch as range (subtype = int4, canonical = app.stretch_canonical);

-- functions, procedures, aggregates
create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create function app.log_ddl() returns event_trigger language plpgsql as $$ begin null; end $$;
create function app.add(a int, b int default 1, variadic rest int[] default '{}') returns int language sql immutable parallel safe as 'select a + b';
comment on function app.add(int, int, int[]) is 'adds';
create function app.add(a text) returns text language sql stable set search_path = pg_catalog, app set work_mem = '1MB' cost 5 as 'select a';
create procedure app.do_nothing(inout a int) language plpgsql security definer as $$ begin null; end $$;
create procedure app.two_inputs(a int, b text default ', IN c') language sql as 'select 1';
comment on procedure app.do_nothing is 'nothing';
create function app.same(app.small, app.small) returns boolean language internal immutable strict leakproof as 'int4eq';
create function app.other(app.small, app.small) returns boolean language internal immutable strict as 'int4ne';
create function app.less(app.small, app.small) returns boolean language internal immutable strict as 'int4lt';
create function app.less_equal(app.small, app.small) returns boolean language internal immutable strict as 'int4le';
create function app.more(app.small, app.small) returns boolean language internal immutable strict as 'int4gt';
create function app.more_equal(app.small, app.small) returns boolean language internal immutable strict as 'int4ge';
create function app.compare(app.small, app.small) returns int language internal immutable strict as 'btint4cmp';
create function app.less(app.small, int) returns boolean language internal immutable strict as 'int4lt';
create function app.compare(app.small, int) returns int language internal immutable strict as 'btint4cmp';
create function app.hash(app.small) returns int language internal immutable strict as 'hashint4';
create function app.negative(app.small) returns app.small language internal immutable strict as 'int4um';
create function app.small_to_text(app.small) returns text language sql immutable as 'select ''small''';
create aggregate app.mean(float8) (sfunc = float8_accum, stype = float8[], sspace = 100, combinefunc = float8_combine, finalfunc = float8_avg,
  initcond = '{0,0,0}', parallel = safe);
comment on aggregate app.mean(float8) is 'mean';
create aggregate app.total(int) (sfunc = int4_sum, stype = bigint, msfunc = int4_avg_accum, minvfunc = int4_avg_accum_inv, mstype = bigint[],
  msspace = 10, mfinalfunc = int2int4_sum, minitcond = '{0,0}', mfinalfunc_modify = shareable);
create aggregate app.middle(float8 order by anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final,
  finalfunc_extra, finalfunc_modify = read_write);
create aggregate app.place(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final,
  finalfunc_extra, hypothetical);
create function app.smaller(app.small, app.small) returns app.small language internal immutable strict as 'int4smaller';
\if :ge14
create function app.twice(a int) returns int language sql return a * 2;
create procedure app.atomic(a int) language sql begin atomic select a; select a + 1; end;
\endif

-- operators, their classes and families, casts
create operator app.=== (function = app.same, leftarg = app.small, rightarg = app.small, commutator = operator(app.===), negator = operator(app.<<>>),
  restrict = eqsel, join = eqjoinsel, hashes, merges);
create operator app.<<>> (function = app.other, leftarg = app.small, rightarg = app.small, negator = operator(app.===));
create operator app.<<< (function = app.less, leftarg = app.small, rightarg = app.small);
create operator app.<<<= (function = app.less_equal, leftarg = app.small, rightarg = app.small);
create operator app.>>> (function = app.more, leftarg = app.small, rightarg = app.small);
create operator app.>>>= (function = app.more_equal, leftarg = app.small, rightarg = app.small);
create operator app.<<< (function = app.less, leftarg = app.small, rightarg = int);
create operator app.!-! (function = app.negative, rightarg = app.small);
comment on operator app.=== (app.small, app.small) is 'same';
create operator class app.small_ops default for type app.small using btree as
  operator 1 app.<<<, operator 2 app.<<<=, operator 3 app.===, operator 4 app.>>>=, operator 5 app.>>>, function 1 app.compare(app.small, app.small);
comment on operator class app.small_ops using btree is 'order';
comment on operator family app.small_ops using btree is 'order across types';
alter operator family app.small_ops using btree add operator 1 app.<<< (app.small, int), function 1 (app.small, int) app.compare(app.small, int);
create operator family app.hashes using hash;
create operator class app.small_hash for type app.small using hash family app.hashes as operator 1 app.===, function 1 app.hash(app.small);
create aggregate app.lowest(app.small) (sfunc = app.smaller, stype = app.small, sortop = operator(app.<<<));
create cast (app.small as text) with function app.small_to_text(app.small) as assignment;
create cast (app.small as int) without function as implicit;
create cast (app.address as json) with inout;
comment on cast (app.small as text) is 'as text';
create conversion app.from_latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create default conversion app.to_latin for 'UTF8' to 'LATIN1' from utf8_to_iso8859_1;
comment on conversion app.from_latin is 'old data';

-- text search
create text search parser app.parser (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline = prsd_headline);
create text search template app.template (init = dsimple_init, lexize = dsimple_lexize);
create text search dictionary app.dictionary (template = app.template, stopwords = english, accept = false);
create text search dictionary app.stemmer (template = snowball, language = german);
create text search configuration app.search (parser = app.parser);
alter text search configuration app.search add mapping for asciiword, word with app.dictionary, app.stemmer, simple;
alter text search configuration app.search add mapping for email with simple;
create text search configuration app.plain_search (copy = pg_catalog.english);
comment on text search parser app.parser is 'p';
comment on text search template app.template is 't';
comment on text search dictionary app.dictionary is 'd';
comment on text search configuration app.search is 'c';

-- languages, methods, transforms
create function app.handler() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
create function app.inliner(internal) returns void language c as '$libdir/plpgsql', 'plpgsql_inline_handler';
create function app.validator(oid) returns void language c as '$libdir/plpgsql', 'plpgsql_validator';
create trusted language my_language handler app.handler inline app.inliner validator app.validator;
comment on language my_language is 'l';
create access method my_heap type table handler heap_tableam_handler;
create access method my_index type index handler bthandler;
comment on access method my_heap is 'am';
create function app.small_from_sql(internal) returns internal language internal immutable strict as 'textin';
create function app.small_to_sql(internal) returns app.small language internal immutable strict as 'int4in';
create transform for app.small language my_language (from sql with function app.small_from_sql(internal), to sql with function app.small_to_sql(internal));
comment on transform for app.small language my_language is 'tr';

-- relations
create table app.account (
  id bigint generated always as identity (start with 10 increment by 5 cache 3),
  name text not null default 'nobody' check (name <> ''),
  mood app.mood default 'ok', home app.address, share app.percent, code app.code,
  total numeric(12,2) constraint total_is_positive check (total >= 0) no inherit,
  doubled numeric generated always as (total * 2) stored,
  during tstzrange, tags text[] default '{}', changed_at timestamptz not null default now(),
  constraint account_pk primary key (id) include (name) with (fillfactor = 70),
  constraint one_name unique (name) deferrable initially deferred
) with (fillfactor = 80, autovacuum_enabled = false, toast.autovacuum_enabled = false);
alter table app.account alter column tags set statistics 500, alter column tags set storage external, alter column code set (n_distinct = 7);
alter table app.account add column gone int, add column "Quoted ""Name""" int;
alter table app.account drop column gone;
comment on table app.account is 'accounts';
comment on column app.account.name is 'who';
comment on constraint account_pk on app.account is 'key';
create index account_by_mood on app.account (mood desc nulls last, lower(name) collate "C" text_pattern_ops) include (total) where total > 0;
create index account_tags on app.account using gin (tags) with (fastupdate = off);
alter index app.account_by_mood alter column 2 set statistics 77;
comment on index app.account_by_mood is 'index';
cluster app.account using account_pk;
create table app.entry (
  id serial primary key, account_id bigint constraint entry_account references app.account on delete cascade on update set null deferrable,
  parent int, kind text, amount numeric, constraint entry_parent foreign key (parent) references app.entry (id) match full
);
alter table app.entry add constraint amount_known check (amount is not null) not valid;
alter table app.entry replica identity full;
comment on sequence app.entry_id_seq is 'numbers';
create unlogged table app.scratch (a int) using my_heap;
create table app.typed of app.address (street with options not null);
create table app.parent (a int, b text);
create table app.child (c int) inherits (app.parent);
create table app.events (at date not null, id int not null, payload jsonb, primary key (at, id)) partition by range (at);
create table app.events_2024 partition of app.events for values from ('2024-01-01') to ('2025-01-01');
create table app.events_rest partition of app.events default;
create index events_id on app.events (id);
create sequence app.free_sequence as int increment by -1 minvalue -100 maxvalue -1 cache 7 cycle;
create view app.accounts as select id, name, share from app.account where total > 0 with local check option;
alter view app.accounts alter column share set default 5;
comment on view app.accounts is 'view';
comment on column app.accounts.name is 'shown name';
create view app.barrier with (security_barrier) as select a, b from app.parent;
create materialized view app.sums as select account_id, sum(amount) as amount from app.entry group by account_id;
create materialized view app.later with (fillfactor = 60) as select 1 as a with no data;
create unique index sums_key on app.sums (account_id);
\if :ge14
create table app.squeezed (a text compression pglz);
\endif
\if :ge15
create table app.distinct_nulls (a int, constraint nulls unique nulls not distinct (a));
create table app.pair (a int, b int, primary key (a, b));
create table app.half (x int, y int, constraint half_pair foreign key (x, y) references app.pair (a, b) on delete set null (y));
create unlogged sequence app.unlogged_sequence;
\endif
\if :ge18
create table app.modern (a int constraint a_is_there not null no inherit, b int generated always as (a + 1) virtual, c int,
  constraint loose check (a > 0) not enforced);
alter table app.modern add constraint c_later not null c not valid;
\endif

-- rules, triggers, policies
create rule keep as on delete to app.account where old.name = ' DO (' do instead nothing;
create rule copy_entry as on insert to app.entry where new.amount > 1000 do also (insert into app.scratch values (1); update app.parent set b = ';)');
create rule tell as on update to app.parent do also notify "big;entry";
create rule write_through as on update to app.barrier do instead update app.parent set b = new.b where a = old.a;
alter table app.account enable always rule keep;
comment on rule keep on app.account is 'rule';
create trigger "Touch WHEN (it" before insert or update of name, total on app.account for each row
  when (new.name is distinct from ') WHEN (' and new.total > 0) execute function app.touch('a', '', 'it''s', E'back\\slash\\000', 'é ☃', 'WHEN (x)');
create trigger statement_level after delete or truncate on app.account for each statement execute function app.touch();
create trigger with_tables after update on app.account referencing old table as before new table as "After" for each statement execute function app.touch();
create constraint trigger later after insert on app.entry from app.account deferrable initially deferred for each row execute function app.touch();
create trigger instead_of instead of insert on app.barrier for each row execute function app.touch();
create trigger on_partitions after insert on app.events for each row execute function app.touch();
create trigger same_everywhere after update on app.events for each row execute function app.touch();
alter table app.events_2024 disable trigger on_partitions;
alter table app.account disable trigger statement_level;
alter table app.account enable replica trigger with_tables;
comment on trigger "Touch WHEN (it" on app.account is 'trigger';
alter table app.account enable row level security, force row level security;
create policy everybody on app.account using (true);
create policy "own rows" on app.account as restrictive for update to kinds_writer, kinds_reader using (name = current_user)
  with check (exists (select 1 from app.entry e where e.account_id = account.id));
create policy adding on app.account for insert to kinds_writer with check (total > 0);
comment on policy everybody on app.account is 'policy';

-- statistics
create statistics app.pairs (dependencies, mcv) on name, mood from app.account;
create statistics "Other Schema".all_kinds on id, total from app.account;
alter statistics app.pairs set statistics 1000;
comment on statistics app.pairs is 'stats';
\if :ge14
create statistics app.computed (mcv) on lower(name), (total + 1), mood from app.account;
create statistics app.single on (total * 2) from app.account;
\endif

-- foreign data
create foreign data wrapper files options (secret_thing 'hidden-value-1');
create server remote type 'files' version '2' foreign data wrapper files options (host 'db1', secret_key 'hidden-value-2', fetch_size '10');
create server bare foreign data wrapper files;
create user mapping for kinds_reader server remote options (password 'hidden-value-3');
create user mapping for public server remote;
create foreign table app.far (a int options (column_name 'A') not null, b text default 'x') server remote options (filename 'hidden-value-4', format 'csv');
create trigger far_touch before insert on app.far for each row execute function app.touch();
comment on foreign data wrapper files is 'fdw';
comment on server remote is 'server';
comment on foreign table app.far is 'far';

-- replication
create publication everything for all tables with (publish = 'insert, delete');
create publication plain for table app.entry, app.parent;
\if :ge15
create publication partly for table app.account (id, name), app.entry where (id > 10) with (publish_via_partition_root);
create publication whole_schema for tables in schema "Other Schema";
\else
create publication partly for table app.account, app.entry with (publish_via_partition_root);
\endif
\if :ge18
create publication generated for table app.account with (publish_generated_columns = stored);
\endif
comment on publication partly is 'publication';
create subscription incoming connection 'host=hidden-value-5 password=hidden-value-6' publication two, one with (connect = false, synchronous_commit = local);
\if :ge14
alter subscription incoming set (binary = true, streaming = on);
\endif
\if :ge15
alter subscription incoming set (disable_on_error = true);
\endif
\if :ge16
alter subscription incoming set (origin = none, password_required = false);
\endif
comment on subscription incoming is 'subscription';

-- last, for they would watch the rest
create event trigger watch on ddl_command_end when tag in ('DROP TABLE', 'CREATE TABLE') execute function app.log_ddl();
create event trigger off on sql_drop execute function app.log_ddl();
alter event trigger watch enable always;
alter event trigger off disable;
comment on event trigger watch is 'watch';
