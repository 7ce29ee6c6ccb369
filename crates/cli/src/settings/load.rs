//! Finds, reads and resolves `evenkeel.toml`. Every complaint names file, line and column.

use super::quoted::{is_table_with_schema, without_values};
use super::raw::{
    ColumnOrder, File, RawBreakers, RawEnvironment, RawHistory, RawMigrations, RawMigrationsTable, RawNotify, RawPolicy, RawReference,
    RawReferenceTable, RawWaiver, ReadFrom,
};
use super::{
    Environment, History, Migrations, Policy, Reach, Settings, backfill, breakers, deploy, drill, gates, notify, recorded, rollback,
    rollout, store,
};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::Place;
use evenkeel_core::kind::Severity;
use evenkeel_core::policy::{Draft, Waiver};
use evenkeel_core::reference::{Pattern, Secret};
use evenkeel_pipeline::render::Renderer;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// The name that is looked for.
const NAME: &str = "evenkeel.toml";

/// The configuration and where it came from.
#[derive(Debug, Default)]
pub struct Loaded {
    pub settings: Settings,
    pub path: Option<PathBuf>,
}

/// Reads the named file, or the nearest one above the working folder, or nothing.
///
/// # Errors
/// The file cannot be read, is no TOML, says something unknown, or names a variable that is not set.
pub fn load(named: Option<&Path>) -> Result<Loaded, Box<Trouble>> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => match nearest() {
            Some(path) => path,
            None => return Ok(Loaded::default()),
        },
    };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Trouble::new(Class::Configuration, format!("cannot read the configuration {}", path.display())).found(error.to_string()).origin(
            if named.is_some() { "flag --config or environment variable EVENKEEL_CONFIG" } else { "found in this folder or above it" },
        )
    })?;
    let settings = parse(&text, &path, &|name| std::env::var(name).ok())?;
    Ok(Loaded { settings, path: Some(path) })
}

/// Understands the text of a configuration file; `path` is only named in messages and makes paths absolute.
///
/// # Errors
/// The text is no TOML, says something unknown, or names a variable that `variable` does not know.
pub fn parse(text: &str, path: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Settings, Box<Trouble>> {
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    Resolver { path, text, lines, variable }.settings()
}

fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let found = here.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())?;
    // As a person in this folder writes it: what runs here is looked up here.
    Some(found.strip_prefix(&here).map(Path::to_owned).unwrap_or(found))
}

/// What is wrong with a value.
enum Flaw {
    /// The file is: nobody can use it as it is.
    Text(Box<Trouble>),
    /// Something outside of it is, such as a variable that is not set: whoever does not need the value need not mind.
    Value(Box<Trouble>),
}

