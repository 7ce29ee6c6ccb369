//! The one thing the wiring chooses: a family of servers, and what it can be asked for.

use super::{Backfiller, Console, Deployer, Environment, Filler, Keeper, Observer, Rollback, Workshop};
use crate::compare::{self, Comparison, Remedies, Scope, Side};
use crate::fault::{Class, Trouble};
use crate::kind::{self, Dimension};
use crate::manifest::{Endpoint, Manifest, Object};
use crate::patch::{Dialect, Fixes, Goal};
use crate::rehearsal::Stuck;
use crate::statement::Grammar;
use std::path::PathBuf;

/// A family of servers.
pub trait Engine: Sync {
    /// What its URLs begin with, in small letters, without `://`.
    fn schemes(&self) -> &'static [&'static str];

    /// The environment a connection text means. It is not opened yet.
    ///
    /// # Errors
    /// Of class Configuration: the text, what it refers to, an option that means nothing to such a server.
    fn environment(&self, text: &str, own: &Own<'_>) -> Result<Named, Box<Trouble>>;

    /// Brings the texts of a manifest that an earlier version of evenkeel wrote to today's canonical and normal forms.
    fn renew(&self, manifest: &mut Manifest);

    /// What to do about differences of a candidate that no statement of a patch is about.
    fn remedies(&self, candidate: &Manifest) -> Box<dyn Remedies>;

    /// Every statement a capture of these dimensions sends to a server of that vendor and version, as its vendor writes it; of
    /// the newest version that evenkeel is tested with where none is named.
    ///
    /// # Errors
    /// Of class Usage: there is no such version, or it is too old.
    fn queries(&self, vendor: kind::Engine, version: Option<&str>, dimensions: &[Dimension]) -> Result<String, Box<Trouble>>;

    /// Calling schemas of one capture otherwise.
    ///
    /// # Errors
    /// Of class Configuration: such a server has no schemas within a database.
    fn schema_names(&self) -> Result<&dyn SchemaNames, Box<Trouble>>;

    /// Whether what a transaction defines is gone when it is rolled back.
    fn undoes_definitions(&self) -> bool;

    /// Whether a transaction that is given up leaves nothing of what it changed in that table; nothing where that is not known.
    fn takes_back(&self, _table: &Object) -> Option<bool> {
        Some(true)
    }

    /// Whether a foreign key that is validated and enforced vouches for all rows.
    fn keys_vouch(&self) -> bool {
        true
    }

    /// Settings that decide what files of migrations mean, by name, as a session has them that runs migrations there: as `role`, where
    /// that is known. Empty where the manifest does not tell.
    fn session_settings(&self, _: &Manifest, _role: Option<&str>) -> Vec<(String, String)> {
        Vec::new()
    }

    /// The same with what the tool that records there sets by itself.
    fn migration_settings(&self, manifest: &Manifest, role: Option<&str>) -> Vec<(String, String)> {
        self.session_settings(manifest, role)
    }

    /// The statement that sets for a session what the tool that records there sets by itself before it runs files; nothing where it sets
    /// nothing.
    fn entering(&self, _: &Manifest) -> Option<String> {
        None
    }

    /// As whom texts run on a throwaway server, in words, where nothing there is anybody's; nothing where roles own what they make.
    fn session_role(&self) -> Option<&'static str> {
        None
    }

    /// Whether a refusal with that code says that only somebody who may more can do it.
    fn is_forbidden(&self, _code: &str) -> bool {
        false
    }

    /// Schemas that these settings name.
    fn named_schemas(&self, _: &[(String, String)]) -> Vec<String> {
        Vec::new()
    }

    /// Settings of a server that decide what a migration locks, does and takes there, by name, as the manifest has them: those of a server
    /// on which it is rehearsed.
    fn server_settings(&self, _: &Manifest) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Those settings with what has to do with the amount of data made as much smaller as the data: memory, the room of the log, from which
    /// size on work is shared. Beside them those that go no lower, and matter.
    fn scaled(&self, manifest: &Manifest, _scale: f64) -> (Vec<(String, String)>, Vec<Stuck>) {
        (self.server_settings(manifest), Vec::new())
    }

    /// How many locks all transactions of a server may hold at once, where it has a bound; nothing where the manifest does not tell.
    fn lock_slots(&self, _: &Manifest) -> Option<u64> {
        None
    }

    /// Looks at what a session does.
    ///
    /// # Errors
    /// Of class Configuration: nobody looks at sessions of such servers.
    fn observer(&self) -> Result<&dyn Observer, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, "what a session of such a server locks and does is not looked at yet");
        Err(Box::new(trouble.expected("PostgreSQL").fix("see what it does on a throwaway server: evenkeel history, compare replay:DIR")))
    }

    /// Knows about sessions that write where it counts.
    ///
    /// # Errors
    /// Of class Configuration: nothing is deployed to such servers.
    fn deployer(&self) -> Result<&dyn Deployer, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, "nothing is deployed to such a server");
        Err(Box::new(trouble.fix("run the release with its own tool, and look after it: evenkeel history, check")))
    }

    /// Changes tables part after part.
    ///
    /// # Errors
    /// Of class Configuration: nothing is changed so on such servers.
    fn backfiller(&self) -> Result<&dyn Backfiller, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Configuration, "tables of such a server are not changed part after part")))
    }

    /// Runs statements where it counts, in transactions that are given up.
    ///
    /// # Errors
    /// Of class Usage: such a server does not take definitions back.
    fn rollback(&self) -> Result<&dyn Rollback, Box<Trouble>> {
        let trouble = Trouble::new(Class::Usage, "nothing is rehearsed in place on such a server");
        let trouble = trouble.expected("one whose transactions take definitions back: PostgreSQL");
        Err(Box::new(trouble.found("each definition there is committed by itself, and no rollback undoes it").fix("--on scratch")))
    }

    /// Makes rows.
    ///
    /// # Errors
    /// Of class Configuration: nobody makes rows for such servers.
    fn filler(&self) -> Result<&dyn Filler, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, "rows for the tables of such a server are not made yet");
        Err(Box::new(trouble.expected("PostgreSQL").fix("leave --rows out")))
    }

    /// Writes statements for the server that a manifest was captured of.
    ///
    /// # Errors
    /// Of class Configuration: nobody writes them for such a server.
    fn dialect(&self, candidate: &Endpoint) -> Result<Box<dyn Dialect>, Box<Trouble>>;

    /// Cuts files into statements.
    ///
    /// # Errors
    /// Of class Configuration: nobody cuts files for such servers.
    fn grammar(&self) -> Result<&dyn Grammar, Box<Trouble>>;

    /// Two manifests side by side, with what is to be done about each difference.
    fn compare(&self, reference: Side<'_>, candidate: Side<'_>, scope: &Scope) -> Comparison {
        let remedies = self.remedies(candidate.manifest);
        let goal = Goal::default();
        match self.dialect(&candidate.manifest.endpoint) {
            Ok(dialect) => {
                let fixes = Fixes::new((reference.manifest, candidate.manifest), &scope.dimensions, &*dialect, &*remedies, &goal);
                compare::compare(reference, candidate, scope, &fixes)
            }
            Err(_) => compare::compare(reference, candidate, scope, &*remedies),
        }
    }

    /// A database in which what is kept between runs may stand, by its URL.
    ///
    /// # Errors
    /// Of class Configuration: the text says none, or no store is kept on such a server.
    fn keeper(&self, _url: &str) -> Result<Box<dyn Keeper>, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, "no store is kept on such a server").expected("a PostgreSQL database, or a file");
        Err(Box::new(trouble.fix("url = \"postgres://USER@HOST/DATABASE\" or \"sqlite:/absolute/path\" under [store]")))
    }

    /// The admin console of a pooler before such servers, by its URL.
    ///
    /// # Errors
    /// Of class Configuration: the text says none, or none is known of such servers.
    fn console(&self, _url: &str) -> Result<Box<dyn Console>, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, "no pooler is known before such a server").expected("PgBouncer's admin console");
        Err(Box::new(trouble.fix("postgres://ADMIN@HOST:6432/pgbouncer")))
    }

    /// Throwaway servers of this machine; `folders` may hold server programs beside the usual places, `*` matches anything in them.
    fn workshop(&self, folders: &[PathBuf]) -> Box<dyn Workshop>;
}

