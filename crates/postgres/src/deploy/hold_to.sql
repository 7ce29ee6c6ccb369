-- Brings bounds back that are switched off or longer than these, in milliseconds; tighter ones stay.
-- Versions: 13 to 18. Privileges: none. Rows: one a bound that was brought back.
SELECT pg_catalog.set_config(s.name, b.most::pg_catalog.text, false)
FROM pg_catalog.pg_settings AS s
JOIN (
    VALUES ('lock_timeout', {lock}), ('statement_timeout', {statement}), ('idle_in_transaction_session_timeout', {idle})
) AS b (name, most) ON b.name = s.name
WHERE s.setting::pg_catalog.int8 = 0 OR s.setting::pg_catalog.int8 > b.most
