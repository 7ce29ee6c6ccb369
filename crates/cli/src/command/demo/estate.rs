//! The demo's environments, whatever their servers are: started side by side, given replicas, changed by hand, ended.
//!
//! Lives here: what the story asks of an engine (`Part`, `Site`), and the order in which it asks. The servers and what is
//! loaded into them are `postgres` and `mysql`; what must be found afterwards is judged by `planted`.

use super::planted::Group;
use crate::signals;
use evenkeel_core::fault::{Class, Trouble};
use std::path::{Path, PathBuf};

/// The application's database in every environment, where a site does not call it otherwise.
pub const DATABASE: &str = "moorings";

/// What an engine plays in the story.
pub trait Part: Sync {
    /// Name, version and place of the server program.
    fn server(&self) -> String;

    /// Starts an environment and loads its data: what was released, and what has set it apart since long ago.
    ///
    /// # Errors
    /// The server cannot be started, or refuses a statement.
    fn start(&self, name: &'static str, scale: u32) -> Result<Box<dyn Site>, Box<Trouble>>;

    /// What the reports must find.
    fn planted(&self) -> Vec<Group>;

    /// What is shown of the long report, one of each sort: texts that a difference is recognised by.
    fn shown(&self) -> &'static [&'static str];

    /// What the URL of somebody's own server begins with.
    fn scheme(&self) -> &'static str;
}

/// The servers of one environment. Dropping them ends them and removes their files.
pub trait Site: Send {
    /// Adds a replica that follows.
    ///
    /// # Errors
    /// It does not begin to.
    fn replicate(&mut self) -> Result<(), Box<Trouble>>;

    /// What happens past every migration, if anything does in an environment of this name.
    ///
    /// # Errors
    /// A statement does something else than planned.
    fn change_by_hand(&self) -> Result<(), Box<Trouble>>;

    /// Where the application's database is.
    fn url(&self) -> String;

    /// Where it is on each replica.
    fn replica_urls(&self) -> Vec<String>;

    /// The role that migrates, where servers keep settings for a role.
    fn migration_role(&self) -> Option<&'static str>;

    /// The command of the engine's own client.
    fn client(&self) -> String;

    /// Ends every server and removes its files.
    ///
    /// # Errors
    /// One cannot be ended or removed; the others are all the same.
    fn stop(self: Box<Self>) -> Result<(), Box<Trouble>>;
}

struct Environment {
    name: &'static str,
    site: Box<dyn Site>,
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
    pub fn start(part: &dyn Part) -> Result<Self, Box<Trouble>> {
        let started = std::thread::scope(|threads| {
            // (name, scale of its data): production holds a hundred times staging's rows.
            let starting = [("dev", 1), ("staging", 5), ("production", 500)]
                .map(|(name, scale)| threads.spawn(move || part.start(name, scale).map(|site| Environment { name, site })));
            // All are waited for, so that one that fails leaves none behind.
            starting.map(std::thread::ScopedJoinHandle::join)
        });
        let environments = started.into_iter().map(|started| started.unwrap_or_else(|_| Err(broken()))).collect::<Result<_, _>>()?;
        Ok(Self { environments })
    }

    /// One replica for staging, two for production.
    ///
    /// # Errors
    /// A replica does not begin to follow; the user stopped us.
    pub fn replicate(&mut self) -> Result<(), Box<Trouble>> {
        let wanted = |name| match name {
            "staging" => 1,
            "production" => 2,
            _ => 0,
        };
        std::thread::scope(|threads| {
            let environments = self.environments.iter_mut();
            let adding: Vec<_> = environments
                .map(|Environment { name, site }| {
                    threads.spawn(move || (0..wanted(*name)).try_for_each(|_| signals::stop().check().and_then(|()| site.replicate())))
                })
                .collect();
            all(adding.into_iter().map(|adding| adding.join().unwrap_or_else(|_| Err(broken()))))
        })
    }

    /// What happens past every migration.
    ///
    /// # Errors
    /// A statement does something else than planned.
    pub fn change_by_hand(&self) -> Result<(), Box<Trouble>> {
        self.environments.iter().try_for_each(|environment| environment.site.change_by_hand())
    }

    /// The text of an `evenkeel.toml` for them.
    pub fn settings(&self) -> String {
        let mut text = String::from("# The demo's environments, in the order of a release.\n");
        for Environment { name, site } in &self.environments {
            let replicas: Vec<String> = site.replica_urls().iter().map(|url| format!("\"{url}\"")).collect();
            let role = site.migration_role().map(|role| format!("migration_role = \"{role}\"\n")).unwrap_or_default();
            text.push_str(&format!(
                "\n[environments.{name}]\nurl = \"{url}\"\ntier = \"{name}\"\nreplicas = [{replicas}]\n{role}manifest = \"parity/{name}.jsonl\"\n",
                url = site.url(),
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
            text.push_str(&format!("  {}\n", environment.site.client()));
        }
        text
    }

    /// Ends every server and removes its files.
    ///
    /// # Errors
    /// One cannot be ended or removed.
    pub fn stop(self) -> Result<(), Box<Trouble>> {
        all(self.environments.into_iter().map(|environment| environment.site.stop()))
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

/// Does all of them, whatever becomes of one; then its failure is told.
pub fn all(doing: impl Iterator<Item = Result<(), Box<Trouble>>>) -> Result<(), Box<Trouble>> {
    let done: Vec<_> = doing.collect();
    done.into_iter().collect()
}

fn broken() -> Box<Trouble> {
    Box::new(Trouble::new(Class::Internal, "starting a server broke off"))
}
