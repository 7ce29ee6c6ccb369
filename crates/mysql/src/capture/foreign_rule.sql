-- What foreign keys do when the referenced key changes or goes.
select
    r.constraint_schema as _schema,
    r.table_name as _table,
    r.constraint_name as _name,
    r.update_rule as _on_update,
    r.delete_rule as _on_delete
from information_schema.referential_constraints r
where :own(r.constraint_schema)
