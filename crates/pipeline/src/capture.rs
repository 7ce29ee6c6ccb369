//! Stage 1: an environment, live or from a file, as a manifest.

use crate::migrations;
use crate::replay::{self, Stage, Target};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::file;
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::{CANONICAL, Endpoint, Gap, Manifest, NodeRole, Reason};
use evenkeel_core::port::{Environment, Event, Limits, OnTarget, Register, Registered, Request, Run, Watch};
use evenkeel_core::reference::{Pattern, Secret};
use std::io::{BufRead, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Where a manifest comes from.
pub enum Source {
    Live {
        environment: Box<dyn Environment>,
        request: Request,
    },
    /// Schema and data from a replica, to spare the primary; settings, topology, privileges and history from the primary.
    Split {
        primary: Box<dyn Environment>,
        replica: Box<dyn Environment>,
        request: Request,
    },
    File {
        label: String,
        path: PathBuf,
    },
    /// What files of migrations make of an empty database.
    Replay(Replayed),
}

/// Files that are run on a throwaway server.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// As it was typed: `replay:db/migrations@20260102`.
    pub label: String,
    pub wanted: migrations::Wanted,
    /// The last one that runs; all where none is named.
    pub upto: Option<String>,
    /// Folders that may hold server programs.
    pub folders: Vec<PathBuf>,
    pub limits: Limits,
    /// The environment whose engine and version it runs on, where there is no other side.
    pub like: Option<Box<Endpoint>>,
    /// As whom migrations run on the other side, where that is configured: names mean what they mean to it.
    pub role: Option<String>,
}

impl Source {
    /// Has files run as whoever migrates the other side has them.
    pub fn beside(&mut self, role: Option<&str>) {
        if let Self::Replay(replayed) = self {
            replayed.role = role.map(str::to_owned);
        }
    }

    /// What the user calls it.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Live { request, .. } | Self::Split { request, .. } => &request.label,
            Self::File { label, .. } => label,
            Self::Replay(replayed) => &replayed.label,
        }
    }

    /// A live environment.
    #[must_use]
    pub const fn live(environment: Box<dyn Environment>, request: Request) -> Self {
        Self::Live { environment, request }
    }

    /// For a digest, which what needs what is never in.
    pub const fn for_a_digest(&mut self) {
        if let Self::Live { request, .. } | Self::Split { request, .. } = self {
            request.needs = false;
        }
    }

    /// What stands in a register of the environment itself; of a file nobody asks.
    ///
    /// # Errors
    /// It cannot be reached.
    pub fn registered(&self, register: &Register, run: &Run<'_>) -> Result<Registered, Box<Trouble>> {
        match self {
            Self::Live { environment, request } | Self::Split { primary: environment, request, .. } => {
                environment.registered(register, &request.limits(), &run.watch)
            }
            Self::File { .. } | Self::Replay(_) => Ok(Registered::NotKept),
        }
    }

    /// The parity lock that stands in the environment itself; of a file nobody asks.
    ///
    /// # Errors
    /// It cannot be reached.
    pub fn parity(&self, run: &Run<'_>) -> Result<OnTarget, Box<Trouble>> {
        match self {
            Self::Live { environment, request } | Self::Split { primary: environment, request, .. } => {
                environment.parity(&request.limits(), &run.watch)
            }
            Self::File { .. } | Self::Replay(_) => Ok(OnTarget::NotKept),
        }
    }

    /// Its primary alone, which is what can be written to.
    #[must_use]
    pub fn on_primary(self) -> Self {
        match self {
            Self::Split { primary, request, .. } => Self::Live { environment: primary, request },
            other => other,
        }
    }

    /// Whether most-common values and histogram bounds are read: they are users' data.
    pub const fn include_values(&mut self, values: bool) {
        if let Self::Live { request, .. } | Self::Split { request, .. } = self {
            request.values = values;
        }
    }

    /// Reads the content of these tables as well, rows hashed under that secret. A manifest has what it has.
    pub fn read_reference(&mut self, wanted: Vec<Pattern>, secret: Option<Secret>) {
        if let Self::Live { request, .. } | Self::Split { request, .. } = self {
            request.reference = wanted;
            request.secret = secret;
        }
    }

    /// The file, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Live { .. } | Self::Split { .. } | Self::Replay(_) => None,
            Self::File { path, .. } => Some(path),
        }
    }

    /// The dimensions a file has, by its first line; nothing of what is live, of a pipe, and of what is no manifest.
    #[must_use]
    pub fn dimensions(&self) -> Option<Vec<Dimension>> {
        if matches!(self, Self::Replay(_)) {
            return Some(vec![Dimension::Schema]);
        }
        let path = self.file().filter(|path| path.is_file())?;
        let mut first = Vec::new();
        let file = std::fs::File::open(path).ok()?.take(LARGEST);
        std::io::BufReader::new(file).read_until(b'\n', &mut first).ok()?;
        file::dimensions(&first)
    }

    /// Whether it is no file.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self, Self::Live { .. } | Self::Split { .. })
    }

    /// The script that makes a role able to capture everything.
    ///
    /// # Errors
    /// The server cannot be reached; a file has no roles.
    pub fn grants(&self, role: Option<&str>, watch: &Watch<'_>) -> Result<String, Box<Trouble>> {
        match self {
            Self::Live { environment, request } | Self::Split { primary: environment, request, .. } => {
                environment.grants(request, role, watch)
            }
            Self::Replay(Replayed { label, .. }) => {
                Err(Box::new(Trouble::new(Class::Usage, format!("{label} is files of migrations")).expected("a live environment")))
            }
            Self::File { label, .. } => {
                Err(Box::new(Trouble::new(Class::Usage, format!("{label} is a manifest file")).expected("a live environment")))
            }
        }
    }
}

