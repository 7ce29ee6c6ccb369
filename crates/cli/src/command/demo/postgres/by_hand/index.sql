-- A unique index that two customers with the same address refuse: the statement fails, an INVALID index stays.
CREATE UNIQUE INDEX CONCURRENTLY customers_email_key ON app.customers (email)
