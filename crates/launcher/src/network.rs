//! A network of its own for a server that talks through its socket alone: what it is made to run reaches nobody.
//!
//! The loopback device is started in it: PostgreSQL before 15 sends itself its statistics there. Needs `unshare` (util-linux), `ip`
//! (iproute2) and a kernel that lets us; where one of them is missing, servers start in ours, and [`cut_off`] says so.
//! Not here: starting (`spawn`). See unshare(1), network_namespaces(7).

use crate::binary::on_path;
use rustix::process::geteuid;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What goes before a program's own words.
pub(crate) type Prefix = Vec<std::ffi::OsString>;

static PREFIX: OnceLock<Result<Prefix, String>> = OnceLock::new();

/// Starts the loopback device, then becomes the program.
const SCRIPT: &str = "\"$0\" link set lo up && exec \"$@\"";

/// Whether servers get a network of their own here; why not.
///
/// # Errors
/// What is missing, in words.
pub fn cut_off() -> Result<(), String> {
    prefix().map(|_| ()).map_err(str::to_owned)
}

/// The words that give a program a network of its own.
pub(crate) fn prefix() -> Result<&'static Prefix, &'static str> {
    PREFIX.get_or_init(probe).as_ref().map_err(String::as_str)
}

fn probe() -> Result<Prefix, String> {
    if !cfg!(target_os = "linux") {
        return Err("only Linux has networks of a process's own".to_owned());
    }
    let found = |name: &str| {
        let usual = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].into_iter().map(|folder| PathBuf::from(folder).join(name));
        on_path(name)
            .or_else(|| usual.into_iter().find(|path| path.exists()))
            .ok_or_else(|| format!("there is no `{name}` on this machine"))
    };
    let (unshare, ip, shell) = (found("unshare")?, found("ip")?, found("sh")?);
    let mut prefix: Prefix = vec![unshare.into()];
    if !geteuid().is_root() {
        // In a world of its own a user is its master, and may start that device.
        prefix.extend(["--user", "--map-current-user", "--keep-caps"].map(Into::into));
    }
    prefix.extend(["--net".into(), "--".into(), shell.into(), "-c".into(), SCRIPT.into(), ip.into()]);
    let Some((program, arguments)) = prefix.split_first() else { return Err(String::new()) };
    let tried = Command::new(program).args(arguments).arg("true").stdin(Stdio::null()).output();
    match tried {
        Ok(output) if output.status.success() => Ok(prefix),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("the kernel does not let us make one: {}", said.lines().next().unwrap_or("it says nothing")))
        }
        Err(error) => Err(format!("unshare cannot be run: {error}")),
    }
}
