-- Types of sequences; MariaDB 11.5 and later know others than BIGINT. What else there is to know is in the sequence itself.
select
    s.sequence_schema as _schema,
    s.sequence_name as _name,
    lower(s.data_type) as _type
from information_schema.sequences s
where :own(s.sequence_schema)
