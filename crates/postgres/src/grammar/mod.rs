//! PostgreSQL's own grammar (libpg_query), made safe to call: on a thread with room for deep trees, trees dropped there too.
//!
//! Lives here: calling the parser and its faults; `token`, which cuts text as the server's scanner does;
//! `split` and `tag`, the statements of a file, `beyond` what no schema shows of one, `takes` what goes with one. What a tree means is the caller's business, in the closure that runs beside the tree. Text the server printed needs no parser:
//! `capture::canonical` works on its tokens, and its tests hold the result against this grammar.
//!
//! Facts the shim rests on, measured: decoding stops at 100 levels unless `prost` is built with `no-recursion-limit`
//! (it is, by this crate's manifest); decoding and dropping a tree of 4,800 levels needs up to 256 MB of stack in a debug
//! build; the parser's own C code allows itself 2 MB of any stack and then refuses (in a debug build
//! after some hundred levels), which is a fault and no crash.

mod beyond;
mod errand;
pub mod normal;
mod parameter;
pub mod schema;
mod shape;
mod split;
mod tag;
mod takes;
mod thread;
pub mod token;

pub use split::PostgresGrammar;

use pg_query::protobuf::ParseResult;

/// What the grammar, or the way to it, refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The parser's own words.
    #[error("PostgreSQL's grammar does not accept it: {0}")]
    Syntax(String),
    /// A zero byte ends a text for the parser, so that the rest would go unseen.
    #[error("the text holds a zero byte")]
    ZeroByte,
    #[error("the parser's answer could not be read: {0}")]
    Decode(String),
    /// The thread could not be started, or the work given to it panicked.
    #[error("the parser's thread is gone")]
    Thread,
}

/// Parses statements and runs `work` beside the tree, which never leaves the parser's thread.
///
/// # Errors
/// The text is not accepted, or the parser's thread cannot be used.
pub fn with_tree<T: Send + 'static>(text: &str, work: impl FnOnce(&ParseResult) -> T + Send + 'static) -> Result<T, Fault> {
    let text = text.to_owned();
    thread::run(move || tree(&text, work))?
}

/// The same, where we are on a parser's thread already.
fn tree<T>(text: &str, work: impl FnOnce(&ParseResult) -> T) -> Result<T, Fault> {
    if text.contains('\0') {
        return Err(Fault::ZeroByte);
    }
    match pg_query::parse(text, 0) {
        Ok(result) => Ok(work(&result.protobuf)),
        Err(pg_query::Error::Parse(message)) => Err(Fault::Syntax(message)),
        Err(error) => Err(Fault::Decode(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn deep_trees_neither_overflow_nor_stop_the_decoder() {
        let chained = |links| format!("SELECT {}1", "1 + ".repeat(links));
        assert_eq!(with_tree(&chained(300), |tree| tree.stmts.len()), Ok(1));
        // Whether it is accepted depends on how the C code was compiled; that the process lives does not.
        let deeper = with_tree(&chained(4_000), |tree| tree.stmts.len());
        assert!(deeper == Ok(1) || matches!(&deeper, Err(Fault::Syntax(message)) if message.contains("depth")), "{deeper:?}");
        let nested = format!("{}SELECT 1{}", "SELECT * FROM (".repeat(200), ") s".repeat(200));
        assert_eq!(with_tree(&nested, |tree| tree.stmts.len()), Ok(1));
    }

    #[test]
    fn what_is_no_sql_is_a_fault() {
        assert!(matches!(with_tree("SELEKT 1", |_| ()), Err(Fault::Syntax(message)) if message.contains("SELEKT")));
        assert_eq!(with_tree("SELECT 1\0; DROP TABLE t", |_| ()), Err(Fault::ZeroByte));
        let deeper = format!("SELECT {}1{}", "(".repeat(20_000), ")".repeat(20_000));
        assert!(matches!(with_tree(&deeper, |_| ()), Err(Fault::Syntax(_))));
    }

    #[test]
    fn work_that_panics_costs_only_its_own_answer() {
        assert_eq!(with_tree("SELECT 1", |_| panic!("on purpose")), Err::<(), _>(Fault::Thread));
        assert_eq!(with_tree("SELECT 1", |tree| tree.stmts.len()), Ok(1));
    }
}
