//! Kind `role`: roles of the server with their attributes, by their shared names; predefined ones (`pg_*`) are the server's.

use crate::kind::{Dimension, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "role",
    plural: "roles",
    dimension: Dimension::Privileges,
    identity: &["name"],
    parent: Parent::None,
    properties: &[
        Property::flag("superuser", "No privilege is checked.", "What a superuser's migration does is refused for anyone else.").weighs(Severity::Warn),
        Property::flag("inherit", "It uses the privileges of roles it is a member of without SET ROLE.", "Statements need SET ROLE first.").neutral(Neutral::Flag(true)).weighs(Severity::Warn),
        Property::flag("create_role", "It may make roles.", "CREATE ROLE is refused.").weighs(Severity::Warn),
        Property::flag("create_database", "It may make databases.", "CREATE DATABASE is refused.").weighs(Severity::Warn),
        Property::flag("login", "It may connect.", "Connecting is refused.").weighs(Severity::Warn),
        Property::flag("replication", "It may replicate.", "Replicas and slots are refused.").weighs(Severity::Warn),
        Property::flag("bypass_rls", "Row-level security does not apply to it.", "It sees and changes rows that policies hide from it elsewhere.").weighs(Severity::Warn),
        Property::integer("connection_limit", "How many sessions it may have; -1 for no limit.", "A migration tool with several sessions is refused.").neutral(Neutral::Integer(-1)).weighs(Severity::Warn),
        Property::text("valid_until", "When its password ends.", "Connecting is refused from then on.").weighs(Severity::Inform),
    ],
    summary: &["login", "superuser"],
    why: "Statements that name the role fail where it is missing.",
    missing: Severity::Warn,
};
