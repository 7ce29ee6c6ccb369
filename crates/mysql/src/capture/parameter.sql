-- Parameters of routines; the row numbered 0 is what a function returns. The routine's type tells twins apart.
select
    p.specific_schema as _schema,
    p.specific_name as _name,
    p.routine_type as _type,
    p.ordinal_position as _position,
    p.parameter_mode as _mode,
    p.parameter_name as _parameter,
    p.dtd_identifier as _dtd,
    p.collation_name as _collation
from information_schema.parameters p
where :own(p.specific_schema)
    and p.ordinal_position > 0
