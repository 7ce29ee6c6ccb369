//! Queries about what sessions of MySQL and MariaDB do now, which several signatures share.
//!
//! Each stands twice: on MySQL the list in information_schema fails while the statement of any session holds a character beyond U+FFFF
//! ("Cannot convert string … from utf8mb4 to utf8mb3"); MariaDB has no other.

use super::signature::{Answer, Query, Vendor};

pub const MYSQL_LOCK_WAITS: Query = Query {
    vendor: Vendor::MySql,
    sql: "SELECT id, user, command, time, state FROM performance_schema.processlist WHERE state LIKE 'Waiting \
     for%lock%' ORDER BY time DESC LIMIT 20",
    means: &[
        Answer::Rows("These sessions wait for a lock now."),
        Answer::NoRows("No session waits for a lock now: it was a moment's. (With performance_schema off no session is shown.)"),
    ],
};

pub const MARIADB_LOCK_WAITS: Query = Query {
    vendor: Vendor::MariaDb,
    sql: "SELECT id, user, command, time, state FROM information_schema.processlist WHERE state LIKE 'Waiting \
     for%lock%' ORDER BY time DESC LIMIT 20",
    means: &[Answer::Rows("These sessions wait for a lock now."), Answer::NoRows("No session waits for a lock now: it was a moment's.")],
};

pub const MYSQL_NAMED_LOCK_WAITS: Query = Query {
    vendor: Vendor::MySql,
    sql: "SELECT id, user, command, time, state FROM performance_schema.processlist WHERE state LIKE 'User \
     lock%' ORDER BY time DESC LIMIT 20",
    means: &[
        Answer::Rows("These sessions wait for a named lock."),
        Answer::NoRows("No session waits for a named lock. (With performance_schema off no session is shown.)"),
    ],
};

pub const MARIADB_NAMED_LOCK_WAITS: Query = Query {
    vendor: Vendor::MariaDb,
    sql: "SELECT id, user, command, time, state FROM information_schema.processlist WHERE state LIKE 'User \
     lock%' ORDER BY time DESC LIMIT 20",
    means: &[Answer::Rows("These sessions wait for a named lock."), Answer::NoRows("No session waits for a named lock.")],
};

pub const MYSQL_ALTERS: Query = Query {
    vendor: Vendor::MySql,
    sql: "SELECT id, user, command, time, state FROM performance_schema.processlist WHERE state LIKE \
     '%alter%' OR state LIKE 'copy to tmp%' ORDER BY time DESC LIMIT 20",
    means: &[
        Answer::Rows("An ALTER still runs: wait for it."),
        Answer::NoRows("No ALTER is running any more. (With performance_schema off no session is shown.)"),
    ],
};

pub const MARIADB_ALTERS: Query = Query {
    vendor: Vendor::MariaDb,
    sql: "SELECT id, user, command, time, state FROM information_schema.processlist WHERE state LIKE \
     '%alter%' OR state LIKE 'copy to tmp%' ORDER BY time DESC LIMIT 20",
    means: &[Answer::Rows("An ALTER still runs: wait for it."), Answer::NoRows("No ALTER is running any more.")],
};

pub const MYSQL_CONNECTIONS: Query = Query {
    vendor: Vendor::MySql,
    sql: "SELECT user, command, COUNT(*) AS sessions FROM performance_schema.processlist GROUP BY user, \
     command ORDER BY sessions DESC LIMIT 20",
    means: &[Answer::Rows("Who holds the connections now.")],
};

pub const MARIADB_CONNECTIONS: Query = Query {
    vendor: Vendor::MariaDb,
    sql: "SELECT user, command, COUNT(*) AS sessions FROM information_schema.processlist GROUP BY user, \
     command ORDER BY sessions DESC LIMIT 20",
    means: &[Answer::Rows("Who holds the connections now.")],
};
