//! Search beyond plain values: places near, kinds of identifiers, hierarchies, value sets, words, lists, filters.

use crate::database::{NOW, all, on_each, put};
use continuo_fhir::{ResourceType, search as table};
use continuo_store::{DbUrl, Error, Query, Scope, Store, is_understood};

const RESOURCES: &[&str] = &[
    r#"{"resourceType":"Location","id":"site","name":"Campus","position":{"latitude":42.25,"longitude":-83.69}}"#,
    r#"{"resourceType":"Location","id":"wing","name":"Wing","partOf":{"reference":"Location/site"},"position":{"latitude":42.30,"longitude":-83.69}}"#,
    r#"{"resourceType":"Location","id":"room","name":"Room","partOf":{"reference":"Location/wing"}}"#,
    r#"{"resourceType":"Location","id":"far","name":"Far","position":{"latitude":51.5,"longitude":-0.1}}"#,
    r#"{"resourceType":"Location","id":"loop","partOf":{"reference":"Location/loop"}}"#,
    r#"{"resourceType":"Organization","id":"group","name":"Group"}"#,
    r#"{"resourceType":"Organization","id":"clinic","name":"Clinic","partOf":{"reference":"Organization/group"}}"#,
    r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Muñoz","given":["Ana"]}],"birthDate":"1960-02-11","managingOrganization":{"reference":"Organization/clinic"},
        "identifier":[{"type":{"coding":[{"system":"urn:kind","code":"MR"}]},"system":"urn:a","value":"100"},
                      {"type":{"coding":[{"system":"urn:kind","code":"SS"}]},"system":"urn:b","value":"200"}],
        "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Prefers Espa&#241;ol</p><p>drives</p></div>"}}"#,
    r#"{"resourceType":"Patient","id":"cy","meta":{"security":[{"system":"urn:label","code":"part2"}]},"name":[{"family":"Stone"}],
        "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Prefers tea</div>"}}"#,
    r#"{"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/ana"},"location":[{"location":{"reference":"Location/room"}}],"period":{"start":"2026-01-10","end":"2026-01-12"}}"#,
    r#"{"resourceType":"CodeSystem","id":"cs","status":"active","content":"complete","url":"urn:cs","concept":[
        {"code":"infection","concept":[{"code":"flu","concept":[{"code":"flu-a"}]},{"code":"cold"}]},
        {"code":"bird-flu","property":[{"code":"parent","valueCode":"flu"}]}]}"#,
    r#"{"resourceType":"ValueSet","id":"vs","status":"active","url":"urn:vs:flu","version":"2","compose":{
        "include":[{"system":"urn:cs","filter":[{"property":"concept","op":"is-a","value":"flu"}]}],
        "exclude":[{"system":"urn:cs","concept":[{"code":"bird-flu"}]}]}}"#,
    r#"{"resourceType":"ValueSet","id":"both","status":"active","url":"urn:vs:both","compose":{
        "include":[{"valueSet":["urn:vs:flu"]},{"system":"urn:cs","concept":[{"code":"cold"}]}]}}"#,
    r#"{"resourceType":"ValueSet","id":"odd","status":"active","url":"urn:vs:odd","compose":{
        "include":[{"system":"urn:cs","filter":[{"property":"color","op":"=","value":"red"}]}]}}"#,
    r#"{"resourceType":"Condition","id":"c-a","code":{"coding":[{"system":"urn:cs","code":"flu-a","display":"Influenza A"}]},"subject":{"reference":"Patient/ana"},"note":[{"text":"Fiebre con escalofríos"}]}"#,
    r#"{"resourceType":"Condition","id":"c-b","code":{"coding":[{"system":"urn:cs","code":"bird-flu","display":"Bird influenza"}]},"subject":{"reference":"Patient/ana"}}"#,
    r#"{"resourceType":"Condition","id":"c-c","code":{"coding":[{"system":"urn:cs","code":"cold","display":"Common cold"}]},"subject":{"reference":"Patient/cy"}}"#,
    r#"{"resourceType":"Condition","id":"c-i","code":{"coding":[{"system":"urn:cs","code":"infection"}]},"subject":{"reference":"Patient/ana"}}"#,
    r#"{"resourceType":"List","id":"l1","status":"current","mode":"working","entry":[{"item":{"reference":"Patient/ana"}},{"item":{"reference":"Condition/c-a"}}]}"#,
    r#"{"resourceType":"List","id":"l2","meta":{"security":[{"system":"urn:label","code":"part2"}]},"status":"current","mode":"working","entry":[{"item":{"reference":"Condition/c-b"}}]}"#,
    r#"{"resourceType":"StructureMap","id":"m","url":"http://a.org/fhir/StructureMap/m","name":"M","status":"active","group":[{"name":"g","typeMode":"none","input":[{"name":"i","mode":"source"}]}]}"#,
];

