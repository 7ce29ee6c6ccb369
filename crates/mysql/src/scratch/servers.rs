//! Which MySQL and MariaDB servers are installed here. Starting one is the neighbour `mod.rs`.

use std::path::{Path, PathBuf};

use evenkeel_core::kind::Engine;
use evenkeel_launcher::{answer, find_programs, on_path};

use crate::flavor::Flavor;

/// The environment variable that names further directories with server programs, separated like `PATH`.
pub const BIN_VARIABLE: &str = "EVENKEEL_MYSQL_BIN";

/// MariaDB's packages have both names, so its own comes first.
const PROGRAMS: &[&str] = &["mariadbd", "mysqld"];

/// Where packages put servers: Debian and Ubuntu, Red Hat, script/setup, vendors' archives, Homebrew.
const PLACES: &[&str] = &[
    "/usr/sbin",
    "/usr/libexec",
    "/opt/evenkeel/mariadb/*/bin",
    "/opt/evenkeel/mysql/*/bin",
    "/usr/local/mysql/bin",
    "/usr/local/mysql-*/bin",
    "/usr/local/mariadb*/bin",
    "/opt/homebrew/opt/mariadb*/bin",
    "/opt/homebrew/opt/mysql*/bin",
    "/usr/local/opt/mariadb*/bin",
    "/usr/local/opt/mysql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/mariadb*/bin",
    "/home/linuxbrew/.linuxbrew/opt/mysql*/bin",
];

/// One installed server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerBinaries {
    pub flavor: Flavor,
    /// As the program prints it: `10.11.19-MariaDB-0+deb12u1`.
    pub version: String,
    /// The server program, `mariadbd` or `mysqld`.
    pub server: PathBuf,
}

impl ServerBinaries {
    /// The directory of the server program.
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        self.server.parent().unwrap_or(Path::new("/"))
    }

    /// What goes into `--basedir`: messages, character sets and plugins are found from there.
    #[must_use]
    pub fn base_dir(&self) -> &Path {
        self.bin_dir().parent().unwrap_or(Path::new("/"))
    }

    /// What the kernel runs where the server program is a script of script/setup.
    #[must_use]
    pub fn loader(&self) -> Option<PathBuf> {
        Some(self.bin_dir().join("loader")).filter(|path| path.exists())
    }

    /// MariaDB's program that makes a data directory; MySQL's server does that itself.
    #[must_use]
    pub fn install_db(&self) -> Option<PathBuf> {
        ["bin", "sbin", "scripts"]
            .iter()
            .flat_map(|directory| ["mariadb-install-db", "mysql_install_db"].map(|name| self.base_dir().join(directory).join(name)))
            .find(|path| self.flavor.is_mariadb() && path.exists())
    }

    /// `MariaDB 10.11`.
    #[must_use]
    pub fn series(&self) -> String {
        series(self.flavor.engine, self.flavor.number)
    }

    fn look_at(server: PathBuf) -> Option<Self> {
        // --no-defaults: a broken option file of somebody else's server is none of ours.
        let version = parse_version(&answer(&server, &["--no-defaults", "--version"])?)?;
        let found = Self { flavor: Flavor::parse(&version)?, version, server };
        // A server without what makes its data directory is of no use here.
        (!found.flavor.is_mariadb() || found.install_db().is_some()).then_some(found)
    }
}

/// `MariaDB 10.11`, from a number as in [`Flavor`].
#[must_use]
pub fn series(engine: Engine, number: u16) -> String {
    format!("{} {}.{}", engine.name(), number / 100, number % 100)
}

/// Every installed server: those of `EVENKEEL_MYSQL_BIN` first, then those on `PATH`, then the packages' places.
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
    places.extend(PROGRAMS.iter().filter_map(|program| on_path(program)?.parent().map(Path::to_path_buf)));
    places.extend(PLACES.iter().map(PathBuf::from));
    find_in(&places)
}

fn find_in(places: &[PathBuf]) -> Vec<ServerBinaries> {
    let mut found: Vec<ServerBinaries> = Vec::new();
    for place in places {
        for program in PROGRAMS {
            for directory in find_programs(std::slice::from_ref(place), program) {
                let server = directory.join(program);
                let real = server.canonicalize();
                // One program may have two names, and be in two places.
                let known =
                    |other: &ServerBinaries| other.server == server || other.server.canonicalize().ok() == real.as_ref().ok().cloned();
                if !found.iter().any(known) {
                    found.extend(ServerBinaries::look_at(server));
                }
            }
        }
    }
    found
}

