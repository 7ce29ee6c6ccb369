//! The demo's servers: three primaries and three replicas, the application in them, what is changed by hand.
//!
//! Lives here: starting, loading, ending. The statements are the `.sql` files beside this one. What must be found
//! afterwards is `planted`'s.

use super::interrupt::Interrupt;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_postgres::scratch::{Fault, Options, ReplicaOptions, Root, Scratch, ServerBinaries, find_servers};
use std::path::{Path, PathBuf};

/// The application's database in every environment.
const DATABASE: &str = "moorings";
/// The oldest server that evenkeel reads.
const OLDEST: u32 = 13;
/// A unique index over rows that are not.
const DUPLICATES: &str = "23505";

/// The newest installed server that has the contrib extensions.
///
/// # Errors
/// There is none; the message says how to get one.
pub fn server() -> Result<ServerBinaries, Box<Trouble>> {
    let servers = find_servers();
    let usable = servers.iter().filter(|server| server.major >= OLDEST);
    // Of equals the first, which is the one the user put in front.
    let best = usable.filter(|server| server.has_contrib).fold(None, |best: Option<&ServerBinaries>, server| match best {
        Some(best) if best.major >= server.major => Some(best),
        _ => Some(server),
    });
    if let Some(best) = best {
        return Ok(best.clone());
    }
    let found = servers.iter().map(|server| format!("PostgreSQL {} in {}", server.version, server.bin_dir.display())).collect::<Vec<_>>();
    if found.is_empty() {
        return Err(words(&Fault::NoServer { wanted: None, found }));
    }
    Err(Box::new(
        Trouble::new(Class::Unreachable, "the demo needs a PostgreSQL server with the contrib extensions")
            .expected(format!("PostgreSQL {OLDEST} or newer with pg_trgm"))
            .found(format!("{}, without it", found.join(", ")))
            .fix("apt-get install postgresql-contrib, or dnf install postgresql-contrib"),
    ))
}

/// One environment. Fields are dropped in their order: replicas end before the primary they follow.
struct Environment {
    name: &'static str,
    replicas: Vec<Scratch>,
    primary: Scratch,
}

/// Every server of the demo; dropping it ends them and removes their files.
pub struct Estate {
    environments: Vec<Environment>,
}

impl Estate {
    /// Starts and loads dev, staging and production side by side.
    ///
    /// # Errors
    /// A server cannot be started, or refuses a statement.
    pub fn start(binaries: &ServerBinaries) -> Result<Self, Box<Trouble>> {
        let started = std::thread::scope(|threads| {
            // (name, scale of its data): production holds a hundred times staging's rows.
            let starting = [("dev", 1), ("staging", 5), ("production", 500)]
                .map(|(name, scale)| threads.spawn(move || Environment::start(binaries, name, scale)));
            // All are waited for, so that one that fails leaves none behind.
            starting.map(std::thread::ScopedJoinHandle::join)
        });
        let environments = started.into_iter().map(|started| started.unwrap_or_else(|_| Err(broken()))).collect::<Result<_, _>>()?;
        Ok(Self { environments })
    }

    /// One replica for staging, two for production.
    ///
    /// # Errors
    /// A replica does not begin to stream; the user stopped us.
    pub fn replicate(&mut self, interrupt: &Interrupt) -> Result<(), Box<Trouble>> {
        for (environment, name) in [("staging", "replica_a"), ("production", "replica_a"), ("production", "replica_b")] {
            interrupt.check()?;
            for environment in self.environments.iter_mut().filter(|own| own.name == environment) {
                let replica = environment.primary.replica(&ReplicaOptions::named(name)).map_err(|fault| words(&fault))?;
                environment.replicas.push(replica);
            }
        }
        Ok(())
    }

