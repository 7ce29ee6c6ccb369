//! Kind `role`: roles of the server with their attributes, by their shared names; predefined ones (`pg_*`) are the server's.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "role",
    plural: "roles",
    dimension: Dimension::Privileges,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::ALL,
    properties: &[
        Property::flag("superuser", "No privilege is checked.", "What a superuser's migration does is refused for anyone else.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::flag("inherit", "It uses the privileges of roles it is a member of without SET ROLE.", "Statements need SET ROLE first.").on(Engines::POSTGRESQL).neutral(Neutral::Flag(true)).weighs(Severity::Warn),
        Property::flag("create_role", "It may make roles.", "CREATE ROLE is refused.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::flag("create_database", "It may make databases.", "CREATE DATABASE is refused.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::flag("login", "It may connect.", "Connecting is refused.").weighs(Severity::Warn),
        Property::flag("replication", "It may replicate.", "Replicas and slots are refused.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::flag("bypass_rls", "Row-level security does not apply to it.", "It sees and changes rows that policies hide from it elsewhere.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::integer("connection_limit", "How many sessions it may have; -1 for no limit.", "A migration tool with several sessions is refused.").neutral(Neutral::Integer(-1)).weighs(Severity::Warn),
        Property::text("valid_until", "When its password ends.", "Connecting is refused from then on.").on(Engines::POSTGRESQL).weighs(Severity::Inform),
        Property::flag("locked", "Its account is locked.", "Connecting is refused.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::flag("password_expired", "It must change its password first.", "Every statement is refused until then.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::list("authentication", "Authentication plugins, in order; no passwords and no hashes, not whether there is a password, nor the policies of passwords.", "Old clients cannot connect.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::text("tls", "What its connections must bring: `any`, `x509` or `specified`.", "Connecting without TLS or a certificate is refused.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::list("limits", "Limits on queries, updates and connections an hour, each `name=value`.", "A migration runs into the limit.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
        Property::list("default_roles", "Roles that are active when it connects, sorted.", "Statements are refused until SET ROLE.").on(Engines::MYSQL_FAMILY).weighs(Severity::Warn),
    ],
    summary: &["login", "superuser"],
    why: "Statements that name the role fail where it is missing.",
    missing: Severity::Warn,
};
