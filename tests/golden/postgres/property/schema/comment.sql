-- expect: schema app comment: orders -> invoices
-- setup
create schema app;
comment on schema app is 'orders';
-- candidate
comment on schema app is 'invoices';
