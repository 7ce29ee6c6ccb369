//! What Flyway's own configuration says of a folder: which locations are read, the values of placeholders, and what is set otherwise than
//! it is read here. Neighbour: the tool's own file.
//!
//! <https://documentation.red-gate.com/fd/flyway-configuration-277578971.html>

use crate::history::folder::{File, Tree};

/// What counts of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Conf {
    pub placeholders: Vec<(String, String)>,
    /// Placeholders stand as they are.
    pub is_raw: Option<bool>,
    locations: Vec<(String, String)>,
    /// What it says that is not read here, by the file that says it.
    pub odd: Vec<(String, String)>,
}

/// Settings that say which files are migrations, and how they are called where nobody sets them.
const NAMES: &[(&str, &str)] = &[
    ("sqlMigrationPrefix", "V"),
    ("baselineMigrationPrefix", "B"),
    ("undoSqlMigrationPrefix", "U"),
    ("repeatableSqlMigrationPrefix", "R"),
    ("sqlMigrationSeparator", "__"),
    ("sqlMigrationSuffixes", ".sql"),
    ("placeholderPrefix", "${"),
    ("placeholderSuffix", "}"),
    ("encoding", "UTF-8"),
];

/// Settings of which more or less runs than the files say.
const RUNS: &[(&str, &[&str])] = &[("initSql", &[""]), ("target", &["", "latest"]), ("cherryPick", &[""])];

/// Which files of a folder are in its locations.
#[derive(Debug)]
pub(super) enum Within {
    All,
    /// Below these, relative to the folder, with `/` at the end.
    Folders(Vec<String>),
}

impl Within {
    pub fn has(&self, file: &File) -> bool {
        match self {
            Self::All => true,
            Self::Folders(folders) => folders.iter().any(|folder| file.path.starts_with(folder.as_str())),
        }
    }
}

impl Conf {
    /// What the files around a folder say, the nearest first.
    pub fn of(tree: &Tree) -> Self {
        let mut conf = Self::default();
        let named = |name| tree.around.iter().any(|file: &File| file.name() == name);
        if let (true, Some(file)) = (named("flyway.conf"), tree.around.iter().find(|file| file.name() == "flyway.toml")) {
            conf.odd.push((file.path.clone(), "flyway.conf is there too: which of them Flyway takes its version decides".to_owned()));
        }
        for file in &tree.around {
            let said = match file.name() {
                "flyway.conf" => lines(file),
                "flyway.toml" => tables(file),
                _ => continue,
            };
            match said {
                Ok(said) => conf.add(file, said),
                Err(why) => conf.odd.push((file.path.clone(), why)),
            }
        }
        conf
    }

    fn add(&mut self, file: &File, said: Vec<(String, Vec<String>)>) {
        let has_locations = !self.locations.is_empty();
        for (name, values) in said {
            let value = values.join(",");
            if let Some(name) = name.strip_prefix("placeholders.") {
                if !self.placeholders.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                    self.placeholders.push((name.to_owned(), value));
                }
            } else if name == "placeholderReplacement" {
                self.is_raw.get_or_insert(value.eq_ignore_ascii_case("false"));
            } else if name == "locations" && !has_locations {
                // The last that a file says counts.
                self.locations.clear();
                let each = values.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|location| !location.is_empty());
                self.locations.extend(each.map(|location| (file.path.clone(), location.to_owned())));
            } else if let Some((_, usual)) = NAMES.iter().find(|(known, _)| *known == name)
                && !value.eq_ignore_ascii_case(usual)
            {
                self.odd.push((file.path.clone(), format!("it sets {name} to {value:?}, and files are read here as with {usual:?}")));
            } else if RUNS.iter().any(|(known, usual)| *known == name && !usual.contains(&value.as_str())) {
                self.odd.push((file.path.clone(), format!("it sets {name}: files are read here as if it did not")));
            }
        }
    }

    /// Which files of the folder Flyway reads; what of its locations lies elsewhere, with the file that names them.
    pub fn within(&self, tree: &Tree) -> (Within, Vec<(String, String)>) {
        let (mut folders, mut odd, mut is_all) = (Vec::new(), Vec::new(), self.locations.is_empty());
        for (file, location) in &self.locations {
            match place(tree, file, location) {
                Place::All => is_all = true,
                Place::Within(within) => folders.extend(within),
                Place::Elsewhere(why) => odd.push((file.clone(), why)),
            }
        }
        if folders.is_empty() && !is_all {
            // Whoever names the folder means it; that nothing says Flyway reads it is told with the locations that it has.
            is_all = true;
        }
        (if is_all { Within::All } else { Within::Folders(folders) }, odd)
    }
}

