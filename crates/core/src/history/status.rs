//! What a tool itself says of a database: which command is asked, and what its answer means.
//!
//! A tool's own command stands in the tool's file. Does not live here: running it (`pipeline/history/asking`).

/// How a tool is asked what it would still run.
#[derive(Debug)]
pub struct Status {
    /// The tool's name.
    pub tool: &'static str,
    /// Its program, as it is found on PATH.
    pub program: &'static str,
    /// With `{url}` for the database and `{folder}` for its files.
    pub arguments: &'static [&'static str],
    /// A variable that holds the database's URL, where it is no argument.
    pub variable: Option<&'static str>,
    /// The names of what it would still run; nothing where the answer is not understood.
    pub read: fn(&str) -> Option<Vec<String>>,
}

impl Status {
    /// Its words for a database and a folder.
    #[must_use]
    pub fn words(&self, url: &str, folder: &str) -> Vec<String> {
        let filled = |word: &&str| word.replace("{url}", url).replace("{folder}", folder);
        std::iter::once(self.program.to_owned()).chain(self.arguments.iter().map(filled)).collect()
    }
}
