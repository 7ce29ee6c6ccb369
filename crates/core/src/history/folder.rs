//! A folder of migrations as a tool reads it: which files are one migration, in which order they run, with what around them.
//!
//! Lives here: the nouns, and how the tool is told. What a tool's files are called, how they are ordered and summed up stands in the
//! tool's file. Does not live here: reading the disk (`pipeline/files`), cutting texts into statements (`grammar` of each engine).

use std::cmp::Reverse;

/// A file of the folder; its path is relative to it, with `/` between the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub bytes: Vec<u8>,
}

impl File {
    /// Its name without the folders.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The folder it is in; empty for the folder that was named.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// As text, without a byte order mark.
    ///
    /// # Errors
    /// The first byte that is no UTF-8, in words.
    pub fn text(&self) -> Result<&str, String> {
        let text = std::str::from_utf8(&self.bytes).map_err(|error| format!("byte {} is no UTF-8", error.valid_up_to() + 1))?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }
}

/// Everything in a folder, sorted by path, and what the repository around it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    pub files: Vec<File>,
    /// What could not be read, with the reason: a FIFO, a loop of links, a file that is too large.
    pub unread: Vec<(String, String)>,
    /// Files of the folders above that tell which tool is used, by their path from the outermost: `Cargo.toml`, `flyway.conf`.
    pub around: Vec<File>,
    /// The folder as the user calls it.
    pub shown: String,
    /// The same as the system calls it, with everything before it.
    pub real: String,
}

impl Tree {
    /// Files whose name ends so, in small letters or not.
    pub fn ending<'t>(&'t self, end: &'t str) -> impl Iterator<Item = &'t File> + 't {
        self.files.iter().filter(move |file| file.path.to_ascii_lowercase().ends_with(end))
    }

    #[must_use]
    pub fn find(&self, path: &str) -> Option<&File> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }

    /// Whether a file around it holds a word.
    #[must_use]
    pub fn tells(&self, name: &str, word: &str) -> Option<String> {
        let file = self.around.iter().find(|file| file.name() == name && file.text().is_ok_and(|text| text.contains(word)))?;
        Some(file.path.clone())
    }
}

/// A text of a migration and where it begins in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub file: String,
    pub text: String,
    /// Line and column of its first character.
    pub begins: (u32, u32),
}

impl Part {
    /// All of a file.
    #[must_use]
    pub fn whole(file: &str, text: &str) -> Self {
        Self { file: file.to_owned(), text: text.to_owned(), begins: (1, 1) }
    }

    /// Lines of a file, from the one with that number on (counted from 0).
    #[must_use]
    pub fn lines(file: &str, text: String, from: usize) -> Self {
        Self { file: file.to_owned(), text, begins: (u32::try_from(from + 1).unwrap_or(u32::MAX), 1) }
    }
}

/// What a migration runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transaction {
    /// One of its own.
    Own,
    /// One of its own, unless a statement of it refuses one: then none.
    Fitting,
    /// None: each statement by itself, sent apart.
    None,
    /// None, and the file is sent whole: the server makes what it can one.
    Whole,
    /// None, and the words of the file itself decide, as with psql.
    PerStatement,
}

impl Transaction {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own | Self::Fitting => "own",
            Self::None | Self::Whole => "none",
            Self::PerStatement => "per-statement",
        }
    }
}

/// How the runner puts migrations together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    PerFile,
    /// All that is pending in one transaction.
    Batch,
    None,
    /// One simple query holds the whole file.
    ImplicitBlock,
}

impl Grouping {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PerFile => "per-file",
            Self::Batch => "batch",
            Self::None => "none",
            Self::ImplicitBlock => "implicit-block",
        }
    }
}

