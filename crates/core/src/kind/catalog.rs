//! The closed set of kinds, one line each. An engine that does not say how a new one is read stops compiling (each engine's
//! `capture/kinds.rs` matches on `Kind` without a `_`); a kind of the schema that no capture fills fails a test
//! (`tests/golden/postgres/kinds/all_kinds.sql`).

use super::Spec;

macro_rules! kinds {
    ($($variant:ident => $module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// A kind of object. The order is the order in manifests and reports.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($variant),+ }

        /// Every kind, in order.
        pub const ALL: &[Kind] = &[$(Kind::$variant),+];

        impl Kind {
            /// Its declaration.
            #[must_use]
            pub const fn spec(self) -> &'static Spec {
                match self { $(Self::$variant => &$module::SPEC),+ }
            }
        }
    };
}

#[path = "."]
mod files {
    use super::Spec;
    pub use constraint::SPACES as CONSTRAINT_SPACES;
    kinds! {
        // schema
        Schema => schema,
        Extension => extension,
        Table => table,
        Partition => partition,
        Column => column,
        Constraint => constraint,
        Index => index,
        Sequence => sequence,
        View => view,
        MaterializedView => materialized_view,
        Function => function,
        Procedure => procedure,
        Package => package,
        Library => library,
        Aggregate => aggregate,
        Rule => rule,
        Trigger => trigger,
        EventTrigger => event_trigger,
        Event => event,
        Policy => policy,
        Enum => enumeration,
        CompositeType => composite_type,
        Domain => domain,
        DomainConstraint => domain_constraint,
        RangeType => range_type,
        BaseType => base_type,
        Cast => cast,
        Operator => operator,
        OperatorClass => operator_class,
        OperatorFamily => operator_family,
        Collation => collation,
        Conversion => conversion,
        TextSearchParser => text_search_parser,
        TextSearchTemplate => text_search_template,
        TextSearchDictionary => text_search_dictionary,
        TextSearchConfiguration => text_search_configuration,
        Statistics => statistics,
        Language => language,
        AccessMethod => access_method,
        Transform => transform,
        ForeignDataWrapper => foreign_data_wrapper,
        ForeignServer => foreign_server,
        UserMapping => user_mapping,
        Publication => publication,
        PublicationTable => publication_table,
        Subscription => subscription,
        // configuration
        Server => server,
        Setting => setting,
        Override => overriding,
        ExtensionVersion => extension_version,
        CollationVersion => collation_version,
        Tablespace => tablespace,
        Plugin => plugin,
        // data
        TableStatistics => table_statistics,
        IndexStatistics => index_statistics,
        ColumnStatistics => column_statistics,
        ReferenceTable => reference_table,
        ReferenceRow => reference_row,
        // topology
        Node => node,
        Replica => replica,
        Slot => slot,
        Channel => channel,
        // privileges
        Owner => owner,
        Definer => definer,
        Grant => grant,
        DefaultPrivilege => default_privilege,
        Role => role,
        Membership => membership,
        // history
        HistoryTable => history_table,
        Migration => migration,
    }
}

pub use files::{ALL, CONSTRAINT_SPACES, Kind};

impl Kind {
    /// The kind with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|kind| kind.spec().name == name)
    }

    /// Its name, singular.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.spec().name
    }
}
