//! SQL of MySQL and MariaDB as text. Lives here: `token`, which cuts it and loses nothing. What tokens mean is the caller's
//! business: `capture::clause` reads clauses that only SHOW CREATE tells.

pub mod token;
