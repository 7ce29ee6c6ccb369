//! The verdicts on a migration: their public words, what each says, why it matters and how much it weighs.
//!
//! Does not live here: how one is come to (`verdict`).

use crate::kind::Severity;

/// What is said of a migration, the heaviest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Failed,
    HalfApplied,
    RecordedNotPresent,
    PartlyPresent,
    NumberReused,
    UnknownVersion,
    FileMissing,
    EditedMeaning,
    BeforeItsDependency,
    PresentNotRecorded,
    NotCheckable,
    PendingOutOfOrder,
    EditedBytes,
    Pending,
    RolledBack,
    Superseded,
    Applied,
}

impl Verdict {
    /// The public word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::HalfApplied => "half-applied",
            Self::RecordedNotPresent => "recorded-not-present",
            Self::PartlyPresent => "partly-present",
            Self::NumberReused => "number-reused",
            Self::UnknownVersion => "unknown-version",
            Self::FileMissing => "file-missing",
            Self::EditedMeaning | Self::EditedBytes => "edited",
            Self::BeforeItsDependency => "before-its-dependency",
            Self::PresentNotRecorded => "present-not-recorded",
            Self::NotCheckable => "not-checkable",
            Self::PendingOutOfOrder => "pending-out-of-order",
            Self::Pending => "pending",
            Self::RolledBack => "rolled-back",
            Self::Superseded => "superseded",
            Self::Applied => "applied",
        }
    }

    /// Every one, the heaviest first; `edited` is one word for two.
    pub const ALL: [Self; 17] = [
        Self::Failed,
        Self::HalfApplied,
        Self::RecordedNotPresent,
        Self::PartlyPresent,
        Self::NumberReused,
        Self::UnknownVersion,
        Self::FileMissing,
        Self::EditedMeaning,
        Self::BeforeItsDependency,
        Self::PresentNotRecorded,
        Self::NotCheckable,
        Self::PendingOutOfOrder,
        Self::EditedBytes,
        Self::Pending,
        Self::RolledBack,
        Self::Superseded,
        Self::Applied,
    ];

    /// What it says of a migration.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Failed => "The tool recorded that the migration did not come to its end.",
            Self::HalfApplied => "Some of what the migration does is there, and it is not recorded as applied.",
            Self::RecordedNotPresent => "The migration is recorded, and nothing of what it does is there.",
            Self::PartlyPresent => "The migration is recorded, and some of what it does is not there.",
            Self::NumberReused => "Under the migration's number another one is recorded.",
            Self::UnknownVersion => "A migration is recorded that no file has, and none had as far as git knows.",
            Self::FileMissing => "A migration is recorded whose file is gone.",
            Self::EditedMeaning | Self::EditedBytes => "The text of the migration is another than ran.",
            Self::BeforeItsDependency => "The migration is recorded, and what it depends on is not.",
            Self::PresentNotRecorded => "All that the migration does is there, and it is not recorded.",
            Self::NotCheckable => "Nothing in the schema tells whether the migration ran.",
            Self::PendingOutOfOrder => "The migration did not run, and a later one did.",
            Self::Pending => "The migration did not run yet.",
            Self::RolledBack => "The migration was taken back.",
            Self::Superseded => "The migration ran, and a later one undid or replaced what it did.",
            Self::Applied => "The migration ran, and what it does is there.",
        }
    }

    /// Why that matters.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Failed | Self::HalfApplied => "The next run stops at it, or runs it again over what is there already.",
            Self::RecordedNotPresent | Self::PartlyPresent => {
                "The tool never runs it again, so a build that needs it fails in this environment alone."
            }
            Self::NumberReused | Self::UnknownVersion | Self::FileMissing => {
                "Nobody can make this schema from the files, and the tool may refuse to start."
            }
            Self::EditedMeaning => "Environments made before the edit and after it differ, and no file says so.",
            Self::EditedBytes => "A tool that compares sums refuses to start, although nothing changed.",
            Self::BeforeItsDependency => "The order of the files is not the one that ran.",
            Self::PresentNotRecorded => "The tool runs it as the next one, and fails over what is there already.",
            Self::NotCheckable => "A record alone is no evidence that it ran.",
            Self::PendingOutOfOrder => "Some tools never run it, some refuse to start, some run it behind what was built upon it.",
            Self::Pending => "It is part of the next release.",
            Self::RolledBack | Self::Superseded | Self::Applied => "Nothing is to be done.",
        }
    }

    /// How much it weighs; nothing where it is a gap.
    #[must_use]
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Applied | Self::Superseded | Self::RolledBack | Self::Pending => Some(Severity::Inform),
            Self::EditedBytes | Self::PendingOutOfOrder => Some(Severity::Warn),
            Self::NotCheckable => None,
            _ => Some(Severity::Block),
        }
    }

    /// `bytes` or `meaning`, of what was edited.
    #[must_use]
    pub const fn edit(self) -> Option<&'static str> {
        match self {
            Self::EditedBytes => Some("bytes"),
            Self::EditedMeaning => Some("meaning"),
            _ => None,
        }
    }
}
