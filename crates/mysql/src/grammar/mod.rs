//! SQL of MySQL and MariaDB as text. Lives here: `token`, which cuts it and loses nothing; `split`, which cuts a file into statements;
//! `body`, which knows where a routine ends; `tag`, which says what a statement is; `beyond`, which says what no schema shows of one; `rows`, which
//! says what it leaves where it is interrupted, and what it does to rows; `definer`, which puts another one in. What tokens mean is the caller's business:
//! `capture::clause` reads clauses that only SHOW CREATE tells.

mod beyond;
mod body;
mod definer;
pub mod form;
mod parameter;
mod rows;
mod split;
mod tag;
pub mod token;

pub use split::MysqlGrammar;
