//! How a property is declared: its class, its shape, the value assumed where nothing is written, why it matters.

use super::{Engine, Engines, Severity, Value};

/// What a change of the property means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// In the digest; any change is a difference.
    Semantic,
    /// Rank among siblings: only in the ordered digest; policy decides whether it compares.
    Order,
    /// Reported, never in the digest.
    Cosmetic,
    /// Compared within a tolerance, never in the digest.
    Measured(Tolerance),
    /// Kept to explain or to look things up; never compared.
    Volatile,
}

/// How far two measured values may lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tolerance {
    /// Larger divided by smaller at most `hundredths` / 100; not judged while both are below `floor`.
    Ratio { hundredths: u32, floor: u32 },
    /// At most this many hundredths apart.
    Absolute { hundredths: u32 },
    /// Shown, never judged.
    Any,
}

/// What the value looks like; decides how it is shown and how a manifest line is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Flag,
    Integer,
    Number,
    Text,
    /// Long text where a line-by-line view helps: function bodies, view definitions.
    Definition,
    List,
}

/// The value a property has when nothing is written down; never encoded, so a property added later keeps old digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neutral {
    /// No value at all.
    Absent,
    Flag(bool),
    Integer(i64),
    Text(&'static str),
    EmptyList,
}

impl Neutral {
    /// Whether that value is the neutral one.
    #[must_use]
    pub fn is(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Flag(neutral), Value::Flag(flag)) => neutral == *flag,
            (Self::Integer(neutral), Value::Integer(number)) => neutral == *number,
            (Self::Text(neutral), Value::Text(text)) => neutral == &**text,
            (Self::EmptyList, Value::List(list)) => list.is_empty(),
            _ => false,
        }
    }

    /// The neutral value as shown to a person; `None` where there is no value.
    #[must_use]
    pub fn shown(self) -> Option<String> {
        match self {
            Self::Absent | Self::EmptyList => None,
            Self::Flag(flag) => Some(if flag { "yes" } else { "no" }.to_owned()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.to_owned()),
        }
    }
}

/// One property of a kind. Built with the `const` functions below, so that a declaration is one line.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    pub name: &'static str,
    pub class: Class,
    pub shape: Shape,
    pub neutral: Neutral,
    /// The servers that have it. On the others the neutral value stands.
    pub engines: Engines,
    /// Weighs this much instead of what the class says.
    pub severity: Option<Severity>,
    /// A value other than this one is a fault of its own, even where both sides agree: an INVALID index.
    pub sound: Option<Neutral>,
    /// What it is, for the reference documentation.
    pub doc: &'static str,
    /// Why a difference matters for a migration.
    pub why: &'static str,
    /// The same where values have no normal form, and are compared as they are written.
    pub why_as_text: Option<&'static str>,
    /// The setting of the session that made it, whose value it keeps.
    pub session: Option<&'static str>,
}

impl Property {
    const fn new(name: &'static str, shape: Shape, neutral: Neutral, doc: &'static str, why: &'static str) -> Self {
        Self {
            name,
            class: Class::Semantic,
            shape,
            neutral,
            engines: Engines::ALL,
            severity: None,
            sound: None,
            doc,
            why,
            why_as_text: None,
            session: None,
        }
    }

    /// Text, absent by default.
    #[must_use]
    pub const fn text(name: &'static str, doc: &'static str, why: &'static str) -> Self {
        Self::new(name, Shape::Text, Neutral::Absent, doc, why)
    }

    /// Long text that is shown line by line.
    #[must_use]
    pub const fn definition(name: &'static str, doc: &'static str, why: &'static str) -> Self {
        Self::new(name, Shape::Definition, Neutral::Absent, doc, why)
    }

    /// Yes or no, no by default.
    #[must_use]
    pub const fn flag(name: &'static str, doc: &'static str, why: &'static str) -> Self {
        Self::new(name, Shape::Flag, Neutral::Flag(false), doc, why)
    }

    /// A whole number, absent by default.
    #[must_use]
    pub const fn integer(name: &'static str, doc: &'static str, why: &'static str) -> Self {
        Self::new(name, Shape::Integer, Neutral::Absent, doc, why)
    }

    /// A number with a fraction, absent by default.
    #[must_use]
    pub const fn number(name: &'static str, doc: &'static str, why: &'static str) -> Self {
        Self::new(name, Shape::Number, Neutral::Absent, doc, why)
    }

    /// Several texts in a meaningful order, none by default.
    #[must_use]
    pub const fn list(name: &'static str, doc: &'static str, why: &'static str) -> Self {
        Self::new(name, Shape::List, Neutral::EmptyList, doc, why)
    }

    /// With this value where nothing is written.
    #[must_use]
    pub const fn neutral(mut self, neutral: Neutral) -> Self {
        self.neutral = neutral;
        self
    }

    /// Only those servers have it.
    #[must_use]
    pub const fn on(mut self, engines: Engines) -> Self {
        self.engines = engines;
        self
    }

    /// PostgreSQL has it from that major version on.
    #[must_use]
    pub const fn since(mut self, major: u16) -> Self {
        self.engines = self.engines.from(Engine::PostgreSql, major);
        self
    }

    /// Why a difference between values without normal forms matters.
    #[must_use]
    pub const fn as_text(mut self, why: &'static str) -> Self {
        self.why_as_text = Some(why);
        self
    }

    #[must_use]
    pub const fn cosmetic(mut self) -> Self {
        self.class = Class::Cosmetic;
        self
    }

    /// Kept of that setting of the session that makes the object.
    #[must_use]
    pub const fn of_session(mut self, setting: &'static str) -> Self {
        self.session = Some(setting);
        self
    }

    #[must_use]
    pub const fn volatile(mut self) -> Self {
        self.class = Class::Volatile;
        self
    }

    #[must_use]
    pub const fn order(mut self) -> Self {
        self.class = Class::Order;
        self
    }

    #[must_use]
    pub const fn measured(mut self, tolerance: Tolerance) -> Self {
        self.class = Class::Measured(tolerance);
        self
    }

    #[must_use]
    pub const fn weighs(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Any other value than the neutral one is a fault even where both sides agree.
    #[must_use]
    pub const fn must_be_neutral(mut self) -> Self {
        self.sound = Some(self.neutral);
        self
    }

    /// How much a difference in it weighs.
    #[must_use]
    pub const fn weight(&self) -> Severity {
        match (self.severity, self.class) {
            (Some(severity), _) => severity,
            (None, Class::Semantic) => Severity::Block,
            (None, Class::Measured(_)) => Severity::Warn,
            (None, Class::Order | Class::Cosmetic | Class::Volatile) => Severity::Inform,
        }
    }
}

/// Properties that every kind has.
pub const COMMON: &[Property] = &[
    Property::text("comment", "The object's comment.", "Only documentation differs; no statement behaves differently.").cosmetic(),
    Property::list(
        "security_labels",
        "Security labels, each `provider: label`.",
        "A label provider (SELinux, a masking extension) may treat the object differently.",
    ),
    Property::list(
        "needs",
        "What it cannot exist without, each `kind name`, sorted.",
        "Statements that make it run only where that is there.",
    )
    .on(Engines::POSTGRESQL)
    .volatile(),
];
