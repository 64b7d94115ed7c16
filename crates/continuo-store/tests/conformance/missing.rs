//! What is referred to and never came is known from the record itself, as far as those who refer to it are in scope.

use continuo_fhir::ResourceType;
use continuo_store::Scope;

use crate::database::{ORG, on_each, put};

const RESULT: &str = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"weight"},"subject":{"reference":"Patient/ada"},"encounter":{"reference":"Encounter/e"}}"#;
const CLOSED: &str = r#"{"resourceType":"Observation","id":"c","meta":{"security":[{"system":"urn:label","code":"part2"}]},"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/bea"}}"#;

#[test]
fn what_never_came_is_told_with_what_refers_to_it_until_it_comes() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[RESULT, CLOSED]);
        let seen = |hidden: u64| {
            let scope = Scope { hidden_labels: hidden, ..Scope::all(ORG) };
            let (missing, _) = store.read(|r| r.missing(&scope, 10)).unwrap();
            let told = missing.iter().map(|one| (format!("{}/{}", one.type_, one.id), one.from.clone()));
            told.collect::<Vec<_>>()
        };
        let observation = ResourceType::of("Observation");
        let one = |name: &str| (name.to_owned(), vec![(observation, 1)]);
        assert_eq!(seen(0), [one("Patient/ada"), one("Patient/bea"), one("Encounter/e")], "people first");
        assert_eq!(seen(1), [one("Patient/ada"), one("Encounter/e")], "a closed record tells nothing");
        let has = |id: &str| store.read(|r| r.has(ORG, ResourceType::of("Patient"), id)).unwrap();
        assert!(!has("ada"));
        put(&store, &[r#"{"resourceType":"Patient","id":"ada"}"#]);
        assert!(has("ada"));
        assert_eq!(seen(0), [one("Patient/bea"), one("Encounter/e")]);
    });
}