/// Knows where a text names a schema: as a part of a name, never in a user's text or as another thing's name.
pub trait SchemaNames: Sync {
    /// Calls a schema otherwise in all values of the objects; their identities stay. Normal forms are made anew.
    fn rename(&self, objects: &mut [Object], from: &str, to: &str);

    /// The same in one text: a statement, a value, a signature. `None` where it does not name the schema.
    fn renamed(&self, text: &str, from: &str, to: &str) -> Option<String>;

    /// Whether a text may mean the schema where that cannot be told: in a literal, or in front of a dot.
    fn may_mean(&self, text: &str, schema: &str) -> bool;

    /// As it stands in a text, quoted where it must be.
    fn quoted(&self, schema: &str) -> String;
}

/// Every family that was built in.
pub trait Families: Sync {
    fn of(&self, engine: kind::Engine) -> &dyn Engine;
}

/// An environment as its connection text names it.
pub struct Named {
    pub environment: Box<dyn Environment>,
    /// `database@host:port`.
    pub label: String,
    /// Things worth a word before connecting.
    pub warnings: Vec<String>,
    /// The text as it may be typed again, without a password; `None` where it cannot be shown without one.
    pub typed: Option<String>,
}

/// What is said of an environment beside its connection text, and means something to one family only.
#[derive(Debug, Clone, Copy, Default)]
pub struct Own<'a> {
    /// Key and value.
    pub options: &'a [(&'a str, &'a str)],
    /// Where they stand: `[environments.production]`.
    pub place: &'a str,
}