/// Captures or reads.
///
/// # Errors
/// The server cannot be reached; the file is missing or is no manifest that was written by evenkeel.
pub fn manifest(source: &Source, run: &Run<'_>) -> Result<Manifest, Box<Trouble>> {
    match source {
        Source::Live { environment, request } => told(&request.label, &run.watch, || environment.capture(request, &run.watch)),
        Source::Split { primary, replica, request } => {
            told(&request.label, &run.watch, || split(&**primary, &**replica, request, &run.watch))
        }
        Source::File { path, .. } => read(path).map(|manifest| renewed(manifest, run)),
        Source::Replay(replayed) => match &replayed.like {
            Some(like) => replay(replayed, &Target::bare((**like).clone()), run),
            None => Err(Box::new(
                Trouble::new(Class::Usage, format!("on which server {} is to run is not known", replayed.label))
                    .expected("another environment beside it, or --like ENV")
                    .found("neither")
                    .fix(
                        "name an environment whose engine and version it shall have: beside it, or with --like where a verb reads one side",
                    ),
            )),
        },
    }
}

/// Runs files of migrations on a throwaway server like the target's.
///
/// # Errors
/// The folder cannot be read, no such server can be had, or a migration does not run.
pub fn replay(replayed: &Replayed, target: &Target, run: &Run<'_>) -> Result<Manifest, Box<Trouble>> {
    let engine = run.engines.of(target.endpoint.engine);
    let read = migrations::read(&replayed.wanted, engine.grammar()?, run.watch.stop)?;
    let workshop = engine.workshop(&replayed.folders);
    let stage = Stage { engine, workshop: &*workshop, watch: run.watch, limits: replayed.limits };
    let manifest = told(&replayed.label, &run.watch, || replay::manifest(&read, replayed.upto.as_deref(), target, stage))?;
    // What the tool would not run, or not as it seems, may be of what is there.
    let gap = |(file, why): &(String, String)| Gap::dimension(Dimension::Schema, Reason::NotCaptured, format!("{file}: {why}"));
    Ok(read.folder.odd.iter().map(gap).fold(manifest, Manifest::with_gap))
}

/// What an earlier version of evenkeel wrote, with the texts of this one.
fn renewed(mut manifest: Manifest, run: &Run<'_>) -> Manifest {
    if manifest.canonical < CANONICAL {
        run.engines.of(manifest.endpoint.engine).renew(&mut manifest);
    }
    manifest
}

/// Says when reading an environment begins and ends.
fn told(label: &str, watch: &Watch<'_>, read: impl FnOnce() -> Result<Manifest, Box<Trouble>>) -> Result<Manifest, Box<Trouble>> {
    watch.see(Event::Begun { label });
    let manifest = read()?;
    watch.see(Event::Done { label, objects: manifest.objects().len() });
    Ok(manifest)
}

/// The dimensions a replica has as well as its primary.
const ON_REPLICA: [Dimension; 2] = [Dimension::Schema, Dimension::Data];

