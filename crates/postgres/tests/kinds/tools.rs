//! psql and pg_dump of version 18, from where `script/setup` puts them or from `PATH`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub fn tool(name: &str) -> Command {
    let installed = PathBuf::from("/opt/evenkeel/pgtools/bin").join(name);
    Command::new(if installed.exists() { installed } else { name.into() })
}

/// Runs a file. Panics with what psql said where a statement fails.
#[allow(dead_code, reason = "not every test that shares these tools applies files")]
pub fn psql(conninfo: &str, file: &Path) {
    let output = tool("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-f"])
        .arg(file)
        .output()
        .expect("psql is installed: script/setup");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Copies the schema of one database into another, empty one. Any complaint but those about settings that an older server
/// does not know is a failure.
pub fn dump_and_restore(from: &str, to: &str, major: u32) {
    let dump = tool("pg_dump").args(["--schema-only", "-d", from]).output().expect("pg_dump is installed: script/setup");
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let mut script = String::from_utf8(dump.stdout).unwrap();
    // pg_dump 18 writes parameters of subscriptions and of unlogged identity columns that older servers do not know.
    for (parameter, since) in [(", streaming = off", 14), ("\n    LOGGED", 15), (", run_as_owner = true", 16)] {
        if major < since {
            script = script.replace(parameter, "");
        }
    }
    let mut psql = tool("psql")
        .args(["-X", "-q", "-d", to])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql is installed: script/setup");
    let mut input = psql.stdin.take().unwrap();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut input, script.as_bytes()));
    let output = psql.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    let unexpected: Vec<&str> =
        complaints.lines().filter(|line| line.contains("ERROR") && !line.contains("\"transaction_timeout\"")).collect();
    assert!(unexpected.is_empty(), "restoring on {major}: {unexpected:#?}");
}