/// What a tool records as one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// As the tool records it.
    pub key: String,
    pub name: String,
    pub files: Vec<String>,
    pub up: Vec<Part>,
    /// The way back; there may be one without a statement.
    pub down: Option<Vec<Part>>,
    pub transaction: Transaction,
    /// It runs again whenever its text changes.
    pub repeatable: bool,
    /// It stands for those before it.
    pub baseline: bool,
    pub squashed: bool,
    /// As the tool would record it; nothing where it records none.
    pub checksum: Option<String>,
    /// The same as other versions of the tool record it.
    pub other_sums: Vec<String>,
    /// Sums that are accepted whatever the text is, by the word of the file itself.
    pub accepted_sums: Vec<String>,
    /// Its sum is made of those before it too.
    pub chained: bool,
    /// Keys of those that have to be applied before it, where its file names them.
    pub after: Vec<String>,
    /// Its place comes from those it comes after, not from its name.
    pub by_graph: bool,
    /// The name that is recorded beside the key: another one there is another migration.
    pub title: Option<String>,
    /// Why its tool may leave it out: a context, a condition that only the database tells.
    pub condition: Option<String>,
    /// What the tool would record as its description, where it records one that can be told from the file.
    pub description: Option<String>,
    /// The file that makes what it and others make together, where that is all that is known of it.
    pub together: Option<String>,
    /// Its statements are those that ran, and its file says others now.
    pub as_it_ran: bool,
    /// What of it is not known beside its statements: a part in a programming language.
    pub partly: Option<String>,
    /// Why its statements are not known: it is written in a programming language, its text is no UTF-8.
    pub unreadable: Option<String>,
}

impl Migration {
    /// A plain one: one text that runs in a transaction of its own.
    #[must_use]
    pub fn new(key: impl Into<String>, name: impl Into<String>, file: &File) -> Self {
        let mut migration = Self {
            key: key.into(),
            name: name.into(),
            files: vec![file.path.clone()],
            up: Vec::new(),
            down: None,
            transaction: Transaction::Own,
            repeatable: false,
            baseline: false,
            squashed: false,
            checksum: None,
            other_sums: Vec::new(),
            accepted_sums: Vec::new(),
            chained: false,
            after: Vec::new(),
            by_graph: false,
            title: None,
            condition: None,
            description: None,
            together: None,
            as_it_ran: false,
            partly: None,
            unreadable: None,
        };
        match file.text() {
            Ok(text) => migration.up.push(Part::whole(&file.path, text)),
            Err(why) => migration.unreadable = Some(format!("{}: {why}", file.path)),
        }
        migration
    }

    /// With all of another file as the way back.
    #[must_use]
    pub fn with_down(mut self, file: &File) -> Self {
        self.files.push(file.path.clone());
        match file.text() {
            Ok(text) => self.down = Some(vec![Part::whole(&file.path, text)]),
            Err(why) => self.unreadable = Some(format!("{}: {why}", file.path)),
        }
        self
    }

    /// Whether its text is the one that was recorded with a sum; nothing where that sum is of a kind that was not worked out.
    #[must_use]
    pub fn is_summed(&self, recorded: &str) -> Option<bool> {
        let is_accepted = |sum: &String| sum == recorded || sum.eq_ignore_ascii_case("any");
        if self.accepted_sums.iter().any(is_accepted) {
            return Some(true);
        }
        // Versions of a sum stand before a colon.
        let kind = |sum: &str| sum.split_once(':').map(|(kind, _)| kind.to_owned());
        let mut own = self.checksum.iter().chain(&self.other_sums).filter(|own| kind(own) == kind(recorded));
        let first = own.next()?;
        Some(first == recorded || own.any(|own| own == recorded))
    }

    /// The text of its way there, of all its parts.
    #[must_use]
    pub fn text(&self) -> String {
        self.up.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// A folder as its tool reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The tool's name.
    pub tool: &'static str,
    /// How it was told.
    pub why: String,
    pub grouping: Grouping,
    pub newer: Newer,
    /// In the order they run.
    pub migrations: Vec<Migration>,
    /// Files that the tool would not run, or not as it seems, with the reason.
    pub odd: Vec<(String, String)>,
    /// As [`Reading::root`].
    pub root: Option<String>,
    /// As [`Reading::dumped`].
    pub dumped: Option<Dumped>,
}

/// A schema that a tool dumped after it had run migrations: what all of them make together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dumped {
    /// As it is seen from the folder.
    pub file: String,
    pub text: String,
    /// The table in which the tool records, without a schema.
    pub table: &'static str,
}

