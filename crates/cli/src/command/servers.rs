//! `evenkeel servers`: which throwaway servers this machine can start, from where, and how to get the others that evenkeel is tested
//! with. Nothing is started.

use super::{Outcome, output};
use crate::args::{Common, ListFormat, Servers};
use crate::{settings, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Installed, Like, Workshop};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(Debug, Serialize)]
struct Listing {
    tool: Tool,
    servers: Vec<Server>,
    missing: Vec<Missing>,
    network: Network,
}

/// What a server that is started here can reach.
#[derive(Debug, Serialize)]
struct Network {
    /// It has a network of its own, and reaches nobody.
    cut_off: bool,
    /// Why not.
    why: Option<String>,
    /// It can write nowhere but in its own folder, whatever it is made to run.
    shut_in: bool,
}

#[derive(Debug, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// One that can be started.
#[derive(Debug, Serialize)]
struct Server {
    engine: &'static str,
    /// `17`, `10.11`.
    major: String,
    /// As its program prints it.
    version: String,
    /// The folder of its programs.
    folder: PathBuf,
}

/// One that evenkeel is tested with and that is not here.
#[derive(Debug, Serialize)]
struct Missing {
    engine: &'static str,
    major: String,
    /// How to get it.
    step: Option<String>,
}

pub fn run(arguments: &Servers, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let listing = listing(&wire::workshops(&loaded.settings));
    let text = match arguments.format {
        ListFormat::Terminal => words(&listing),
        ListFormat::Json => json(&listing)?,
    };
    output::write(text.as_bytes(), None)?;
    Ok(0)
}

fn json(listing: &Listing) -> Result<String, Box<Trouble>> {
    let text = serde_json::to_string_pretty(listing);
    text.map(|text| text + "\n").map_err(|error| Box::new(Trouble::new(Class::Internal, format!("cannot write the list: {error}"))))
}

fn listing(workshops: &[Box<dyn Workshop>]) -> Listing {
    let (mut servers, mut missing) = (Vec::new(), Vec::new());
    for workshop in workshops {
        let found = workshop.servers();
        for (engine, major) in workshop.tested() {
            if !found.iter().any(|server| (server.engine, server.major) == (engine, major)) {
                let wanted = Like { engine: Some(engine), major: Some(major), ..Like::default() };
                let step = workshop.choose(&wanted).err().and_then(|trouble| trouble.fix);
                missing.push(Missing { engine: engine.name(), major: engine.version_words(major), step });
            }
        }
        servers.extend(found.into_iter().map(server));
    }
    let why = workshops.first().and_then(|workshop| workshop.cut_off().err());
    let shut_in = workshops.first().is_some_and(|workshop| workshop.shut_in());
    let network = Network { cut_off: why.is_none() && !workshops.is_empty(), why, shut_in };
    Listing { tool: Tool { name: "evenkeel", version: env!("CARGO_PKG_VERSION") }, servers, missing, network }
}

fn server(found: Installed) -> Server {
    Server { engine: found.engine.name(), major: found.engine.version_words(found.major), version: found.version, folder: found.place }
}

fn words(listing: &Listing) -> String {
    let mut text = String::from("throwaway servers that this machine can start\n");
    if listing.servers.is_empty() {
        text.push_str("  none\n");
    }
    let width = listing.servers.iter().map(|server| server.engine.len() + server.version.len() + 1).max().unwrap_or(0);
    for server in &listing.servers {
        let name = format!("{} {}", server.engine, server.version);
        let _ = writeln!(text, "  {name:width$}  {}", server.folder.display());
    }
    text.push_str(&match &listing.network.why {
        None => "\nwhat runs on them reaches nobody: each has a network of its own\n".to_owned(),
        Some(why) => format!("\nthey are in this machine's network ({why}): that files reach nobody rests on their role alone\n"),
    });
    text.push_str(match listing.network.shut_in {
        true => "and it writes nowhere but in the folder of its server\n",
        false => "the kernel does not keep it to its server's folder (Landlock): it may write what the server's user may\n",
    });
    if listing.missing.is_empty() {
        text.push_str("\nnone is missing that evenkeel is tested with\n");
        return text;
    }
    text.push_str("\nmissing, though evenkeel is tested with them\n");
    for missing in &listing.missing {
        let _ = writeln!(text, "  {} {}", missing.engine, missing.major);
        if let Some(step) = &missing.step {
            let _ = writeln!(text, "    {step}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use evenkeel_core::kind::Engine;
    use evenkeel_core::port::{Scratch, Watch};

    /// A machine with these servers.
    struct Machine(Vec<Installed>);

    impl Workshop for Machine {
        fn servers(&self) -> Vec<Installed> {
            self.0.clone()
        }

        fn tested(&self) -> Vec<(Engine, u16)> {
            vec![(Engine::MariaDb, 1011), (Engine::MySql, 907)]
        }

        fn cut_off(&self) -> Result<(), String> {
            Err("there is no `ip` on this machine".to_owned())
        }

        fn choose(&self, like: &Like) -> Result<Installed, Box<Trouble>> {
            assert!(like.engine.is_some() && like.major.is_some());
            Err(Box::new(Trouble::new(Class::Unreachable, "none").fix("install it")))
        }

        fn start(&self, _: &Like, _: &Watch<'_>) -> Result<Box<dyn Scratch>, Box<Trouble>> {
            unreachable!("nothing is started")
        }
    }

    fn mariadb(major: u16, folder: &str) -> Installed {
        Installed { engine: Engine::MariaDb, major, version: format!("{major}-x"), place: folder.into() }
    }

    #[test]
    fn what_is_missing_says_how_to_get_it() {
        let told = |servers| words(&listing(&[Box::new(Machine(servers))]));
        let nothing = told(Vec::new());
        assert!(
            nothing.contains("  none\n") && nothing.contains("  MariaDB 10.11\n    install it\n  MySQL 9.7\n    install it\n"),
            "{nothing}"
        );
        let one = told(vec![mariadb(1011, "/opt/m")]);
        assert!(one.contains("  MariaDB 1011-x  /opt/m\n") && !one.contains("MariaDB 10.11\n") && one.contains("MySQL 9.7"), "{one}");
        assert!(one.contains("in this machine's network (there is no `ip` on this machine)"), "{one}");
        // Another version of the vendor does not stand for it.
        let other = told(vec![mariadb(1208, "/opt/m")]);
        assert!(other.contains("MariaDB 10.11\n"), "{other}");
        let listed: serde_json::Value = serde_json::from_str(&json(&listing(&[Box::new(Machine(Vec::new()))])).unwrap()).unwrap();
        assert_eq!((listed["servers"].as_array().unwrap().len(), &listed["missing"][1]["major"]), (0, &"9.7".into()));
    }
}
