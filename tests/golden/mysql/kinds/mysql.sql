-- What MySQL has and MariaDB has not.
create table attributed (
    id int primary key,
    g point not null srid 4326,
    n int not null,
    h int invisible,
    key by_expression ((n + 1)),
    key unseen (n) invisible,
    constraint not_checked check (n > 0) not enforced
) compression='zlib';
create table cjk (t text, fulltext key ngrams (t) with parser ngram);
create library counting comment 'counts' language javascript as $$ export function next(n) { return n + 1 } $$;
