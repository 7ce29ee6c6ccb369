//! Manifests out of bytes nobody wrote: an answer, never a panic; and nothing that was changed is taken for what was
//! written. `fuzz/fuzz_targets/manifest.rs` does the same for longer.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel_core::file::{Part, read, write};
use evenkeel_core::kind::{Dimension, Engine, Kind};
use evenkeel_core::manifest::{Endpoint, Gap, Identity, Manifest, NodeRole, Object, Reason};
use proptest::prelude::*;

fn manifest(names: &[String]) -> Manifest {
    let endpoint = Endpoint {
        engine: Engine::PostgreSql,
        server_version: "18.1".into(),
        server_major: 18,
        database: "app".into(),
        role: "reader".into(),
        node: "db:5432".into(),
        node_role: NodeRole::Primary,
        captured_at: "2026-01-01T00:00:00Z".into(),
        roles: std::collections::BTreeMap::new(),
        whose: evenkeel_core::manifest::Whose::File,
    };
    let mut objects = Vec::new();
    for name in names {
        objects.push(Object::new(Kind::Table, Identity::new(["app", name])));
        let mut column = Object::new(Kind::Column, Identity::new(["app", name, "id"]));
        column.set("type", "integer");
        column.set("position", 1_i64);
        column.set("comment", name.as_str());
        objects.push(column);
    }
    let gap = Gap::dimension(Dimension::Data, Reason::Privilege, "not visible".into());
    Manifest::new(endpoint, vec![Dimension::Schema], objects, vec![gap])
}

fn content(manifest: &Manifest) -> Vec<String> {
    manifest.objects().iter().map(|object| format!("{object:?}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_have_an_answer(stable in proptest::collection::vec(any::<u8>(), 0..2000), measured in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..500))) {
        prop_assert!(read(&stable, measured.as_deref()).is_err());
    }

    #[test]
    fn any_names_come_back(names in proptest::collection::btree_set(any::<String>(), 0..8)) {
        let written = manifest(&names.into_iter().collect::<Vec<_>>());
        let bytes = write(&written, Part::Stable).unwrap();
        prop_assert_eq!(content(&read(&bytes, None).unwrap()), content(&written));
        let windows = String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
        prop_assert_eq!(content(&read(windows.as_bytes(), None).unwrap()), content(&written));
    }

    #[test]
    fn a_changed_byte_is_found_or_means_nothing(at in any::<proptest::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let written = manifest(&["orders".into(), "it's \"odd\"\n".into(), "表".into()]);
        let mut bytes = write(&written, Part::Stable).unwrap();
        let place = at.index(bytes.len());
        if cut {
            bytes.truncate(place);
        } else {
            bytes[place] = byte;
        }
        if let Ok(read) = read(&bytes, None) {
            prop_assert_eq!(content(&read), content(&written));
            prop_assert_eq!(read.gaps, written.gaps);
            prop_assert_eq!(read.endpoint, written.endpoint);
        }
    }

    #[test]
    fn json_of_any_shape_has_an_answer(key in "[a-z_]{1,12}", value in "\\PC{0,40}", depth in 0_usize..3000) {
        let bytes = write(&manifest(&["t".into()]), Part::Stable).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (header, rest) = text.split_once('\n').unwrap();
        for line in [
            format!("{{\"kind\":\"table\",\"id\":[\"a\",\"b\"],\"{key}\":{}}}", serde_json::to_string(&value).unwrap()),
            format!("{{\"kind\":\"table\",\"id\":{}", "[".repeat(depth)),
            format!("{{\"{key}\":\"table\"}}"),
            value.clone(),
        ] {
            let _ = read(format!("{header}\n{line}\n{rest}").as_bytes(), None);
            let _ = read(format!("{line}\n{rest}").as_bytes(), None);
        }
    }
}