impl Dumped {
    /// The keys that one of its statements puts into that table; none of a statement about something else.
    #[must_use]
    pub fn listed(&self, statement: &str) -> Vec<String> {
        let Some((head, values)) = statement.split_once("VALUES") else { return Vec::new() };
        let mut words = head.split_whitespace();
        let is_insert = ["insert", "into"].iter().all(|word| words.next().is_some_and(|said| said.eq_ignore_ascii_case(word)));
        let table = words.next().unwrap_or_default().split('(').next().unwrap_or_default();
        let name = table.rsplit('.').next().unwrap_or_default().trim_matches(['"', '`']);
        if !is_insert || name != self.table {
            return Vec::new();
        }
        let quoted = values.split('\'').skip(1).step_by(2);
        quoted.filter(|key| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).collect()
    }
}

/// How sure it is that a folder is a tool's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// Nothing tells another.
    Otherwise,
    /// Its files could be anybody's.
    Perhaps,
    /// Names of files have the tool's form.
    Named,
    /// The files say it themselves, or the repository does.
    Marked,
}

/// Why a folder may be a tool's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    pub sure: Sure,
    pub why: String,
}

impl Fit {
    #[must_use]
    pub fn new(sure: Sure, why: impl Into<String>) -> Self {
        Self { sure, why: why.into() }
    }
}

/// What a user says of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// Values of placeholders by their name.
    pub placeholders: Vec<(String, String)>,
    /// What tools call the servers that the files are read for; none where nobody said.
    pub servers: Vec<&'static str>,
}

/// Reads the folders of one tool.
#[derive(Debug)]
pub struct Reader {
    /// The tool's name.
    pub tool: &'static str,
    /// What the tables in which it records are recognised as.
    pub records: &'static [&'static str],
    pub fits: fn(&Tree) -> Option<Fit>,
    /// What it would run, in order.
    pub read: fn(&Tree, &Wish) -> Reading,
    pub grouping: Grouping,
    pub newer: Newer,
}

/// What a tool does that is to run its files and finds a record of one that is newer than all of them, as a release finds it that is
/// started again after the next one was deployed. The tests of real tools measure it of those that are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newer {
    Refuses,
    Passes,
    /// Nobody has looked.
    Unknown,
}

impl Newer {
    /// What that means for the release that runs before this one, once it is recorded; nothing where it goes on as ever.
    #[must_use]
    pub fn before(self, tool: &str, key: &str) -> Option<String> {
        match self {
            Self::Refuses => Some(format!(
                "{tool} of the release that runs now refuses to start once {key} is recorded, of which that release has no file: \
                 until the new one is out, or this is taken back with its record, do not restart it and add no instance of it"
            )),
            Self::Unknown => Some(format!("whether {tool} of the release that runs now starts again once {key} is recorded is not known")),
            Self::Passes => None,
        }
    }
}

/// What is read of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub migrations: Vec<Migration>,
    pub odd: Vec<(String, String)>,
    /// The one file that its tool is told, which names the others, as it is told; of other tools nothing.
    pub root: Option<String>,
    /// What the tool dumped beside the folder.
    pub dumped: Option<Dumped>,
}

