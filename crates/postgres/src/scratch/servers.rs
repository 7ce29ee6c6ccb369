//! Which PostgreSQL servers are installed here. Starting one is the neighbour `mod.rs`.

use std::path::{Path, PathBuf};

use evenkeel_launcher::{answer, find_programs, on_path};

/// The environment variable that names further directories with server programs, separated like `PATH`.
pub const BIN_VARIABLE: &str = "EVENKEEL_PG_BIN";

/// Where packages put `bin` directories: Debian and Ubuntu, script/setup, Red Hat, Homebrew, Postgres.app, Nix profile.
const PLACES: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/opt/evenkeel/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
];

/// One installed server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerBinaries {
    /// `17`.
    pub major: u32,
    /// As the program prints it: `15.20 (Debian 15.20-0+deb12u1)`.
    pub version: String,
    pub bin_dir: PathBuf,
    /// Whether the contrib extensions are installed (recognised by pg_trgm).
    pub has_contrib: bool,
}

impl ServerBinaries {
    /// The server program.
    #[must_use]
    pub fn postgres(&self) -> PathBuf {
        self.bin_dir.join("postgres")
    }

    /// The program that makes a data directory.
    #[must_use]
    pub fn initdb(&self) -> PathBuf {
        self.bin_dir.join("initdb")
    }

    /// Whether its databases can have an extension.
    #[must_use]
    pub fn has_extension(&self, name: &str) -> bool {
        extension_directories(&self.bin_dir, self.major).iter().any(|path| path.join(format!("{name}.control")).exists())
    }

    fn look_at(bin_dir: PathBuf) -> Option<Self> {
        if !bin_dir.join("initdb").exists() {
            return None;
        }
        let text = answer(&bin_dir.join("postgres"), &["--version"])?;
        let (major, version) = parse_version(&text)?;
        let has_contrib = extension_directories(&bin_dir, major).iter().any(|path| path.join("pg_trgm.control").exists());
        Some(Self { major, version, bin_dir, has_contrib })
    }
}

/// Every installed server: those of `EVENKEEL_PG_BIN` first, then the one on `PATH`, then the packages' places.
/// Asks each for its version (a few milliseconds each); what does not answer is no server.
#[must_use]
pub fn find_servers() -> Vec<ServerBinaries> {
    find_servers_beside(&[])
}

/// The same, and those of further folders, which come behind the variable's; `*` matches anything in them.
#[must_use]
pub fn find_servers_beside(folders: &[PathBuf]) -> Vec<ServerBinaries> {
    let mut places: Vec<PathBuf> = std::env::var_os(BIN_VARIABLE).map(|value| std::env::split_paths(&value).collect()).unwrap_or_default();
    places.extend_from_slice(folders);
    places.extend(on_path("postgres").and_then(|program| program.parent().map(Path::to_path_buf)));
    places.extend(PLACES.iter().map(PathBuf::from));
    find_programs(&places, "postgres").into_iter().filter_map(ServerBinaries::look_at).collect()
}

/// The server to use: of the wanted major version, else the newest; among equals the first found.
#[must_use]
pub fn pick(servers: &[ServerBinaries], wanted: Option<u32>) -> Option<&ServerBinaries> {
    let major = wanted.or_else(|| servers.iter().map(|server| server.major).max())?;
    servers.iter().find(|server| server.major == major)
}

/// `postgres (PostgreSQL) 18beta1` is 18 and `18beta1`.
fn parse_version(text: &str) -> Option<(u32, String)> {
    let version = text.trim().strip_prefix("postgres (PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, version.to_owned()))
}

/// Where the extensions of the server may be: next to its programs, or where Debian puts them.
fn extension_directories(bin_dir: &Path, major: u32) -> Vec<PathBuf> {
    let base = bin_dir.parent().unwrap_or(bin_dir);
    vec![
        base.join("share/postgresql/extension"),
        base.join("share/extension"),
        base.join(format!("share/postgresql@{major}/extension")),
        PathBuf::from(format!("/usr/share/postgresql/{major}/extension")),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn versions_are_read_as_servers_print_them() {
        let parse = |text| parse_version(text).map(|(major, version)| format!("{major}|{version}"));
        assert_eq!(parse("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n").as_deref(), Some("15|15.20 (Debian 15.20-0+deb12u1)"));
        assert_eq!(parse("postgres (PostgreSQL) 18beta1\n").as_deref(), Some("18|18beta1"));
        assert_eq!(parse("postgres (PostgreSQL) 19devel\n").as_deref(), Some("19|19devel"));
        assert_eq!(parse("mysqld  Ver 8.0\n"), None);
    }

    #[test]
    fn the_newest_is_chosen_unless_one_is_wanted_and_the_first_among_equals() {
        let server = |major, place: &str| ServerBinaries { major, version: format!("{major}.1"), bin_dir: place.into(), has_contrib: true };
        let servers = [server(15, "/first"), server(17, "/a"), server(9, "/old"), server(15, "/second")];
        let chosen = |wanted| pick(&servers, wanted).map(|server| server.bin_dir.display().to_string());
        assert_eq!(chosen(None).as_deref(), Some("/a"));
        assert_eq!(chosen(Some(15)).as_deref(), Some("/first"));
        assert_eq!(chosen(Some(16)), None);
        assert_eq!(pick(&[], None), None);
    }
}