fn split(primary: &dyn Environment, replica: &dyn Environment, request: &Request, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>> {
    let (there, here): (Vec<_>, Vec<_>) = request.dimensions.iter().partition(|dimension| ON_REPLICA.contains(dimension));
    let part = |environment: &dyn Environment, dimensions: Vec<Dimension>| match dimensions.is_empty() {
        true => Ok(None),
        false => environment.capture(&Request { dimensions, ..request.clone() }, watch).map(Some),
    };
    let (there, here) = (part(replica, there)?, part(primary, here)?);
    match (there, here) {
        (Some(there), Some(here)) => {
            one_cluster(&request.label, &there, &here)?;
            Ok(merged(there, &here))
        }
        (Some(one), None) | (None, Some(one)) => Ok(one),
        (None, None) => Err(Box::new(Trouble::new(Class::Internal, format!("nothing to read of {}", request.label)))),
    }
}

/// A replica that is none of this primary would bring another environment's schema under this one's name.
fn one_cluster(label: &str, there: &Manifest, here: &Manifest) -> Result<(), Box<Trouble>> {
    let (replica, primary) = (&there.endpoint, &here.endpoint);
    let alike = replica.engine == primary.engine && replica.server_major == primary.server_major && replica.database == primary.database;
    // Two clusters may have all of that in common; what a server says of its own is not enough to tell it.
    let apart = replica.cluster().zip(primary.cluster()).is_some_and(|(one, other)| one != other);
    if alike && !apart && replica.node_role == NodeRole::Standby {
        return Ok(());
    }
    let words = |endpoint: &Endpoint| {
        let role = if endpoint.node_role == NodeRole::Standby { "a standby" } else { "no standby" };
        format!("{} {}, database {}, {role} ({})", endpoint.engine.name(), endpoint.server_version, endpoint.database, endpoint.node)
    };
    Err(Box::new(
        Trouble::new(Class::Configuration, format!("the replica of {label} is not one of its primary"))
            .expected(format!("a standby of {} {}, database {}", primary.engine.name(), primary.server_version, primary.database))
            .found(words(replica))
            .fix("correct `replicas` in evenkeel.toml"),
    ))
}

/// Both parts as one; where it was read names both nodes.
fn merged(there: Manifest, here: &Manifest) -> Manifest {
    let mut endpoint = here.endpoint.clone();
    endpoint.node = format!("{} (settings), {} (schema)", here.endpoint.node, there.endpoint.node);
    let dimensions = there.dimensions.iter().chain(&here.dimensions).copied().collect();
    let objects = [&there, here].into_iter().flat_map(|one| one.objects().iter().chain(one.apart())).cloned().collect();
    let gaps = there.gaps.iter().chain(&here.gaps).cloned().collect();
    Manifest::new(endpoint, dimensions, objects, gaps)
}

/// Reads a manifest and, where there is one, the measured part beside it.
///
/// # Errors
/// The file is missing or is no manifest that was written by evenkeel.
pub fn read(path: &Path) -> Result<Manifest, Box<Trouble>> {
    let stable = bytes(path).map_err(|error| unreadable(path, &error))?;
    let beside = measured_path(path);
    let measured = match bytes(&beside) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(unreadable(&beside, &error)),
    };
    file::read(&stable, measured.as_deref()).map_err(|fault| {
        let trouble = fault.trouble();
        Box::new(Trouble { what: format!("{} {}", trouble.what, path.display()), ..trouble })
    })
}

/// The measured part's name: `production.jsonl` has `production.measured.jsonl` beside it.
#[must_use]
pub fn measured_path(path: &Path) -> PathBuf {
    path.with_extension(
        path.extension().map_or_else(|| "measured".to_owned(), |extension| format!("measured.{}", extension.to_string_lossy())),
    )
}

/// The largest file that is read, in bytes. A manifest of 10,000 tables has about 30 million.
const LARGEST: u64 = 1 << 30;

/// All of a file, or of a pipe, up to a bound.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(std::io::Error::new(ErrorKind::FileTooLarge, format!("more than {LARGEST} bytes, which no manifest has")));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Configuration, format!("cannot read the manifest {}", path.display()))
        .expected("a file written by: evenkeel capture ENV --out FILE")
        .found(error.to_string());
    Box::new(if error.kind() == ErrorKind::NotFound {
        trouble.fix(format!("write it with: evenkeel capture ENV --out {}", path.display()))
    } else {
        trouble
    })
}
