//! Any text as `evenkeel.toml`: an answer that names its place, never a panic.
#![no_main]

use evenkeel::settings::parse;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|text: &str| {
    let variable = |name: &str| (name.len() % 2 == 0).then(|| name.to_owned());
    if let Err(trouble) = parse(text, Path::new("evenkeel.toml"), &variable) {
        assert!(trouble.origin.is_some_and(|origin| origin.starts_with("evenkeel.toml:")));
    }
});