/// The server to use: of the wanted vendor and series (a number as in [`Flavor`]), else the newest; among equals the
/// first found. Where any vendor will do, MariaDB, which starts faster.
#[must_use]
pub fn pick(servers: &[ServerBinaries], engine: Option<Engine>, number: Option<u16>) -> Option<&ServerBinaries> {
    let fits = |server: &&ServerBinaries| {
        engine.is_none_or(|engine| server.flavor.engine == engine) && number.is_none_or(|number| server.flavor.number == number)
    };
    let best = servers.iter().filter(fits).map(|server| (server.flavor.is_mariadb(), server.flavor.number)).max()?;
    servers.iter().find(|server| (server.flavor.is_mariadb(), server.flavor.number) == best)
}

/// `mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)` is `10.11.19-MariaDB-0+deb12u1`.
fn parse_version(text: &str) -> Option<String> {
    text.split_once(" Ver ")?.1.split_ascii_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn versions_are_read_as_servers_print_them() {
        let parse =
            |text| parse_version(text).and_then(|version| Flavor::parse(&version)).map(|flavor| series(flavor.engine, flavor.number));
        let debian = "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)\n";
        assert_eq!(parse(debian).as_deref(), Some("MariaDB 10.11"));
        assert_eq!(parse("/opt/x/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))\n").as_deref(), Some("MySQL 9.7"));
        assert_eq!(parse("mysqld  Ver 8.0.43 for macos15 on arm64 (Homebrew)\n").as_deref(), Some("MySQL 8.0"));
        assert_eq!(parse("postgres (PostgreSQL) 17.10\n"), None);
    }

    fn server(version: &str, place: &str) -> ServerBinaries {
        ServerBinaries { flavor: Flavor::parse(version).unwrap(), version: version.into(), server: place.into() }
    }

    #[test]
    fn the_newest_is_chosen_unless_one_is_wanted_and_the_first_among_equals() {
        let servers = [
            server("9.7.4", "/my"),
            server("10.11.19-MariaDB", "/first"),
            server("10.11.18-MariaDB", "/second"),
            server("11.8.6-MariaDB", "/newest"),
            server("8.0.43", "/old"),
        ];
        let chosen = |engine, number| pick(&servers, engine, number).map(|server| server.server.display().to_string());
        assert_eq!(chosen(None, None).as_deref(), Some("/newest"));
        assert_eq!(chosen(Some(Engine::MariaDb), Some(1011)).as_deref(), Some("/first"));
        assert_eq!(chosen(Some(Engine::MySql), None).as_deref(), Some("/my"));
        assert_eq!(chosen(None, Some(800)).as_deref(), Some("/old"));
        assert_eq!(chosen(Some(Engine::MySql), Some(1011)), None);
        assert_eq!(pick(&servers[..1], None, None), Some(&servers[0]));
        assert_eq!(pick(&[], None, None), None);
    }

    #[test]
    fn one_program_with_two_names_is_one_server_and_what_cannot_make_data_is_none() {
        let home = tempfile::tempdir().unwrap();
        let program = |path: &str, version: &str| {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, format!("#!/bin/sh\necho \"$0  Ver {version} for Linux\"\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let maria = program("maria/bin/mariadbd", "11.8.6-MariaDB");
        program("maria/bin/mariadb-install-db", "1");
        std::os::unix::fs::symlink("mariadbd", home.path().join("maria/bin/mysqld")).unwrap();
        std::os::unix::fs::symlink("bin", home.path().join("maria/sbin")).unwrap();
        program("half/bin/mariadbd", "11.8.6-MariaDB");
        program("my/bin/mysqld", "9.7.4");

        let places = ["maria/sbin", "*/bin"].map(|place| home.path().join(place));
        let found: Vec<String> = find_in(&places).iter().map(ServerBinaries::series).collect();
        assert_eq!(found, ["MariaDB 11.8", "MySQL 9.7"]);
        assert_eq!(find_in(&places)[0].server, maria.canonicalize().unwrap());
    }
}