enum Place {
    All,
    Within(Vec<String>),
    Elsewhere(String),
}

/// Where a location lies, seen from the folder.
fn place(tree: &Tree, file: &str, location: &str) -> Place {
    let (kind, path) = location.split_once(':').unwrap_or(("classpath", location));
    let path = path.trim().trim_end_matches('/');
    if !matches!(kind, "filesystem" | "classpath") {
        return Place::Elsewhere(format!("the location {location} is none of this machine's: what lies there was not read"));
    }
    if path.contains(['*', '?']) || path.contains("${") {
        return Place::Elsewhere(format!("the location {location} is a pattern, which is not read here: name the folders"));
    }
    let elsewhere = || {
        let why = format!("Flyway reads the location {location} too, which is not in {:?}: ", tree.shown);
        Place::Elsewhere(why + "name a folder that holds all of them")
    };
    if kind == "classpath" {
        let path = path.trim_start_matches('/');
        let ends = |folder: &str| folder == path || folder.strip_suffix(path).is_some_and(|before| before.ends_with('/'));
        if ends(&tree.real) {
            return Place::All;
        }
        let mut folders: Vec<String> = tree.files.iter().flat_map(|file| above(file.folder())).filter(|folder| ends(folder)).collect();
        folders.sort();
        folders.dedup();
        return if folders.is_empty() { elsewhere() } else { Place::Within(folders.into_iter().map(|folder| folder + "/").collect()) };
    }
    let base = file.rsplit_once('/').map_or("", |(base, _)| base);
    let whole = if path.starts_with('/') { plain(path) } else { plain(&format!("{base}/{path}")) };
    if whole == tree.real {
        return Place::All;
    }
    if let Some(within) = whole.strip_prefix(&format!("{}/", tree.real)) {
        return Place::Within(vec![format!("{within}/")]);
    }
    if tree.real.starts_with(&format!("{whole}/")) {
        return Place::Elsewhere(format!("Flyway reads all of {location}, of which {:?} is a part: name that folder", tree.shown));
    }
    elsewhere()
}

/// A folder and those it is in.
fn above(folder: &str) -> Vec<String> {
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    ends.filter_map(|end| folder.get(..end)).filter(|folder| !folder.is_empty()).map(str::to_owned).collect()
}

/// A path without `.` and `..`.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.iter().map(|part| format!("/{part}")).collect()
}

/// `flyway.NAME=VALUE`, a line each.
fn lines(file: &File) -> Result<Vec<(String, Vec<String>)>, String> {
    let lines = file.text()?.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let settings = lines.filter_map(|line| line.strip_prefix("flyway.")?.split_once('='));
    Ok(settings.map(|(name, value)| (name.trim().to_owned(), vec![value.trim().to_owned()])).collect())
}

/// The table `flyway`, and its table `placeholders`.
fn tables(file: &File) -> Result<Vec<(String, Vec<String>)>, String> {
    let table: toml::Table = file.text()?.parse().map_err(|error: toml::de::Error| format!("it is no TOML: {}", error.message()))?;
    let others = table.get("environments").and_then(toml::Value::as_table).into_iter().flatten();
    if let Some((name, _)) = others.filter_map(|(name, value)| Some((name, value.get("flyway")?))).next() {
        return Err(format!("it sets something of Flyway for the environment {name} alone, which is not read here"));
    }
    let Some(flyway) = table.get("flyway").and_then(toml::Value::as_table) else { return Ok(Vec::new()) };
    let words = |value: &toml::Value| match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut said = Vec::new();
    for (name, value) in flyway {
        match value {
            toml::Value::Table(values) if name == "placeholders" => {
                said.extend(values.iter().map(|(name, value)| (format!("placeholders.{name}"), vec![words(value)])));
            }
            toml::Value::Array(values) => said.push((name.clone(), values.iter().map(words).collect())),
            value => said.push((name.clone(), vec![words(value)])),
        }
    }
    Ok(said)
}