/// Type, query, ids in the order of writing.
const CASES: &[(&str, &str, &[&str])] = &[
    ("Location", "near=42.25|-83.69|1|km", &["site"]),
    ("Location", "near=42.25|-83.69|6|km", &["site", "wing"]),
    ("Location", "near=42.25|-83.69|4|[mi_i]", &["site", "wing"]),
    ("Location", "near=42.25|-83.69", &["site", "wing"]),
    ("Location", "near=42.25|-83.69|20000|km&name=far", &["far"]),
    ("Location", "near:missing=true", &["room", "loop"]),
    ("Location", "partof:below=Location/site", &["wing", "room"]),
    ("Location", "partof:below=wing", &["room"]),
    ("Location", "partof:above=Location/wing", &["wing", "room"]),
    ("Location", "partof:below=loop", &["loop"]),
    ("Encounter", "location:below=Location/site", &["e1"]),
    ("Encounter", "location=Location/site", &[]),
    ("Encounter", "location:below=far", &[]),
    ("Patient", "organization:below=Organization/group", &["ana"]),
    ("Patient", "organization=group", &[]),
    ("Patient", "identifier:of-type=urn:kind|MR|100", &["ana"]),
    ("Patient", "identifier:of-type=urn:kind|SS|100", &[]),
    ("Patient", "identifier:of-type=urn:kind|SS|200,urn:kind|MR|9", &["ana"]),
    ("Condition", "code:below=urn:cs|flu", &["c-a", "c-b"]),
    ("Condition", "code:below=urn:cs|infection", &["c-a", "c-b", "c-c", "c-i"]),
    ("Condition", "code:above=urn:cs|flu-a", &["c-a", "c-i"]),
    ("Condition", "code:in=urn:vs:flu", &["c-a"]),
    ("Condition", "code:in=urn:vs:flu|2", &["c-a"]),
    ("Condition", "code:in=ValueSet/both", &["c-a", "c-c"]),
    ("Condition", "code:not-in=urn:vs:flu", &["c-b", "c-c", "c-i"]),
    ("Patient", "_text=espanol", &["ana"]),
    ("Patient", "_text=ESPAÑ", &["ana"]),
    ("Patient", "_text:exact=espan", &[]),
    ("Patient", "_text=prefers", &["ana", "cy"]),
    ("Patient", "_text=prefers drives", &["ana"]),
    ("Patient", "_text=div", &[]),
    ("Patient", "_content=munoz", &["ana"]),
    ("Patient", "_content=prefers,stone", &["ana", "cy"]),
    ("Condition", "_content=influenza", &["c-a", "c-b"]),
    ("Condition", "_content=bird influenza", &["c-b"]),
    ("Condition", "_content=escalofrios", &["c-a"]),
    ("Condition", "_content=nowhere", &[]),
    ("Patient", "_list=l1", &["ana"]),
    ("Condition", "_list=List/l1", &["c-a"]),
    ("Condition", "_list=l2", &["c-b"]),
    ("Condition", "_list=nobody", &[]),
    ("Condition", "subject._list=l1&code:below=urn:cs|flu", &["c-a", "c-b"]),
    ("Patient", "_filter=name eq \"munoz\" and birthdate lt 1970", &["ana"]),
    ("Patient", "_filter=name eq mun", &[]),
    ("Patient", "_filter=name sw mun or family ew one", &["ana", "cy"]),
    ("Patient", "_filter=name co uño and not (birthdate pr false)", &["ana"]),
    ("Patient", "_filter=birthdate pr false", &["cy"]),
    ("Patient", "_filter=identifier eq urn:a|100", &["ana"]),
    ("Patient", "_filter=organization.name eq clinic", &["ana"]),
    ("Patient", "_filter=organization re Organization/clinic", &["ana"]),
    ("Patient", "_filter=_id ne ana", &["cy"]),
    ("Condition", "_filter=code ss urn:cs|flu", &["c-a", "c-b"]),
    ("Condition", "_filter=code sb urn:cs|flu-a", &["c-a", "c-i"]),
    ("Condition", "_filter=code in urn:vs:flu or code eq cold", &["c-a", "c-c"]),
    ("Condition", "_filter=code ni urn:vs:both and subject.name eq munoz", &["c-b", "c-i"]),
    ("Encounter", "_filter=date po 2026-01-11", &["e1"]),
    ("Encounter", "_filter=date po 2026-02", &[]),
    ("StructureMap", "url:below=http://a.org/fhir", &["m"]),
    ("StructureMap", "url:below=http://a.org/fhi", &[]),
    ("StructureMap", "url:above=http://a.org/fhir/StructureMap/m|2", &["m"]),
];