    /// What happens past every migration.
    ///
    /// # Errors
    /// A statement does something else than planned.
    pub fn change_by_hand(&self) -> Result<(), Box<Trouble>> {
        for environment in &self.environments {
            match environment.name {
                "staging" => environment.exec(&[include_str!("by_hand/staging.sql")])?,
                "production" => {
                    environment.exec(&[include_str!("by_hand/production.sql")])?;
                    environment.break_index()?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The text of an `evenkeel.toml` for them.
    pub fn settings(&self) -> String {
        let mut text = String::from("# The demo's environments, in the order of a release.\n");
        for environment in &self.environments {
            let replicas: Vec<String> = environment.replicas.iter().map(|replica| format!("\"{}\"", replica.url(DATABASE))).collect();
            text.push_str(&format!(
                "\n[environments.{name}]\nurl = \"{url}\"\ntier = \"{name}\"\nreplicas = [{replicas}]\nmigration_role = \"migrator\"\nmanifest = \"parity/{name}.jsonl\"\n",
                name = environment.name,
                url = environment.primary.url(DATABASE),
                replicas = replicas.join(", "),
            ));
        }
        text
    }

    /// How to reach them, for a person with a second terminal.
    pub fn invitation(&self, folder: &Path) -> String {
        let mut text = String::from("\nThe servers stay until you press Enter. In another terminal:\n\n");
        let program = std::env::current_exe().map_or_else(|_| "evenkeel".to_owned(), |path| path.display().to_string());
        text.push_str(&format!("  cd {}\n", folder.display()));
        for rest in
            ["compare staging production", "compare staging production --dimension topology", "check production", "digest dev --tree"]
        {
            text.push_str(&format!("  {program} {rest}\n"));
        }
        text.push('\n');
        for environment in &self.environments {
            text.push_str(&format!("  psql \"{}\"\n", environment.primary.conninfo(DATABASE)));
        }
        text
    }

    /// Ends every server and removes its files.
    ///
    /// # Errors
    /// One cannot be ended or removed.
    pub fn stop(self) -> Result<(), Box<Trouble>> {
        let mut ended = Ok(());
        for Environment { replicas, primary, .. } in self.environments {
            for server in replicas.into_iter().chain([primary]) {
                // The others are ended all the same.
                ended = ended.and(server.stop().map_err(|fault| words(&fault)));
            }
        }
        ended
    }
}

impl Environment {
    fn start(binaries: &ServerBinaries, name: &'static str, scale: u32) -> Result<Self, Box<Trouble>> {
        // Servers that share an identifier would be taken for copies of one another.
        let options = Options { own_identifier: true, root: Root::fast().ok(), ..Options::default() }.database(DATABASE);
        let primary = Scratch::start_with(binaries, &options).map_err(|fault| words(&fault))?;
        let environment = Self { name, replicas: Vec::new(), primary };
        let told = format!("SET demo.environment = '{name}'; SET demo.scale = '{scale}'");
        environment.exec(&[&told, include_str!("roles.sql"), include_str!("schema.sql"), include_str!("data.sql")])?;
        let own = if name == "production" { include_str!("production.sql") } else { include_str!("release.sql") };
        environment.exec(&[own])?;
        environment.exec(&["VACUUM (ANALYZE)"])?;
        Ok(environment)
    }

    /// Each text in an exchange of its own, all in one session.
    fn exec(&self, texts: &[&str]) -> Result<(), Box<Trouble>> {
        let session = self.primary.session(DATABASE).map_err(|fault| words(&fault))?;
        texts.iter().try_for_each(|text| session.exec(text)).map_err(|fault| words(&fault))
    }

    /// Fails as planned, and leaves the INVALID index that such a failure leaves.
    fn break_index(&self) -> Result<(), Box<Trouble>> {
        let session = self.primary.session(DATABASE).map_err(|fault| words(&fault))?;
        match session.exec(include_str!("by_hand/index.sql")) {
            Err(Fault::Sql { sqlstate: Some(code), .. }) if code == DUPLICATES => Ok(()),
            Err(other) => Err(words(&other)),
            Ok(()) => Err(Box::new(
                Trouble::new(Class::Internal, "the demo's unique index was built").expected("two customers with one address").found("none"),
            )),
        }
    }
}

/// The folder with `evenkeel.toml` and the manifests.
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// # Errors
    /// The temporary folder cannot be written.
    pub fn make(estate: &Estate) -> Result<Self, Box<Trouble>> {
        let failed = |error: std::io::Error| {
            Box::new(
                Trouble::new(Class::Output, "cannot make a temporary folder")
                    .found(error.to_string())
                    .fix("set TMPDIR to a folder that can be written"),
            )
        };
        let folder = Self(tempfile::Builder::new().prefix("evenkeel-demo-").tempdir().map_err(failed)?);
        std::fs::create_dir(folder.path().join("parity")).map_err(failed)?;
        std::fs::write(folder.settings(), estate.settings()).map_err(failed)?;
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn settings(&self) -> PathBuf {
        self.path().join("evenkeel.toml")
    }

    /// # Errors
    /// Something in it cannot be removed.
    pub fn remove(self) -> Result<(), Box<Trouble>> {
        let path = self.path().to_owned();
        self.0
            .close()
            .map_err(|error| Box::new(Trouble::new(Class::Output, format!("cannot remove {}", path.display())).found(error.to_string())))
    }
}

fn words(fault: &Fault) -> Box<Trouble> {
    Box::new(fault.trouble())
}

fn broken() -> Box<Trouble> {
    Box::new(Trouble::new(Class::Internal, "starting a server broke off"))
}
