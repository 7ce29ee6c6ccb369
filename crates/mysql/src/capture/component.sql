-- Components of MySQL. Privileges: SELECT on mysql.component.
-- https://dev.mysql.com/doc/refman/en/component-loading.html
select replace(c.component_urn, 'file://', ''), c.component_urn
from mysql.component c