fn ids(store: &Store, scope: &Scope, type_: &str, query: &str) -> Vec<String> {
    let query = Query::parse(ResourceType::find(type_).unwrap(), query).unwrap();
    assert_eq!(query.ignored, Vec::<String>::new());
    let page = store.read(|r| r.search(scope, &query)).unwrap_or_else(|e| panic!("{query:?}: {e}"));
    assert_eq!(page.total, Some(page.matches.len() as i64), "{query:?}");
    page.matches.into_iter().map(|m| m.id).collect()
}

#[test]
fn searches_beyond_plain_values_find_their_rows() {
    on_each(|db| {
        let store = db.open();
        put(&store, RESOURCES);
        for (type_, query, expected) in CASES {
            assert_eq!(ids(&store, &all(), type_, query), *expected, "{type_}?{query} on {}", db.url.shown());
        }
    });
}

#[test]
fn closed_rows_are_found_by_no_word_list_or_filter() {
    on_each(|db| {
        let store = db.open();
        put(&store, RESOURCES);
        let closed = Scope { hidden_labels: 1, now: NOW.micros(), ..all() };
        for (type_, query, expected) in [
            ("Patient", "_text=prefers", &["ana"][..]),
            ("Patient", "_content=stone", &[]),
            ("Patient", "_filter=name eq stone", &[]),
            ("Condition", "_list=l2", &[]),
            ("Condition", "_filter=subject.name eq stone", &[]),
        ] {
            assert_eq!(ids(&store, &closed, type_, query), expected, "{type_}?{query}");
        }
    });
}

#[test]
fn words_go_with_the_resource_that_said_them() {
    on_each(|db| {
        let store = db.open();
        put(&store, RESOURCES);
        put(
            &store,
            &[
                r#"{"resourceType":"Condition","id":"c-a","code":{"text":"Otitis"},"subject":{"reference":"Patient/ana"}}"#,
            ],
        );
        assert_eq!(ids(&store, &all(), "Condition", "_content=escalofrios"), Vec::<String>::new());
        assert_eq!(ids(&store, &all(), "Condition", "_content=otitis"), ["c-a"]);
    });
}

#[test]
fn what_cannot_be_told_is_refused_by_name() {
    on_each(|db| {
        let store = db.open();
        put(&store, RESOURCES);
        for (type_, bad) in [
            ("Location", "near=here"),
            ("Location", "near=1|2|3|kg"),
            ("Location", "near:exact=1|2"),
            ("Patient", "organization:of-type=a|b|c"),
            ("Patient", "identifier:of-type=100"),
            ("Patient", "birthdate:exact=1960"),
            ("Patient", "general-practitioner:nothing=x"),
            ("Patient", "link:below=ana"),
            ("Condition", "code:below=flu"),
            ("Condition", "code:below=urn:unknown|flu"),
            ("Condition", "code:in=urn:vs:odd"),
            ("Condition", "code:in=urn:vs:nowhere"),
            ("Condition", "_list=$current-problems"),
            ("Condition", "_list:not=l1"),
            ("Patient", "_text=."),
            ("Patient", "_text:contains=x"),
            ("Patient", "_filter=name is x"),
            ("Patient", "_filter=nothing eq x"),
            ("Patient", "_filter=name gt x"),
            ("Patient", "_filter=organization.nothing eq x"),
        ] {
            let query = Query::parse(ResourceType::find(type_).unwrap(), bad).unwrap();
            let error = store.read(|r| r.search(&all(), &query)).expect_err(bad);
            assert!(matches!(error, Error::Search { .. }), "{bad}: {error}");
        }
    });
}

