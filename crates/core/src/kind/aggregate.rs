//! Kind `aggregate`: aggregate functions; overloads are told apart by input types.

use crate::kind::{Dimension, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "aggregate",
    plural: "aggregates",
    dimension: Dimension::Schema,
    identity: &["schema", "signature"],
    parent: Parent::Schema,
    properties: &[
        Property::text("arguments", "Arguments with names and modes.", "Calls by name fail."),
        Property::text("type", "`normal`, `ordered set` or `hypothetical set`.", "It is called in another way.").neutral(Neutral::Text("normal")),
        Property::text("returns", "Result type.", "Callers get another type."),
        Property::text("transition", "Function that takes in one row.", "It computes something else."),
        Property::text("state", "Type of the state.", "It computes something else, or takes more memory."),
        Property::integer("state_size", "Planner's estimate of the state's size in bytes.", "Plans change."),
        Property::text("initial", "Initial state.", "It computes something else."),
        Property::text("final", "Function that turns the state into the result.", "It computes something else."),
        Property::flag("final_extra", "The final function gets the arguments' types too.", "The final function is called in another way."),
        Property::text("final_modify", "`read only`, `shareable` or `read write`: what the final function does to the state.", "It can or cannot share its state, or be a window function.").neutral(Neutral::Text("read only")),
        Property::text("combine", "Function that joins two states.", "Without it, no partial or parallel aggregation."),
        Property::text("serial", "Function that writes a state down.", "Parallel aggregation of an internal state needs it."),
        Property::text("deserial", "Function that reads a state back.", "Parallel aggregation of an internal state needs it."),
        Property::text("moving_transition", "Transition function of moving frames.", "Window queries compute or cost something else."),
        Property::text("moving_inverse", "Function that takes a row out of a moving frame.", "Window queries compute or cost something else."),
        Property::text("moving_state", "Type of the state for moving frames.", "Window queries compute or cost something else."),
        Property::integer("moving_state_size", "Planner's estimate of that state's size in bytes.", "Plans change."),
        Property::text("moving_initial", "Initial state for moving frames.", "Window queries compute something else."),
        Property::text("moving_final", "Final function for moving frames.", "Window queries compute something else."),
        Property::flag("moving_final_extra", "That function gets the arguments' types too.", "It is called in another way."),
        Property::text("moving_final_modify", "What that function does to the state.", "It can or cannot share its state.").neutral(Neutral::Text("read only")),
        Property::text("sort_operator", "Operator whose first value in order is the result.", "The planner answers from an index or scans all rows."),
        Property::text("parallel", "`unsafe`, `restricted` or `safe`.", "Plans that call it run in parallel or not.").neutral(Neutral::Text("unsafe")),
    ],
    summary: &["returns", "transition"],
    why: "Queries that call it fail where it is missing.",
    missing: Severity::Block,
};
