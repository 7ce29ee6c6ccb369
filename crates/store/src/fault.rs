//! What can go wrong with the store, in words.

use evenkeel_core::fault::{Class, Trouble, Troublesome};
use std::path::PathBuf;

/// Why the store could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("cannot use the store {path}")]
    File { path: PathBuf, source: rusqlite::Error },
    #[error("cannot make the folder of the store {path}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("the store {store} is none of this evenkeel")]
    Version { store: String, found: i64, known: i64 },
    #[error("the store {store} does not know run {run} as one that goes on")]
    Unknown { store: String, run: u32 },
    /// Somebody took it for gone.
    #[error("run {run} may begin nothing more")]
    Lost { store: String, run: u32, by: Option<u32> },
    /// A schema of that name with other things in it.
    #[error("the store {store} cannot be made")]
    Foreign { store: String },
    #[error("cannot use the store {store}")]
    Refused { store: String, code: String, message: String },
    /// What it answers is nothing that this evenkeel has written.
    #[error("the store {store} has something that nobody here has written")]
    Strange { store: String, what: String },
    /// It could not be reached, or went away before anything was kept.
    #[error("cannot use the store {store}: {}", trouble.what)]
    Away { store: String, trouble: Box<Trouble> },
    /// It went away while it kept something.
    #[error("the store {store} went away while it was written: nobody can tell whether that was kept")]
    Untold { store: String, trouble: Box<Trouble> },
}

const GRANTS: &str = "as the owner of its schema: GRANT USAGE ON SCHEMA evenkeel_store TO ROLE; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN \
                      SCHEMA evenkeel_store TO ROLE; where it is not made yet: GRANT CREATE ON DATABASE … TO ROLE; tables of an earlier evenkeel: \
                      have their owner write once, `evenkeel history ENV --halt` and `--resume` do";

impl Troublesome for Fault {
    fn trouble(&self) -> Trouble {
        let trouble = Trouble::new(Class::CouldNotTell, self.to_string());
        match self {
            Self::File { source, .. } => trouble
                .expected("an SQLite file that this user may read and write")
                .found(source.to_string())
                .fix("look at its rights and at the disk, or name another: url = \"sqlite:/absolute/path\" under [store]"),
            Self::Folder { source, .. } => trouble
                .expected("a folder that this user may write to")
                .found(source.to_string())
                .fix("name another file: url = \"sqlite:/absolute/path\" under [store]"),
            Self::Unknown { .. } => trouble
                .expected("the store in which the run was written down")
                .found("another, an older state of it, or a run that ended")
                .fix("look who replaced it; what the run did stands in its output and on the server"),
            Self::Version { found, known, .. } => trouble
                .expected(format!("version {known}, or an older one"))
                .found(format!("version {found}"))
                .fix("use the evenkeel that made it, or name another under [store]"),
            Self::Lost { by, .. } => trouble
                .expected("an environment that is this run's until its end")
                .found(match by {
                    Some(by) => format!("it gave no sign of life for too long, and run {by} has the environment now"),
                    None => "somebody has looked after it, and said that it ended".to_owned(),
                })
                .fix("evenkeel runs shows what came of both"),
            Self::Foreign { .. } => trouble
                .expected("a database without a schema evenkeel_store, with an empty one, or with evenkeel's own")
                .found("a schema evenkeel_store with things of others in it")
                .fix("name another database under [store]"),
            Self::Refused { code, message, .. } => {
                let found = trouble.found(format!("{message} (SQLSTATE {code})"));
                match code.as_str() {
                    "42501" => found.expected("a role that may read and write what is kept there").fix(GRANTS),
                    "25006" => found
                        .expected("a primary, and a role whose transactions may write")
                        .fix("name the primary under [store], or have default_transaction_read_only taken away from that role"),
                    "55P03" | "57014" | "40001" | "40P01" => found
                        .expected("an answer in time")
                        .fix("run it again; if it stays so, look who holds locks in schema evenkeel_store"),
                    _ => found,
                }
            }
            Self::Strange { what, .. } => trouble.found(what).fix("look who writes in schema evenkeel_store"),
            Self::Away { trouble: known, .. } => Trouble { what: self.to_string(), ..(**known).clone() },
            Self::Untold { trouble: known, .. } => trouble
                .found(known.found.clone().unwrap_or_else(|| known.what.clone()))
                .fix("evenkeel runs says what is kept, once the store can be reached"),
        }
    }
}
