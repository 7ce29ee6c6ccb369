-- expect: index app.t_words keys
-- setup
create schema app;
create table app.t (words tsvector);
-- reference
create index t_words on app.t using gist (words);
-- candidate
create index t_words on app.t using gist (words tsvector_ops (siglen = 100));
