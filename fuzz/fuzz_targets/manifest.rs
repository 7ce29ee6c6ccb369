//! Any bytes as a manifest: an answer, never a panic; what is read can be written and read again.
#![no_main]

use evenkeel_core::file::{Part, read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first half is the stable part, the second the measured one.
    let (stable, measured) = bytes.split_at(bytes.len() / 2);
    let _ = read(stable, Some(measured));
    if let Ok(manifest) = read(bytes, None) {
        let again = write(&manifest, Part::Stable).expect("what was read can be written");
        read(&again, None).expect("what was written can be read");
    }
});