struct Resolver<'a> {
    path: &'a Path,
    text: &'a str,
    /// Where each line begins: there may be many places to tell.
    lines: Vec<usize>,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Resolver<'_> {
    fn settings(&self) -> Result<Settings, Box<Trouble>> {
        let file: File = toml::from_str(self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let place = self.place(span.clone());
            let found = if self.may_hold_a_secret(&span) { without_values(error.message()) } else { error.message().to_owned() };
            Trouble::new(Class::Configuration, format!("cannot understand {place}"))
                .expected("what docs/reference/configuration.md describes")
                .found(found)
                .origin(place)
                .fix("correct that line")
        })?;
        let reference = self.reference(&file.project.reference)?;
        let secret = match file.project.secret.as_ref().map(|secret| self.filled("secret", secret)).transpose() {
            Ok(secret) => Ok(secret.map(|text| Secret::new(&text))),
            Err(Flaw::Text(trouble)) => return Err(trouble),
            Err(Flaw::Value(trouble)) => Err(trouble),
        };
        let environments = file
            .environments
            .into_iter()
            .map(|(name, raw)| self.environment(&name, raw).map(|environment| (name, environment)))
            .collect::<Result<_, Box<Trouble>>>()?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let scratch: Result<_, Box<Trouble>> =
            file.scratch.folders.iter().map(|path| Ok(folder.join(self.file("folders", path)?))).collect();
        let keep = store::keep(file.store.keep.as_ref(), |span| self.place(span))?;
        let store = match file.store.url.as_ref().map(|url| Ok((self.filled("url", url)?, self.place(url.span())))).transpose() {
            Ok(url) => Ok(url.map(|(url, origin)| store::place(&url, origin)).transpose()?),
            Err(Flaw::Text(trouble)) => return Err(trouble),
            Err(Flaw::Value(trouble)) => Err(trouble),
        };
        let keys: Result<_, Box<Trouble>> = file.gates.keys.iter().map(|path| Ok(folder.join(self.file("keys", path)?))).collect();
        let (unsigned, notes) = (file.gates.unsigned, gates::notes(&file.gates, self.path));
        let gates = gates::limits(file.gates, |span| self.place(span))?;
        let shared = [file.project.tool, file.project.render, file.project.status].map(|one| one.map(Spanned::into_inner));
        let migrations = self.migrations(file.project.migrations, &shared, &environments)?;
        let policy = self.policy(file.policy)?;
        Ok(Settings {
            environments,
            policy,
            notes,
            reference,
            secret,
            scratch: scratch?,
            store,
            migrations,
            gates,
            keys: keys?,
            unsigned,
            keep,
            drill: drill::schedule(file.drill, self.path, |span| self.place(span))?,
            deploy: deploy::demands(&file.deploy, |span| self.place(span))?,
            verify: deploy::queries(file.verify, |span| self.place(span)),
            notify: file.notify.into_iter().map(|raw| self.notified(raw)).collect::<Result<_, _>>()?,
            windows: deploy::windows(&file.lock, |span| self.place(span))?,
            breakers: self.breakers(file.breakers)?,
            backfill: backfill::demands(file.backfill, &|span| self.place(span))?,
            dual: backfill::duals(file.dual, &|span| self.place(span))?,
            rollback: rollback::demands(file.rollback, self.path, self.variable, &|span| self.place(span))?,
            rollout: file.rollout.map(|raw| rollout::demands(raw, self.path, self.variable, &|span| self.place(span))).transpose()?,
        })
    }

    fn notified(&self, raw: Spanned<RawNotify>) -> Result<notify::Hook, Box<Trouble>> {
        let filled = |text: &Spanned<String>| self.filled("url", text).map_err(|(Flaw::Text(trouble) | Flaw::Value(trouble))| trouble);
        notify::hook(raw, filled, self.variable, |span| self.place(span))
    }

    fn breakers(&self, raw: RawBreakers) -> Result<breakers::Breakers, Box<Trouble>> {
        let filled =
            |text: &Spanned<String>| self.filled("prometheus", text).map_err(|(Flaw::Text(trouble) | Flaw::Value(trouble))| trouble);
        breakers::demands(raw, filled, self.variable, &|span| self.place(span))
    }

    /// Folders of migrations.
    fn migrations(
        &self,
        raw: Option<Spanned<RawMigrations>>,
        [tool, render, status]: &[Option<String>; 3],
        environments: &BTreeMap<String, Environment>,
    ) -> Result<Vec<Migrations>, Box<Trouble>> {
        let Some(raw) = raw else { return Ok(Vec::new()) };
        let span = raw.span();
        let several = match raw.into_inner() {
            RawMigrations::One(folder) => vec![RawMigrationsTable { folder, ..RawMigrationsTable::default() }],
            RawMigrations::Several(several) => several,
        };
        let base = self.path.parent().unwrap_or(Path::new("."));
        let there = |command| Renderer { command, folder: base.to_owned() };
        let one = |raw: RawMigrationsTable| {
            if let Some(unknown) = raw.environments.iter().find(|name| !environments.contains_key(*name)) {
                let trouble = Trouble::new(Class::Configuration, "migrations are for an environment that is not configured");
                let trouble = trouble.expected("names of [environments.NAME]").found(format!("{unknown:?}"));
                return Err(Box::new(trouble.origin(self.place(span.clone())).fix("correct the name, or configure the environment")));
            }
            Ok(Migrations {
                folder: base.join(self.file("folder", &Spanned::new(span.clone(), raw.folder))?),
                tool: raw.tool.or_else(|| tool.clone()),
                environments: raw.environments,
                placeholders: raw.placeholders.into_iter().collect(),
                render: raw.render.or_else(|| render.clone()).map(there),
                status: raw.status.or_else(|| status.clone()).map(there),
            })
        };
        several.into_iter().map(one).collect()
    }

    /// Lookup tables whose content is compared.
    fn reference(&self, raw: &[Spanned<RawReference>]) -> Result<Vec<Pattern>, Box<Trouble>> {
        let wanted = |raw: &Spanned<RawReference>| {
            let wanted = match raw.get_ref().clone() {
                RawReference::Name(table) => Pattern { table, columns: Vec::new(), key: Vec::new() },
                RawReference::Table(RawReferenceTable { table, columns, key }) => Pattern { table, columns, key },
            };
            let flaw = if wanted.table.trim().is_empty() { Err("it is empty".to_owned()) } else { wanted.check() };
            match flaw {
                Ok(()) => Ok(wanted),
                Err(why) => Err(Box::new(
                    Trouble::new(Class::Configuration, "the name of a reference table cannot be read")
                        .expected("a table with its schema; * matches anything")
                        .found(why)
                        .origin(self.place(raw.span()))
                        .fix("write it as reports show it: reference = [\"app.countries\"]"),
                )),
            }
        };
        raw.iter().map(wanted).collect()
    }

    fn environment(&self, name: &str, raw: Spanned<RawEnvironment>) -> Result<Environment, Box<Trouble>> {
        let place = self.located(raw.span());
        let origin = place.to_string();
        let raw = raw.into_inner();
        let folder = self.path.parent().unwrap_or(Path::new("."));
        if let Some(url) = raw.url.as_ref().filter(|_| raw.parts().iter().any(|(_, part)| part.is_some()) || raw.port.is_some()) {
            return Err(Box::new(
                Trouble::new(Class::Configuration, format!("environment {name} is named twice"))
                    .expected("either url, or host, port, dbname, …")
                    .found("both")
                    .origin(self.place(url.span()))
                    .fix("remove one of them"),
            ));
        }
        if raw.read_from == Some(ReadFrom::Replica) && raw.replicas.is_empty() {
            return Err(Box::new(
                Trouble::new(Class::Configuration, format!("environment {name} shall be read from a replica"))
                    .expected("at least one URL in `replicas`")
                    .found("none")
                    .origin(origin)
                    .fix(format!("add replicas = [\"…\"] to [environments.{name}], or remove read_from")),
            ));
        }
        let reach = match self.reach(name, &raw, &origin) {
            Err(Flaw::Text(trouble)) => return Err(trouble),
            Err(Flaw::Value(trouble)) => Err(trouble),
            Ok(reach) => Ok(reach),
        };
        let application_role = raw.application_role.as_ref().map(|role| self.filled("application_role", role)).transpose();
        let application_role = application_role.map_err(|(Flaw::Text(trouble) | Flaw::Value(trouble))| trouble)?;
        let history = self.history(raw.history.as_ref())?;
        let reference = self.reference(&raw.reference)?;
        Ok(Environment {
            recorded: raw.recorded.as_ref().map(|text| recorded::must(text.get_ref(), || self.place(text.span()))).transpose()?,
            place,
            reference,
            reach,
            tier: raw.tier,
            manifest: raw.manifest.map(|path| self.file("manifest", &path).map(|path| folder.join(path))).transpose()?,
            roles: self.roles(raw.roles)?,
            history,
            application_role,
            origin,
        })
    }

    /// Where migrations are recorded.
    fn history(&self, raw: Option<&Spanned<RawHistory>>) -> Result<History, Box<Trouble>> {
        let Some(raw) = raw else { return Ok(History::default()) };
        match raw.get_ref() {
            RawHistory::Any(false) => Ok(History::Nowhere),
            RawHistory::Table(name) if is_table_with_schema(name) => Ok(History::In(name.clone())),
            RawHistory::Any(true) | RawHistory::Table(_) => Err(Box::new(
                Trouble::new(Class::Configuration, "cannot read where migrations are recorded")
                    .expected("a table with its schema (its database, on MySQL and MariaDB), or false where nothing records them")
                    .found(match raw.get_ref() {
                        RawHistory::Any(is) => is.to_string(),
                        RawHistory::Table(name) => format!("{name:?}"),
                    })
                    .origin(self.place(raw.span()))
                    .fix("write history = \"schema.table\", history = false, or remove the line: known tools are recognised by themselves"),
            )),
        }
    }

    /// Where an environment is. Nothing given, or a variable that is empty, is never taken for the client's own defaults: what is
    /// read must be what was meant.
    fn reach(&self, name: &str, raw: &RawEnvironment, origin: &str) -> Result<Reach, Flaw> {
        let connection = match &raw.url {
            Some(url) => self.filled("url", url)?,
            None => self.keywords(name, raw, origin)?,
        };
        Ok(Reach {
            connection: SecretString::from(connection),
            replicas: raw.replicas.iter().map(|url| Ok(SecretString::from(self.filled("replicas", url)?))).collect::<Result<_, Flaw>>()?,
            read_from_replica: raw.read_from == Some(ReadFrom::Replica),
            migration_role: raw.migration_role.as_ref().map(|role| self.filled("migration_role", role)).transpose()?,
            heartbeat: raw.heartbeat.as_ref().map(|table| self.heartbeat(table)).transpose()?,
        })
    }

    /// libpq's keywords as its connection string.
    fn keywords(&self, name: &str, raw: &RawEnvironment, origin: &str) -> Result<String, Flaw> {
        let mut text = String::new();
        for (keyword, value) in raw.parts() {
            if let Some(value) = value {
                let value = self.filled(keyword, value)?.replace('\\', "\\\\").replace('\'', "\\'");
                text.push_str(&format!("{keyword}='{value}' "));
            }
        }
        if let Some(port) = &raw.port {
            text.push_str(&format!("port='{}'", port.get_ref()));
        }
        if text.is_empty() {
            return Err(Flaw::Value(Box::new(
                Trouble::new(Class::Configuration, format!("environment {name} does not say where it is"))
                    .expected("a url, or host, port, dbname, user, service")
                    .found("none of them")
                    .origin(origin.to_owned())
                    .fix(format!("add url = \"postgres://USER@HOST/DATABASE\" to [environments.{name}]")),
            )));
        }
        Ok(text)
    }

    /// Shared names of roles, and what they are called here.
    fn roles(&self, raw: BTreeMap<String, Spanned<String>>) -> Result<BTreeMap<String, String>, Box<Trouble>> {
        let named = |(shared, here): (String, Spanned<String>)| {
            if shared.trim().is_empty() || here.get_ref().trim().is_empty() {
                return Err(self.empty("a name in roles", here.span()));
            }
            Ok((shared, here.into_inner()))
        };
        raw.into_iter().map(named).collect()
    }

    /// A path; an empty one would be the configuration's own folder.
    fn file<'p>(&self, key: &str, path: &'p Spanned<PathBuf>) -> Result<&'p Path, Box<Trouble>> {
        let is_empty = path.get_ref().to_string_lossy().trim().is_empty();
        if is_empty { Err(self.empty(key, path.span())) } else { Ok(path.get_ref()) }
    }

    fn empty(&self, key: &str, span: Range<usize>) -> Box<Trouble> {
        Box::new(
            Trouble::new(Class::Configuration, format!("{key} is empty"))
                .expected("a value")
                .found("an empty text")
                .origin(self.place(span))
                .fix(format!("give {key} a value, or remove the line")),
        )
    }

    /// A value of that key with its variables replaced. Empty is nothing, and nothing is a fault.
    fn filled(&self, key: &str, text: &Spanned<String>) -> Result<String, Flaw> {
        let resolved = self.resolved(text)?;
        if resolved.trim().is_empty() {
            return Err(Flaw::Text(self.empty(key, text.span())));
        }
        Ok(resolved)
    }

    /// A table with its database: which one a connection is in does not matter to it.
    fn heartbeat(&self, table: &Spanned<String>) -> Result<String, Flaw> {
        let resolved = self.resolved(table)?;
        match resolved.split_once('.') {
            Some((database, name)) if !database.is_empty() && !name.is_empty() => Ok(resolved),
            _ => Err(Flaw::Text(Box::new(
                Trouble::new(Class::Configuration, "cannot read the name of the heartbeat table")
                    .expected("database.table")
                    .found(format!("{resolved:?}"))
                    .origin(self.place(table.span()))
                    .fix("write it with its database: heartbeat = \"percona.heartbeat\""),
            ))),
        }
    }

    fn policy(&self, raw: RawPolicy) -> Result<Policy, Box<Trouble>> {
        let column_order = match raw.column_order {
            None | Some(ColumnOrder::Ignore) => None,
            Some(ColumnOrder::Warn) => Some(Severity::Warn),
            Some(ColumnOrder::Block) => Some(Severity::Block),
        };
        let ignore = raw.ignore.into_iter().map(|waiver| self.waiver(waiver)).collect::<Result<_, _>>()?;
        Ok(Policy { ignore, accept: raw.accept, fail_on: raw.fail_on, column_order, shared_faults: raw.shared_faults })
    }

    fn waiver(&self, raw: Spanned<RawWaiver>) -> Result<Waiver, Box<Trouble>> {
        let place = self.located(raw.span());
        let raw = raw.into_inner();
        let wrong = |what: &str, span: Range<usize>, found: String, fix: &str| {
            Box::new(
                Trouble::new(Class::Configuration, format!("an exception in the policy cannot be used: {what}"))
                    .expected("every exception with object or schema, reason, owner and until")
                    .found(found)
                    .origin(self.place(span))
                    .fix(fix),
            )
        };
        for (what, text) in [("reason", &raw.reason), ("owner", &raw.owner)] {
            if text.get_ref().trim().is_empty() {
                return Err(wrong(
                    &format!("its `{what}` is empty"),
                    text.span(),
                    "an empty text".to_owned(),
                    "say who agreed to it and why",
                ));
            }
        }
        let shown = match raw.until.get_ref() {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let until = shown.parse().map_err(|_| {
            wrong("its `until` is not a date", raw.until.span(), shown.clone(), "write a day, such as until = \"2027-01-31\"")
        })?;
        if let Some(attribute) = raw.attribute.as_ref().filter(|attribute| attribute.get_ref().trim().is_empty()) {
            return Err(wrong(
                "its `attribute` is empty",
                attribute.span(),
                "an empty text".to_owned(),
                "name the property, or remove the line",
            ));
        }
        for (what, text) in [("object", &raw.object), ("schema", &raw.schema)] {
            if let Some(text) = text.as_ref().filter(|text| text.get_ref().trim().is_empty()) {
                return Err(wrong(&format!("its `{what}` is empty"), text.span(), "an empty text".to_owned(), "say what it is about"));
            }
        }
        let named = raw.object.as_ref().or(raw.schema.as_ref());
        let Some(span) = named.map(Spanned::span) else {
            return Err(wrong("it names neither `object` nor `schema`", raw.reason.span(), "neither".to_owned(), "say what it is about"));
        };
        let draft = Draft {
            object: raw.object.map_or_else(|| "*".to_owned(), Spanned::into_inner),
            schema: raw.schema.map(Spanned::into_inner),
            dimension: raw.dimension,
            attribute: raw.attribute.map(Spanned::into_inner),
            reason: raw.reason.into_inner(),
            owner: raw.owner.into_inner(),
            until,
            place,
        };
        Waiver::new(draft).map_err(|reason| {
            wrong("its `object` is no pattern", span, reason, "write kind:pattern, dimension:pattern or pattern, such as table:app.tmp_*")
        })
    }

    /// `${NAME}` replaced by the environment variable; `$$` is a dollar sign.
    fn resolved(&self, text: &Spanned<String>) -> Result<String, Flaw> {
        let mut resolved = String::new();
        let mut rest = text.get_ref().as_str();
        while let Some(at) = rest.find("${") {
            resolved.push_str(rest.get(..at).unwrap_or_default());
            let tail = rest.get(at + 2..).unwrap_or_default();
            let Some(end) = tail.find('}') else {
                return Err(Flaw::Text(Box::new(
                    Trouble::new(Class::Configuration, "a variable is not closed")
                        .expected("${NAME}")
                        .found("${ without }")
                        .origin(self.place(text.span()))
                        .fix("add the closing brace"),
                )));
            };
            let name = tail.get(..end).unwrap_or_default();
            let value = (self.variable)(name);
            // A secret that was not handed out is set, and empty.
            let value = value.filter(|value| !value.trim().is_empty()).ok_or_else(|| {
                let state = if (self.variable)(name).is_some() { "is set, but empty" } else { "is not set" };
                let trouble = Trouble::new(Class::Configuration, format!("the environment variable {name} {state}"))
                    .expected(format!("a value for ${{{name}}}"))
                    .found("nothing")
                    .origin(self.place(text.span()))
                    .fix(format!("export {name}=…"));
                Flaw::Value(Box::new(trouble))
            })?;
            resolved.push_str(&value);
            rest = tail.get(end + 1..).unwrap_or_default();
        }
        resolved.push_str(rest);
        Ok(resolved)
    }

    /// Whether the line is about a connection: what the parser quotes from it may be a password.
    fn may_hold_a_secret(&self, span: &Range<usize>) -> bool {
        let start = self.text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let end = self.text.get(span.end..).and_then(|after| after.find('\n')).map_or(self.text.len(), |at| span.end + at);
        let lines = self.text.get(start..end).unwrap_or(self.text).to_ascii_lowercase();
        ["passw", "url", "://", "@", "replicas"].iter().any(|sign| lines.contains(sign))
    }

    /// `evenkeel.toml:12:5`.
    fn place(&self, span: Range<usize>) -> String {
        self.located(span).to_string()
    }

    fn located(&self, span: Range<usize>) -> Place {
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        let line = self.lines.partition_point(|begins| *begins <= span.start).saturating_sub(1);
        let begins = self.lines.get(line).copied().unwrap_or_default();
        let column = self.text.get(begins..span.start).unwrap_or_default().chars().count();
        Place { file: self.path.display().to_string(), line: number(line), column: Some(number(column)) }
    }
}
