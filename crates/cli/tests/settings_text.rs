//! Settings out of any text: an answer with a place in the file, never a panic, never a password in the complaint.
//! `fuzz/fuzz_targets/settings.rs` does the same for longer.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel::settings::parse;
use proptest::prelude::*;
use std::path::Path;

const SOUND: &str = "[environments.one]\nurl = \"postgres://u:sesame99@h/db${SUFFIX}\"\ntier = \"staging\"\nreplicas = [\"postgres://r/db\"]\nread_from = \"replica\"\n\
    manifest = \"parity/one.jsonl\"\nroles = { app = \"app_prod\" }\n[environments.two]\nhost = \"h\"\nport = 5432\npassword = \"sesame99\"\n\
    [policy]\nfail_on = \"warn\"\ncolumn_order = \"block\"\n[[policy.ignore]]\nobject = \"table:app.*\"\nreason = \"é\"\nowner = \"o\"\nuntil = 2099-01-01\n";

fn understood(text: &str) {
    let known = |name: &str| (name == "SUFFIX").then(|| "x".to_owned());
    if let Err(trouble) = parse(text, Path::new("/etc/evenkeel.toml"), &known) {
        let origin = trouble.origin.clone().unwrap();
        let place: Vec<&str> = origin.strip_prefix("/etc/evenkeel.toml:").unwrap().split(':').collect();
        let (line, column): (usize, usize) = (place[0].parse().unwrap(), place[1].parse().unwrap());
        assert!(line >= 1 && column >= 1 && line <= text.matches('\n').count() + 1, "{origin}");
    }
}

#[test]
fn the_sound_one_is_understood() {
    let settings = parse(SOUND, Path::new("/etc/evenkeel.toml"), &|_| Some("x".into())).unwrap();
    assert_eq!(settings.environments.len(), 2);
    assert_eq!(settings.environments["one"].manifest.as_deref(), Some(Path::new("/etc/parity/one.jsonl")));
    assert_eq!(settings.environments["one"].origin, "/etc/evenkeel.toml:1:1");
    assert_eq!(settings.policy.ignore.len(), 1);
    assert!(!format!("{settings:?}").contains("sesame99"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_text_has_an_answer(text in "\\PC{0,300}") {
        understood(&text);
    }

    #[test]
    fn any_damage_has_an_answer(at in any::<proptest::sample::Index>(), c in any::<char>(), cut in 0_u8..3) {
        let places: Vec<usize> = SOUND.char_indices().map(|(at, _)| at).collect();
        let place = places[at.index(places.len())];
        let text = match cut {
            0 => SOUND[..place].to_owned(),
            1 => format!("{}{c}{}", &SOUND[..place], &SOUND[place..]),
            _ => SOUND[..place].chars().chain(SOUND[place..].chars().skip(1)).collect(),
        };
        understood(&text);
    }

    #[test]
    fn any_value_anywhere_has_an_answer(value in "\\PC{0,30}", line in 0_usize..20) {
        let mut lines: Vec<String> = SOUND.lines().map(str::to_owned).collect();
        let at = line % lines.len();
        if let Some((key, _)) = lines[at].clone().split_once('=') {
            lines[at] = format!("{key}= {}", toml::Value::String(value.clone()));
        }
        understood(&lines.join("\n"));
        understood(&format!("{SOUND}\n{value}"));
    }
}