/// Sets that name one another many times, and searches for very many words: read once, or refused.
#[test]
fn a_search_that_asks_for_too_much_is_refused() {
    on_each(|db| {
        let store = db.open();
        put(&store, RESOURCES);
        for n in 0..5 {
            let next = if n == 4 { "urn:vs:flu".to_owned() } else { format!("urn:vs:fan-{}", n + 1) };
            let include = vec![format!(r#"{{"valueSet":["{next}"]}}"#); 100].join(",");
            let set = format!(
                r#"{{"resourceType":"ValueSet","id":"fan-{n}","status":"active","url":"urn:vs:fan-{n}","compose":{{"include":[{include}]}}}}"#
            );
            put(&store, &[&set]);
        }
        assert_eq!(ids(&store, &all(), "Condition", "code:in=urn:vs:fan-0"), ["c-a"]);
        let words = |from: usize, to: usize| (from..to).map(|n| format!("w{n}x")).collect::<Vec<_>>().join(",");
        let again = format!("_content={}", vec!["influenza"; 100].join(","));
        assert_eq!(ids(&store, &all(), "Condition", &again), ["c-a", "c-b"]);
        let few = format!("_content={}&_content={}", words(0, 60), words(0, 60));
        assert!(ids(&store, &all(), "Condition", &few).is_empty());
        for bad in [
            format!("_content={}", words(0, 65)),
            format!("_content={}&code:text={}", words(0, 40), words(40, 80)),
            format!("code:below={}", vec!["urn:cs|flu"; 300].join(",")),
        ] {
            let query = Query::parse(ResourceType::of("Condition"), &bad).unwrap();
            let error = store.read(|r| r.search(&all(), &query)).expect_err(&bad);
            assert!(error.to_string().contains("too much at once"), "{error}");
        }
    });
}

/// What the CapabilityStatement lists is answered: no parameter of any type ends in "not supported".
#[test]
fn every_parameter_that_is_listed_works() {
    on_each(|db| {
        if !matches!(db.url, DbUrl::Memory) {
            return;
        }
        let store = db.open();
        put(&store, RESOURCES);
        let value = |kind: table::ParamKind| match kind {
            table::ParamKind::Number => "1",
            table::ParamKind::Date => "2026",
            table::ParamKind::Quantity => "1|urn:u|kg",
            table::ParamKind::Token => "urn:s|c",
            table::ParamKind::Special => "1|2",
            _ => "abc",
        };
        let mut count = 0;
        for type_ in ResourceType::all() {
            for param in table::params(type_).iter().filter(|param| is_understood(type_, param.code)) {
                let parts: Vec<&str> = param.components.iter().map(|kind| value(*kind)).collect();
                let text = if parts.is_empty() { value(param.kind).to_owned() } else { parts.join("$") };
                let text = if param.code == "_lastUpdated" { "2026".to_owned() } else { text };
                let query = Query::parse(type_, &format!("{}={text}", param.code)).unwrap();
                store
                    .read(|r| r.search(&all(), &query))
                    .unwrap_or_else(|e| panic!("{type_}?{}={text}: {e}", param.code));
                count += 1;
            }
        }
        assert!(count > 1_600, "{count}");
    });
}

/// Words are looked up by their beginning in the text index, never by scanning it.
#[test]
fn words_are_found_through_the_index() {
    on_each(|db| {
        if !matches!(db.url, DbUrl::File(_)) {
            return;
        }
        let store = db.open();
        put(&store, RESOURCES);
        let plan = "explain query plan select x.rid from idx_text x where x.org = 1 and x.param = 5 and x.value >= 'a' and x.value < 'b'";
        let plan = store.read(|r| r.conn().query(plan, &[], |row| row.text(3))).unwrap().join("; ");
        assert!(plan.contains("PRIMARY KEY (org=? AND param=? AND value>? AND value<?)"), "{plan}");
    });
}
