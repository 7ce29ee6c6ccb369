-- What foreign keys do when the referenced key changes or goes.
select
    r.constraint_schema,
    r.table_name,
    r.constraint_name,
    r.update_rule,
    r.delete_rule
from information_schema.referential_constraints r
where :own(r.constraint_schema)
