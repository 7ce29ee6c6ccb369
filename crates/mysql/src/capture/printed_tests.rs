//! What SHOW CREATE TABLE prints, read clause by clause.
#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn keys_say_what_only_they_can() {
    let printed = parse(
        "CREATE TABLE `a(b` (\n  `KEY` int COMMENT 'x, KEY `k` (`id`) KEY_BLOCK_SIZE=1',\n  PRIMARY KEY (`id`) KEY_BLOCK_SIZE=2048,\n  \
         UNIQUE KEY `no clash` (`id`,`name`(3),`stay` WITHOUT OVERLAPS),\n  FULLTEXT KEY `f` (`t`) /*!50100 WITH PARSER `ngram` */ ,\n  \
         KEY `e` ((`a` + 1)) USING BTREE COMMENT 'KEY_BLOCK_SIZE=3',\n  PERIOD FOR `stay` (`s`, `e`),\n  PERIOD FOR SYSTEM_TIME (`x`, `y`)\n) \
         ENGINE=MyISAM COMMENT='CONNECTION=1 UNION=(`a`)'",
    )
    .unwrap();
    let plain = |name: &str| Index { name: name.to_owned(), ..Index::default() };
    assert_eq!(
        printed.indexes,
        [
            Index { block_size: Some(2048), ..plain("PRIMARY") },
            Index { keys: vec!["id".into(), "name(3)".into(), "stay without overlaps".into()], ..plain("no clash") },
            Index { parser: Some("ngram".into()), ..plain("f") },
            plain("e"),
        ]
    );
    assert_eq!(printed.periods, [("stay".to_owned(), "s".to_owned(), "e".to_owned())]);
    assert!(!printed.has_connection && printed.union.is_empty());
}

/// Patch releases of one series print them differently: 11.8.6 and 11.8.9.
#[test]
fn options_of_vector_keys_are_read_bare_and_in_quotes() {
    for options in ["`m`=8 `distance`=cosine", "`distance`='cosine' `m`='8'", "`M` = '8' `DISTANCE` = COSINE"] {
        let printed =
            parse(&format!("CREATE TABLE `t` (\n  `v` vector(3) NOT NULL,\n  VECTOR KEY `k` (`v`) {options}\n) ENGINE=InnoDB")).unwrap();
        assert_eq!(printed.indexes.first().unwrap().vector, ["m=8", "distance=cosine"], "{options}");
    }
}

#[test]
fn options_are_read_outside_of_texts() {
    let printed = parse("CREATE TABLE `m` (`id` int) ENGINE=MRG_MyISAM INSERT_METHOD=LAST UNION=(`a`,`d b`.`b``c`)").unwrap();
    assert_eq!(printed.union, [(None, "a".to_owned()), (Some("d b".to_owned()), "b`c".to_owned())]);
    let printed = parse("CREATE TABLE `f` (`id` int) ENGINE=FEDERATED CONNECTION='mysql://u:secret@h/d/t'").unwrap();
    assert!(printed.has_connection && !format!("{printed:?}").contains("secret"));
}

#[test]
fn partitions_are_read_as_both_vendors_print_them() {
    let printed = parse(
        "CREATE TABLE `p` (`id` int NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=latin1\n/*!50100 PARTITION BY RANGE (`id`)\nSUBPARTITION BY HASH (`id`)\n\
         (PARTITION p0 VALUES LESS THAN (3)\n (SUBPARTITION s0 MAX_ROWS = 5 DATA DIRECTORY = '/a' ENGINE = InnoDB,\n  SUBPARTITION s1 MAX_ROWS = 5 \
         DATA DIRECTORY = '/b' ENGINE = InnoDB),\n PARTITION `p,1` VALUES LESS THAN MAXVALUE MIN_ROWS = 2 COMMENT = 'MAX_ROWS = 7' ENGINE = InnoDB) */",
    )
    .unwrap();
    let options = |name: &str| printed.partitions.get(name).unwrap().iter().cloned().collect::<Vec<_>>();
    assert_eq!(options("p0"), ["s0: data directory=/a", "s0: max_rows=5", "s1: data directory=/b", "s1: max_rows=5"]);
    assert_eq!(options("p,1"), ["min_rows=2"]);
    assert_eq!((printed.partition_by, printed.engine.as_deref()), (None, Some("InnoDB")));
    let by =
        |clause: &str| parse(&format!("CREATE TABLE `v` (`id` int) ENGINE=InnoDB WITH SYSTEM VERSIONING\n PARTITION BY {clause}")).unwrap();
    let interval = by("SYSTEM_TIME INTERVAL 1 MONTH STARTS TIMESTAMP'2026-11-21 00:00:00' AUTO\nPARTITIONS 2");
    assert_eq!(interval.partition_by.as_deref(), Some("system_time interval 1 month auto"));
    let limit = by("SYSTEM_TIME LIMIT 1000\n(PARTITION `p0` HISTORY ENGINE = InnoDB,\n PARTITION `pn` CURRENT ENGINE = Aria)");
    assert_eq!(limit.partition_by.as_deref(), Some("system_time limit 1000"));
    assert_eq!(limit.engines.get("pn").map(String::as_str), Some("Aria"));
    assert_eq!(by("LINEAR KEY ALGORITHM = 1 (`a`,`b`)\nPARTITIONS 3").partition_by.as_deref(), Some("linear key algorithm 1 (a, b)"));
    assert_eq!(by("KEY (`algorithm`)\nPARTITIONS 3").partition_by, None);
}

#[test]
fn what_cannot_be_read_is_nothing() {
    for text in
        ["", "CREATE TABLE `a", "CREATE TABLE `a` (`id` int", "CREATE TABLE `a` (KEY `k` (`id`) KEY_BLOCK_SIZE=x)", "DROP TABLE `a` ()"]
    {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn periods_are_suspected_where_two_columns_are_compared() {
    assert!(is_comparison("`s` < `e`") && is_comparison("s < e"));
    assert!(!is_comparison("`s` < 5 + 1") && !is_comparison("`s` <= `e`") && !is_comparison("`s` < `e` and 1"));
}