/// Why nobody can say how a folder is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    /// No tool of that name is known; those that are.
    NoSuchTool(Vec<&'static str>),
    /// Nothing in it is a migration of any tool.
    Nothing,
    /// Two that would read it differently, and why each may.
    Several(Vec<(&'static str, String)>),
}

impl Reader {
    fn folder(&self, tree: &Tree, wish: &Wish, why: String) -> Folder {
        let Reading { migrations, odd, root, dumped } = (self.read)(tree, wish);
        let mut odd: Vec<(String, String)> = odd.into_iter().chain(twice(&migrations)).collect();
        odd.extend(tree.unread.iter().cloned());
        let Self { tool, grouping, newer, .. } = *self;
        Folder { tool, why, grouping, newer, migrations, odd, root, dumped }
    }

    fn records_in(&self, tables: &[String]) -> bool {
        tables.iter().any(|tool| self.tool == tool || self.records.contains(&tool.as_str()))
    }
}

/// Two that would be recorded alike: the tool runs one of them, or refuses both.
fn twice(migrations: &[Migration]) -> Vec<(String, String)> {
    let mut known = std::collections::HashMap::new();
    let mut odd = Vec::new();
    for migration in migrations {
        let file = migration.files.first().cloned().unwrap_or_default();
        if let Some(other) = known.insert(&migration.key, file.clone()) {
            odd.push((file, format!("it has the number of {other}: {}", migration.key)));
        }
    }
    odd
}

/// Reads a folder: as the tool that is named, else as the one whose it surely is. `tables` are the tools that a target's tables are
/// recognised as. Of tools that read it alike the first of `readers` is taken.
///
/// # Errors
/// Nobody's, or several tools' who would run it differently.
pub fn read(readers: &[Reader], tree: &Tree, tool: Option<&str>, tables: &[String], wish: &Wish) -> Result<Folder, Unclear> {
    if let Some(named) = tool {
        let same = |reader: &&Reader| squeezed(reader.tool) == squeezed(named);
        let names = || readers.iter().map(|reader| reader.tool).collect();
        let reader = readers.iter().find(same).ok_or_else(|| Unclear::NoSuchTool(names()))?;
        return Ok(reader.folder(tree, wish, "it is named so".to_owned()));
    }
    let mut fits: Vec<(&Reader, Fit, bool)> =
        readers.iter().filter_map(|reader| Some((reader, (reader.fits)(tree)?, reader.records_in(tables)))).collect();
    fits.sort_by_key(|(_, fit, recorded)| Reverse((*recorded, fit.sure)));
    let Some((first, fit, recorded)) = fits.first() else { return Err(Unclear::Nothing) };
    let equal: Vec<&(&Reader, Fit, bool)> = fits.iter().filter(|(_, other, also)| (other.sure, also) == (fit.sure, recorded)).collect();
    let mut why = fit.why.clone();
    if *recorded {
        why = format!("{why}; the target has its table");
    }
    let folder = first.folder(tree, wish, why.clone());
    let others: Vec<&str> = equal.iter().skip(1).map(|(reader, ..)| reader.tool).collect();
    let runs = |folder: &Folder| {
        // What is fitted to its statements is so whoever runs it.
        let fitted = |transaction| if transaction == Transaction::Fitting { Transaction::Own } else { transaction };
        let one = |migration: &Migration| (migration.up.clone(), fitted(migration.transaction));
        (folder.grouping, folder.migrations.iter().map(one).collect::<Vec<_>>())
    };
    let differing = equal.iter().skip(1).any(|(reader, fit, _)| runs(&reader.folder(tree, wish, fit.why.clone())) != runs(&folder));
    if differing {
        return Err(Unclear::Several(equal.iter().map(|(reader, fit, _)| (reader.tool, fit.why.clone())).collect()));
    }
    if others.is_empty() {
        // Of one that is told by names alone: whose files may be named so too.
        let is_alike = |reader: &Reader| {
            let texts = |folder: &Folder| folder.migrations.iter().map(|one| (one.key.clone(), one.up.clone())).collect::<Vec<_>>();
            texts(&reader.folder(tree, wish, String::new())) == texts(&folder)
        };
        let is_lesser =
            |(reader, other, _): &&(&Reader, Fit, bool)| other.sure < fit.sure && !reader.records.is_empty() && is_alike(reader);
        let is_guess = fit.sure == Sure::Named && !*recorded;
        let lesser: Vec<&str> = fits.iter().filter(|_| is_guess).filter(is_lesser).map(|(reader, ..)| reader.tool).collect();
        if !lesser.is_empty() {
            let why = format!("{why}; files of {} may be named so too (--tool says it)", lesser.join(", "));
            return Ok(Folder { why, ..folder });
        }
        return Ok(folder);
    }
    Ok(Folder { why: format!("{why}; {} would read it alike", others.join(", ")), ..folder })
}

/// A tool's name however it is spelled: `golang-migrate`, `golang_migrate`.
fn squeezed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// A number at the start of a name, what stands behind it, and the digits as written.
#[must_use]
pub fn numbered(name: &str) -> Option<(&str, &str)> {
    let end = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    (end > 0).then(|| name.split_at(end))
}

/// Digits as a number that orders them, however long.
#[must_use]
pub fn rank(digits: &str) -> (usize, String) {
    let digits = digits.trim_start_matches('0');
    (digits.len(), digits.to_owned())
}
