//! Queries that a server prepares and plans, and never runs: what a build will ask for.

use super::Limits;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry<'a> {
    /// One statement each.
    pub queries: &'a [String],
    /// The role the application connects as: its own settings decide what a name means. The one we connect as, where none is named.
    pub role: Option<&'a str>,
    pub limits: Limits,
}

/// What a server says to all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// One a query, in their order.
    pub prepared: Vec<Prepared>,
    /// What could not be asked of any, in words.
    pub hidden: Vec<String>,
}

/// What a server says to a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prepared {
    /// It can be planned. Columns with their types, and the types of parameters, in the server's own words; with a reason where it was
    /// understood and could not be planned.
    Fits { columns: Vec<(String, String)>, parameters: Vec<String>, hidden: Option<String> },
    /// Something that it names is not there, or is otherwise. The byte of the text at which the server points, and whether what it lacks
    /// is what stands there.
    Missing { code: String, message: String, at: Option<usize>, is_name: bool },
    /// The server does not understand it as a query.
    NotUnderstood { why: String },
    /// Whether it fits cannot be seen, and what would cure that.
    Hidden { why: String },
}

/// A query that clients have sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub text: String,
    /// Why it is not all of what was sent: cut, or with values left out in a way that cannot be undone.
    pub cut: Option<String>,
    /// How often, since the server counts.
    pub calls: u64,
}

/// What clients have sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noticed {
    pub queries: Vec<Heard>,
    /// What the role may not see, with what cures it.
    pub hidden: Vec<String>,
}
