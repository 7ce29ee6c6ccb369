//! What a server may change that talks through its socket alone: files in its own directory, and nothing else. Whatever it is made to
//! run, as its superuser too, writes nowhere beyond that and ends no process that is not its own. Reading is its user's to bound, the
//! network `network`'s.
//!
//! By Landlock, where the kernel has it (Linux 6.2, for truncating; signals from 6.12 on); elsewhere a server may write what its user may. What a thread
//! gives up its children have not, so each such server is started by a thread of its own. Not here: starting (`spawn`). See landlock(7).

use std::path::Path;

use landlock::{
    ABI, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::geteuid;

/// Rights of this version and earlier are given up; a kernel that has fewer gives up those.
const KNOWN: ABI = ABI::V4;

/// Gives up, for this thread and whatever it starts, to write anywhere but below that directory. Whether the kernel could.
pub(crate) fn enter(directory: &Path) -> Result<bool, landlock::RulesetError> {
    let writes = AccessFs::from_write(KNOWN);
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(writes)?
        .scope(Scope::Signal)?
        .scope(Scope::AbstractUnixSocket)?
        .create()?
        .add_rules(path_beneath_rules([directory], writes))?
        .add_rules(path_beneath_rules(["/dev/null"], AccessFs::WriteFile))?;
    // A user who is not root becomes one in a world of its own by writing there; other processes' files in it are theirs.
    let proc = Some("/proc").filter(|_| !geteuid().is_root());
    let done = rules.add_rules(path_beneath_rules(proc, AccessFs::WriteFile))?.restrict_self()?;
    Ok(done.ruleset != RulesetStatus::NotEnforced)
}

/// Whether servers can be kept to their own directory here: in all ways to write, none of which a kernel may lack.
#[must_use]
pub fn shut_in() -> bool {
    let all = Ruleset::default().set_compatibility(CompatLevel::HardRequirement).handle_access(AccessFs::from_write(ABI::V3));
    all.is_ok_and(|rules| rules.create().is_ok())
}

/// Whether its processes can be kept from ending others.
#[cfg(test)]
fn keeps_signals() -> bool {
    let all = Ruleset::default().set_compatibility(CompatLevel::HardRequirement).scope(Scope::Signal);
    all.is_ok_and(|rules| rules.create().is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::process::Command;

    #[test]
    fn what_such_a_thread_starts_writes_in_its_directory_and_nowhere_else() {
        if !shut_in() {
            println!("this kernel has no Landlock");
            return;
        }
        let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(other.path().join("there"), "as it was").unwrap();
        let (inside, outside) = (own.path().to_owned(), other.path().to_owned());
        let told = std::thread::spawn(move || {
            assert!(enter(&inside).unwrap());
            let does = |script: &str| {
                let mut shell = Command::new("sh");
                shell.args(["-c", script]).env("IN", &inside).env("OUT", &outside).env("OWNER", std::process::id().to_string());
                shell.output().unwrap().status.success()
            };
            [
                does("mkdir $IN/a && echo x > $IN/a/b && mv $IN/a/b $IN/c && : > $IN/c && rm $IN/c && echo x > /dev/null"),
                does("cat $OUT/there > $IN/read"),
                does("echo x > $OUT/new"),
                does("echo x >> $OUT/there"),
                does("rm $OUT/there"),
                does("ln -s /etc $OUT/link"),
                does("mkdir $OUT/folder"),
                does("mv $IN/read $OUT/moved"),
                does("kill -0 $OWNER"),
            ]
        });
        assert_eq!(told.join().unwrap(), [true, true, false, false, false, false, false, false, !keeps_signals()]);
        assert_eq!(std::fs::read_to_string(other.path().join("there")).unwrap(), "as it was");
        assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 1);
        // We are as free as before.
        std::fs::write(other.path().join("ours"), "x").unwrap();
    }
}
