//! Values that no database index takes and no person wrote: they are kept as received, found by what they are, and stop
//! nobody else from writing.

use crate::database::{all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::conn::Param;
use continuo_store::{Query, Store};

/// So many letters that do not compress.
fn letters(count: usize) -> String {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + (state >> 33) as u8 % 26)
    };
    (0..count).map(|_| next()).collect()
}

fn found(store: &Store, type_: &str, query: &str) -> usize {
    let query = Query::parse(ResourceType::find(type_).unwrap(), query).unwrap();
    store.read(|r| r.search(&all(), &query)).unwrap().matches.len()
}

#[test]
fn a_code_a_name_and_a_number_as_long_as_a_book_are_kept_and_stop_nobody() {
    let long = letters(100_000);
    on_each(|db| {
        let store = db.open();
        put(
            &store,
            &[
                &format!(
                    r#"{{"resourceType":"Patient","id":"p","name":[{{"family":"{long}"}}],"identifier":[{{"system":"urn:{long}","value":"{long}"}}],"address":[{{"city":"{long}"}}]}}"#
                ),
                &format!(
                    r#"{{"resourceType":"Observation","id":"o","status":"final","code":{{"coding":[{{"system":"urn:{long}","code":"{long}","display":"{long}"}}],"text":"{long}"}},"subject":{{"reference":"Patient/p"}}}}"#
                ),
                &format!(r#"{{"resourceType":"ValueSet","id":"v","status":"active","url":"urn:{long}"}}"#),
                r#"{"resourceType":"Observation","id":"plain","status":"final","code":{"coding":[{"system":"urn:x","code":"y"}]}}"#,
            ],
        );
        assert_eq!(found(&store, "Observation", &format!("code={long}")), 1);
        assert_eq!(found(&store, "Observation", &format!("code={}", &long[..150])), 0, "another code is another");
        assert_eq!(found(&store, "Observation", &format!("code=urn:{long}|{long}")), 1);
        assert_eq!(found(&store, "Patient", &format!("identifier=urn:{long}|{long}")), 1);
        assert_eq!(found(&store, "Observation", "code=y"), 1);
        let kept = store.read(|r| r.get(&all(), ResourceType::of("Observation"), "o")).unwrap();
        assert!(String::from_utf8_lossy(&kept.bytes.unwrap()).contains(&long), "kept as received");
    });
}

#[test]
fn a_nul_in_a_text_is_left_out_by_both_databases() {
    on_each(|db| {
        let store = db.open();
        let read = store
            .write(&context("text"), |tx| {
                let conn = tx.conn()?;
                conn.query("select cast(?1 as text)", &[Param::Text("a\0b")], |row| Ok(row.str(0)?.to_owned()))
            })
            .unwrap();
        assert_eq!(read.value, ["ab"]);
        put(&store, &["{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"family\":\"Re\\u0000yes\"}]}"]);
        assert_eq!(found(&store, "Patient", "name=reyes"), 1);
    });
}
