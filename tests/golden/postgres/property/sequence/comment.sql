-- expect: sequence app.s comment
-- setup
create schema app;
create sequence app.s;
-- candidate
comment on sequence app.s is 'ticket numbers';
