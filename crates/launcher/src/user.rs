//! As whom a server runs. Not here: giving files to that user (`instance`) and starting as it (`spawn`).

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use crate::fault::Fault;

/// The user a server process runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerUser {
    /// We are no root: the server runs as we do.
    Ourselves,
    /// We are root, and servers refuse that: an unprivileged user takes over.
    Other { name: String, uid: u32, gid: u32 },
}

impl ServerUser {
    /// Chooses for this process: ourselves unless we are root, then the first of `names` that exists, then `nobody`.
    ///
    /// # Errors
    /// [`Fault::NoServerUser`] when we are root and none of them exists.
    pub fn choose(names: &[String]) -> Result<Self, Fault> {
        if !geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let passwd = std::fs::read_to_string("/etc/passwd").map_err(Fault::file("read", "/etc/passwd"))?;
        names
            .iter()
            .map(String::as_str)
            .chain(["nobody"])
            .find_map(|name| look_up(&passwd, name))
            .ok_or_else(|| Fault::NoServerUser { looked_for: names.to_vec() })
    }

    /// The first directory on the way to `path` that this user may not enter.
    pub(crate) fn barred_from(&self, path: &Path) -> Option<PathBuf> {
        let Self::Other { uid, gid, .. } = self else {
            return None;
        };
        path.ancestors()
            .filter(|ancestor| {
                std::fs::metadata(ancestor).is_ok_and(|found| {
                    let bit = if found.uid() == *uid {
                        0o100
                    } else if found.gid() == *gid {
                        0o010
                    } else {
                        0o001
                    };
                    found.mode() & bit == 0
                })
            })
            .last()
            .map(Path::to_path_buf)
    }

    pub(crate) fn label(&self) -> &str {
        match self {
            Self::Ourselves => "ourselves",
            Self::Other { name, .. } => name,
        }
    }
}

fn look_up(passwd: &str, wanted: &str) -> Option<ServerUser> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        if name != wanted {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        (uid != 0).then(|| ServerUser::Other { name: name.to_owned(), uid, gid })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn passwd_lines_are_read_and_root_in_disguise_is_refused() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:\nbroken\npostgres:x:101:104:,,,:/var/lib:/bin/sh\n";
        assert_eq!(look_up(passwd, "postgres"), Some(ServerUser::Other { name: "postgres".into(), uid: 101, gid: 104 }));
        assert_eq!(look_up(passwd, "toor"), None);
        assert_eq!(look_up(passwd, "broken"), None);
        assert_eq!(look_up(passwd, "post"), None);
    }

    #[test]
    fn a_closed_directory_bars_another_user() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        let stranger = ServerUser::Other { name: "stranger".into(), uid: 4_000_001, gid: 4_000_001 };

        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(stranger.barred_from(&inner).as_deref(), Some(directory.path()));
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
        assert_eq!(stranger.barred_from(&inner), None);
        assert_eq!(ServerUser::Ourselves.barred_from(&inner), None);
    }
}
