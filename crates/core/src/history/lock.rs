//! Locks that tools keep as a row of a table: how one is taken and given back. It outlives whoever took it.
//!
//! What a tool's row holds stands in the tool's file. Does not live here: locks that the server keeps (`flight` of each engine).

use super::row::Deed;

/// Whose lock it becomes.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    /// Of the run.
    pub name: &'a str,
    /// Of its process.
    pub pid: u32,
}

/// How a tool's lock is taken.
#[derive(Debug)]
pub struct RowLock {
    /// The tool's name.
    pub tool: &'static str,
    /// Its table's usual name, lower case.
    pub table: &'static str,
    /// Changes exactly one row where nobody has it, and none where somebody has.
    pub take: fn(&Holder<'_>) -> Deed,
    /// Changes that row where it is this holder's; a tool that notes no holder gives back whatever is taken.
    pub give: fn(&Holder<'_>) -> Deed,
}