impl Own<'_> {
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.options.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    /// Nothing but these is said.
    ///
    /// # Errors
    /// Of class Configuration, for the first that means nothing to such a server; `without` has the reasons.
    pub fn only(&self, known: &[&str], without: &[(&str, &str)]) -> Result<(), Box<Trouble>> {
        let Some((key, _)) = self.options.iter().find(|(key, _)| !known.contains(key)) else { return Ok(()) };
        let why = without.iter().find(|(other, _)| other == key).map_or("such a server knows no option of that name", |(_, why)| *why);
        let trouble = Trouble::new(Class::Configuration, format!("{key} means nothing here")).expected(why);
        Err(Box::new(trouble.found(format!("{key} is set")).fix(format!("remove {key} from {}", self.place))))
    }
}

#[cfg(test)]
mod tests {
    use super::Own;

    #[test]
    fn what_means_nothing_to_an_engine_is_refused_with_the_reason() {
        let own = Own { options: &[("a", "1"), ("b", "2")], place: "[environments.x]" };
        assert_eq!((own.get("b"), own.get("c")), (Some("2"), None));
        assert_eq!(own.only(&["a", "b"], &[]), Ok(()));
        for (without, expected) in [(&[("b", "we have none")][..], "we have none"), (&[], "such a server knows no option of that name")] {
            let trouble = own.only(&["a"], without).err().unwrap_or_else(|| panic!("b is none of them"));
            assert_eq!(trouble.what, "b means nothing here");
            assert_eq!(trouble.expected.as_deref(), Some(expected));
            assert_eq!(trouble.fix.as_deref(), Some("remove b from [environments.x]"));
        }
        assert_eq!(Own::default().only(&[], &[]), Ok(()));
    }
}
