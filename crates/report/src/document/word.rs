//! The closed sets of words in the document, and how `core`'s turn into them.
//!
//! Lives here: one enum a set, spelled as in JSON. Neighbour: `document`, which uses them.

use evenkeel_core::{compare, gate, kind, manifest, patch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares an enum that mirrors one of `core`'s: its JSON spelling, its name as text, the way from `core`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident from $core:path { $($(#[$word:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$word])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// The word as in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl From<$core> for $name {
            fn from(word: $core) -> Self {
                match word { $(<$core>::$variant => Self::$variant),+ }
            }
        }
    };
}

words! {
    /// How much a difference weighs.
    Severity from kind::Severity {
        /// Cosmetic, or expected to differ.
        Inform = "inform",
        /// Worth knowing before a migration.
        Warn = "warn",
        /// A migration must not go on.
        Block = "block",
    }
}

words! {
    /// How like its reference one of several is.
    Likeness from gate::Likeness {
        /// In everything that was compared.
        Equal = "equal",
        /// No difference at or above the bar; something is different, excused, or was not visible and not demanded, or a finding
        /// closes the gate.
        Alike = "alike",
        /// A difference or finding at or above the bar.
        Differs = "differs",
        /// Something demanded was not visible or could not be compared.
        CouldNotTell = "could-not-tell",
    }
}

words! {
    /// One side of an environment.
    Dimension from kind::Dimension {
        Schema = "schema",
        Configuration = "configuration",
        Data = "data",
        Topology = "topology",
        Privileges = "privileges",
        History = "history",
    }
}

words! {
    /// What can be said of a dimension, or of all.
    Outcome from gate::Verdict {
        /// No difference at or above the bar, and everything was visible.
        Equal = "equal",
        /// A difference at or above the bar.
        Differs = "differs",
        /// Something was not visible.
        CouldNotTell = "could-not-tell",
        /// Neither side has anything of it: that is no agreement.
        Empty = "empty",
    }
}

words! {
    /// Whether a dimension is on the parity floor.
    Standing from gate::Standing {
        Met = "met",
        NotMet = "not-met",
        CouldNotTell = "could-not-tell",
        NotDemanded = "not-demanded",
    }
}

words! {
    /// What kind of difference it is.
    Change from compare::Change {
        /// Only the reference has the object.
        Missing = "missing",
        /// Only the candidate has the object.
        Extra = "extra",
        /// Both have it; a property differs.
        Changed = "changed",
        /// Both have the same body under different names.
        Renamed = "renamed",
        /// A state that is a fault even where both sides share it.
        Unsound = "unsound",
    }
}

words! {
    /// Between what values cannot be set beside each other.
    Across from compare::Across {
        /// Major versions of one server.
        Versions = "versions",
        /// Servers of different vendors.
        Flavours = "flavours",
    }
}

words! {
    /// What a statement of a patch does to its object.
    Act from patch::Act {
        Drop = "drop",
        Create = "create",
        Alter = "alter",
    }
}

words! {
    /// Which side something is about.
    Side from compare::Which {
        Reference = "reference",
        Candidate = "candidate",
        Both = "both",
    }
}

words! {
    /// What the node was when it was read.
    NodeRole from manifest::NodeRole {
        Primary = "primary",
        Standby = "standby",
    }
}

words! {
    /// Why something could not be seen.
    Reason from manifest::Reason {
        /// The role lacks a privilege.
        Privilege = "privilege",
        /// This version of evenkeel does not read it.
        NotCaptured = "not-captured",
        /// A bounded wait ran out: someone else holds a lock.
        Locked = "locked",
        /// The schema changed while it was read.
        Changed = "changed",
        /// The server version has no such thing, or evenkeel does not know the version.
        Version = "version",
        /// Needs something that was not given.
        NotConfigured = "not-configured",
        /// Two objects cannot be told apart.
        Ambiguous = "ambiguous",
        /// Both sides were seen, and their servers say the same in ways that cannot be set beside each other.
        NotComparable = "not-comparable",
        /// The server refused or failed.
        Failed = "failed",
    }
}

/// What an environment is ready for, by the manifest that was committed for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It matches, its tier's floor is met, nothing that is demanded is unknown.
    ReadyForMigration,
    /// It matches in what was asked for, which is not all that its tier demands.
    MatchesItsManifest,
    /// Nothing blocks, and it is not what was committed.
    Deviates,
    /// It differs, or could not be told.
    NotReady,
}
