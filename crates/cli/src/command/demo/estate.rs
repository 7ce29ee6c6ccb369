//! The demo's environments, whatever their servers are: started side by side, given replicas, changed by hand, ended.
//!
//! Lives here: the order in which the ports of throwaway servers are asked. What is loaded into them is data (`play`); what must
//! be found afterwards is judged by `planted`.

use super::play::{Part, Play};
use crate::signals;
use evenkeel_core::fault::{Class, Trouble, shortened};
use evenkeel_core::port::{Answer, Installed, Like, Scratch, Session, Watch, Workshop};
use std::path::{Path, PathBuf};

/// The servers of one environment. Fields are dropped in their order: replicas end before the primary they follow.
struct Environment {
    name: &'static str,
    part: Part,
    replicas: Vec<Box<dyn Scratch>>,
    primary: Box<dyn Scratch>,
}

/// Every server of the demo; dropping it ends them and removes their files.
pub struct Estate {
    environments: Vec<Environment>,
    migration_role: Option<&'static str>,
}

fn watch() -> Watch<'static> {
    Watch { stop: signals::stop(), ..Watch::none() }
}

impl Estate {
    /// Starts and loads dev, staging and production side by side.
    ///
    /// # Errors
    /// A server cannot be started, or refuses a statement; the user wants us to end.
    pub fn start(workshop: &dyn Workshop, server: &Installed, play: &Play) -> Result<Self, Box<Trouble>> {
        let started = std::thread::scope(|threads| {
            // (name, scale of its data): production holds a hundred times staging's rows.
            let starting = [("dev", 1), ("staging", 5), ("production", 500)]
                .map(|(name, scale)| threads.spawn(move || Environment::start(workshop, server, name, (play.part)(name, scale))));
            // All are waited for, so that one that fails leaves none behind.
            starting.map(std::thread::ScopedJoinHandle::join)
        });
        let environments = started.into_iter().map(|started| started.unwrap_or_else(|_| Err(broken()))).collect::<Result<_, _>>()?;
        Ok(Self { environments, migration_role: play.migration_role })
    }

    /// One replica for staging, two for production.
    ///
    /// # Errors
    /// A replica does not begin to follow; the user wants us to end.
    pub fn replicate(&mut self) -> Result<(), Box<Trouble>> {
        let wanted = |name| match name {
            "staging" => 1,
            "production" => 2,
            _ => 0,
        };
        std::thread::scope(|threads| {
            let environments = self.environments.iter_mut();
            let adding: Vec<_> = environments
                .map(|environment| threads.spawn(move || (0..wanted(environment.name)).try_for_each(|_| environment.replicate())))
                .collect();
            all(adding.into_iter().map(|adding| adding.join().unwrap_or_else(|_| Err(broken()))))
        })
    }

    /// What happens past every migration.
    ///
    /// # Errors
    /// A statement does something else than planned.
    pub fn change_by_hand(&self) -> Result<(), Box<Trouble>> {
        self.environments.iter().try_for_each(Environment::change_by_hand)
    }

    /// The text of an `evenkeel.toml` for them.
    pub fn settings(&self) -> String {
        let mut text = String::from("# The demo's environments, in the order of a release.\n");
        for Environment { name, part, replicas, primary } in &self.environments {
            let replicas: Vec<String> = replicas.iter().map(|replica| format!("\"{}\"", replica.url(part.database))).collect();
            let role = self.migration_role.map(|role| format!("migration_role = \"{role}\"\n")).unwrap_or_default();
            text.push_str(&format!(
                "\n[environments.{name}]\nurl = \"{url}\"\ntier = \"{name}\"\nreplicas = [{replicas}]\n{role}manifest = \"parity/{name}.jsonl\"\n",
                url = primary.url(part.database),
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
            text.push_str(&format!("  {}\n", environment.primary.client(environment.part.database)));
        }
        text
    }

    /// Ends every server and removes its files.
    ///
    /// # Errors
    /// One cannot be ended or removed.
    pub fn stop(self) -> Result<(), Box<Trouble>> {
        let servers = self.environments.into_iter().flat_map(|Environment { replicas, primary, .. }| replicas.into_iter().chain([primary]));
        all(servers.map(Scratch::stop))
    }
}

impl Environment {
    fn start(workshop: &dyn Workshop, server: &Installed, name: &'static str, part: Part) -> Result<Self, Box<Trouble>> {
        let settings = part.settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        // Servers that share an identifier would be taken for copies of one another.
        let like = Like { settings: settings.collect(), serves_replicas: true, own_identity: true, ..Like::installed(server) };
        let primary = workshop.start(&like.database(part.database), &watch())?;
        for texts in &part.loaded {
            let mut session = primary.session(part.database)?;
            texts.iter().try_for_each(|text| ran(&mut *session, &*primary, text))?;
        }
        Ok(Self { name, part, replicas: Vec::new(), primary })
    }

    fn replicate(&mut self) -> Result<(), Box<Trouble>> {
        self.replicas.push(self.primary.replicate(&watch())?);
        Ok(())
    }

    fn change_by_hand(&self) -> Result<(), Box<Trouble>> {
        for done in &self.part.by_hand {
            let mut session = self.primary.session(self.part.database)?;
            let Some(code) = done.refused else {
                ran(&mut *session, &*self.primary, done.sql)?;
                continue;
            };
            let answer = session.run(done.sql)?;
            if answer.code() != Some(code) {
                let found = answer.code().map_or_else(|| "it was carried out".to_owned(), |code| format!("server error {code}"));
                let trouble = Trouble::new(Class::Internal, format!("the demo does something else than planned: {}", shortened(done.sql)));
                return Err(Box::new(trouble.expected(format!("server error {code}")).found(found)));
            }
        }
        Ok(())
    }
}

/// The statements are carried out.
fn ran(session: &mut dyn Session, server: &dyn Scratch, text: &str) -> Result<(), Box<Trouble>> {
    signals::stop().check()?;
    match session.run(text)? {
        Answer::Ran(_) => Ok(()),
        Answer::Refused(refused) => {
            let trouble = Trouble::new(Class::Unreachable, format!("{}: {} ({})", server.describe(), refused.message, refused.code));
            Err(Box::new(trouble.found(format!("after: {}", shortened(text)))))
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

/// Does all of them, whatever becomes of one; then its failure is told.
pub fn all(doing: impl Iterator<Item = Result<(), Box<Trouble>>>) -> Result<(), Box<Trouble>> {
    let done: Vec<_> = doing.collect();
    done.into_iter().collect()
}

fn broken() -> Box<Trouble> {
    Box::new(Trouble::new(Class::Internal, "starting a server broke off"))
}
