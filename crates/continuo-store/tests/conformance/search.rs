//! Search: the same rows in the same order on both databases, and nothing outside the scope, not even in totals.

use crate::database::{NOW, ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::conn::Param;
use continuo_store::{DbUrl, Error, Query, Scope, Store};

pub(crate) const PEOPLE: &[&str] = &[
    r#"{"resourceType":"Organization","id":"clinic","name":"Riverside Clinic","identifier":[{"system":"urn:npi","value":"1"}]}"#,
    r#"{"resourceType":"Practitioner","id":"doc","name":[{"family":"Adeyemi"}]}"#,
    r#"{"resourceType":"Patient","id":"ana","active":true,"gender":"female","birthDate":"1960-02-11","name":[{"family":"García","given":["Ana","María"]}],
        "identifier":[{"system":"urn:mrn","value":"100"},{"system":"urn:ssn","value":"9"}],"telecom":[{"system":"phone","value":"555-1"}],
        "managingOrganization":{"reference":"Organization/clinic"},"generalPractitioner":[{"reference":"Practitioner/doc"}]}"#,
    r#"{"resourceType":"Patient","id":"bo","active":false,"gender":"male","birthDate":"1990-07","name":[{"family":"Garland","given":["Bo"]}],
        "identifier":[{"system":"urn:mrn","value":"200"}],"deceasedBoolean":true}"#,
    r#"{"resourceType":"Patient","id":"cy","meta":{"tag":[{"system":"urn:tag","code":"pilot"}],"security":[{"system":"urn:label","code":"part2"}]},"gender":"female","name":[{"family":"Stone"}]}"#,
];

pub(crate) const OBSERVATIONS: &[&str] = &[
    r#"{"resourceType":"Observation","id":"a1","status":"final","code":{"text":"Glycated haemoglobin","coding":[{"system":"urn:loinc","code":"4548-4","display":"Hemoglobin A1c"}]},
        "subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-01-10","valueQuantity":{"value":7.1,"system":"urn:ucum","code":"%","unit":"percent"},"encounter":{"reference":"Encounter/e1"}}"#,
    r#"{"resourceType":"Observation","id":"a2","status":"final","code":{"coding":[{"system":"urn:loinc","code":"4548-4"}]},
        "subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-07-10T09:00:00-04:00","valueQuantity":{"value":9.5,"system":"urn:ucum","code":"%"},"performer":[{"reference":"Practitioner/doc"}]}"#,
    r#"{"resourceType":"Observation","id":"w1","status":"amended","code":{"coding":[{"system":"urn:loinc","code":"29463-7"},{"system":"urn:local","code":"WT"}]},
        "subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-07-10","valueQuantity":{"value":80,"system":"urn:ucum","code":"kg"}}"#,
    r#"{"resourceType":"Observation","id":"bp","status":"final","code":{"coding":[{"system":"urn:loinc","code":"85354-9"}]},"subject":{"reference":"Patient/bo"},"effectivePeriod":{"start":"2026-03-01","end":"2026-03-03"},
        "component":[{"code":{"coding":[{"system":"urn:loinc","code":"8480-6"}]},"valueQuantity":{"value":150,"code":"mm[Hg]","system":"urn:ucum"}},
                     {"code":{"coding":[{"system":"urn:loinc","code":"8462-4"}]},"valueQuantity":{"value":90,"code":"mm[Hg]","system":"urn:ucum"}}]}"#,
    r#"{"resourceType":"Observation","id":"s1","meta":{"security":[{"system":"urn:label","code":"part2"}]},"status":"final","code":{"coding":[{"system":"urn:loinc","code":"4548-4"}]},
        "subject":{"reference":"Patient/cy"},"effectiveDateTime":"2026-02-02","valueQuantity":{"value":5,"system":"urn:ucum","code":"%"}}"#,
    r#"{"resourceType":"Observation","id":"g1","status":"final","code":{"text":"words only"},"subject":{"reference":"Group/g"}}"#,
    r#"{"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/ana"},"period":{"start":"2026-01-10T08:00:00Z","end":"2026-01-10T09:00:00Z"}}"#,
    r#"{"resourceType":"Condition","id":"dm","code":{"coding":[{"system":"urn:sct","code":"44054006"}]},"subject":{"reference":"Patient/ana"},"onsetDateTime":"2019","recordedDate":"2019-05-01"}"#,
    r#"{"resourceType":"ValueSet","id":"vs","status":"active","url":"urn:vs:a1c","compose":{"include":[{"system":"urn:loinc","concept":[{"code":"4548-4"},{"code":"none"}]}]}}"#,
    r#"{"resourceType":"RiskAssessment","id":"ra","status":"final","subject":{"reference":"Patient/ana"},"prediction":[{"probabilityDecimal":0.25}]}"#,
    r#"{"resourceType":"Task","id":"t1","status":"requested","intent":"order","for":{"reference":"Patient/ana"},"owner":{"identifier":{"system":"urn:staff","value":"7"}},"instantiatesCanonical":"urn:plan|2"}"#,
];

fn filled(store: &Store) {
    put(store, PEOPLE);
    put(store, OBSERVATIONS);
}

fn ids(store: &Store, scope: &Scope, type_: &str, query: &str) -> Vec<String> {
    let query = Query::parse(ResourceType::find(type_).unwrap(), query).unwrap();
    assert_eq!(query.ignored, Vec::<String>::new());
    let page = store.read(|r| r.search(scope, &query)).unwrap_or_else(|e| panic!("{query:?}: {e}"));
    assert_eq!(page.total, Some(page.matches.len() as i64), "{query:?}");
    page.matches.into_iter().map(|m| m.id).collect()
}

/// Type, query, ids expected in the order of writing.
const CASES: &[(&str, &str, &[&str])] = &[
    ("Patient", "", &["ana", "bo", "cy"]),
    ("Patient", "_id=bo,ana", &["ana", "bo"]),
    ("Patient", "name=garc", &["ana"]),
    ("Patient", "name=GAR", &["ana", "bo"]),
    ("Patient", "family=gar%C3%ADa", &[]),
    ("Patient", "family=garc%C3%ADa,stone", &["ana", "cy"]),
    ("Patient", "name:contains=ari", &["ana"]),
    ("Patient", "family:exact=Garc%C3%ADa", &["ana"]),
    ("Patient", "family:exact=Garcia", &[]),
    ("Patient", "phonetic=garsia", &["ana"]),
    ("Patient", "gender=female", &["ana", "cy"]),
    ("Patient", "gender:not=female", &["bo"]),
    ("Patient", "active=true", &["ana"]),
    ("Patient", "active:missing=true", &["cy"]),
    ("Patient", "deceased=true", &["bo"]),
    ("Patient", "birthdate=1960-02-11", &["ana"]),
    ("Patient", "birthdate=ge1980", &["bo"]),
    ("Patient", "birthdate=lt1980", &["ana"]),
    ("Patient", "birthdate:missing=true", &["cy"]),
    ("Patient", "identifier=urn:mrn|100", &["ana"]),
    ("Patient", "identifier=100", &["ana"]),
    ("Patient", "identifier=urn:mrn|", &["ana", "bo"]),
    ("Patient", "identifier=|100", &[]),
    ("Patient", "identifier=urn:mrn|100,urn:mrn|200&gender=male", &["bo"]),
    ("Patient", "phone=555-1", &["ana"]),
    ("Patient", "organization=clinic", &["ana"]),
    ("Patient", "organization=Organization/clinic", &["ana"]),
    ("Patient", "organization.name=river", &["ana"]),
    ("Patient", "organization.identifier=urn:npi|1", &["ana"]),
    ("Patient", "general-practitioner:Practitioner.family=adey", &["ana"]),
    ("Patient", "_tag=urn:tag|pilot", &["cy"]),
    ("Patient", "_has:Observation:patient:code=urn:loinc|4548-4", &["ana", "cy"]),
    ("Patient", "_has:Observation:patient:code=85354-9", &["bo"]),
    ("Patient", "_has:Encounter:subject:_has:Observation:encounter:status=final", &["ana"]),
    ("Patient", "_lastUpdated=ge2026-08-01", &["ana", "bo", "cy"]),
    ("Patient", "_lastUpdated=lt2026-08-01", &[]),
    ("Observation", "patient=ana", &["a1", "a2", "w1"]),
    ("Observation", "patient=Patient/ana&code=4548-4", &["a1", "a2"]),
    ("Observation", "subject=Patient/ana&code=urn:loinc|4548-4&date=ge2026-06", &["a2"]),
    ("Observation", "subject=Group/g", &["g1"]),
    ("Observation", "subject:Patient=bo", &["bp"]),
    ("Observation", "patient=ana,bo&code=4548-4,85354-9", &["a1", "a2", "bp"]),
    ("Observation", "patient=nobody", &[]),
    ("Observation", "code=WT", &["w1"]),
    ("Observation", "code=urn:local|", &["w1"]),
    ("Observation", "code=urn:loinc|nothing", &[]),
    ("Observation", "code:not=4548-4", &["w1", "bp", "g1"]),
    ("Observation", "code:text=haemoglobin", &["a1"]),
    ("Observation", "code:text=hemoglobin", &["a1", "a2", "s1"]),
    ("Observation", "code:text=words", &["g1"]),
    ("Observation", "code:in=urn:vs:a1c", &["a1", "a2", "s1"]),
    ("Observation", "code:missing=true", &[]),
    ("Observation", "date=2026-07-10", &["a2", "w1"]),
    ("Observation", "date=2026-03-02", &[]),
    ("Observation", "date=2026-03", &["bp"]),
    ("Observation", "date=gt2026-03-02&date=lt2026-06", &["bp"]),
    ("Observation", "date=sa2026-03-03", &["a2", "w1"]),
    ("Observation", "date=eb2026-02", &["a1"]),
    ("Observation", "date:missing=true", &["g1"]),
    ("Observation", "status=final&patient=ana", &["a1", "a2"]),
    ("Observation", "value-quantity=gt7", &["a1", "a2", "w1"]),
    ("Observation", "value-quantity=7.1|urn:ucum|%25", &["a1"]),
    ("Observation", "value-quantity=7|urn:ucum|%25", &["a1"]),
    ("Observation", "value-quantity=7.0|urn:ucum|%25", &[]),
    ("Observation", "value-quantity=ge9||%25", &["a2"]),
    ("Observation", "value-quantity=80|urn:ucum|lb", &[]),
    ("Observation", "code-value-quantity=4548-4$gt9", &["a2"]),
    ("Observation", "component-code-value-quantity=8480-6$gt140", &["bp"]),
    ("Observation", "component-code-value-quantity=8462-4$gt140", &[]),
    ("Observation", "combo-code=8480-6,29463-7", &["w1", "bp"]),
    ("Observation", "combo-code-value-quantity=8480-6$ge150,4548-4$lt6", &["bp", "s1"]),
    ("Observation", "encounter=e1", &["a1"]),
    ("Observation", "patient.name=garcia", &["a1", "a2", "w1"]),
    ("Observation", "patient.organization.name=river&code=4548-4", &["a1", "a2"]),
    ("Observation", "performer:missing=false", &["a2"]),
    ("Condition", "patient=ana&onset-date=2019", &["dm"]),
    ("Condition", "patient=ana&recorded-date=ge2019-05-01", &["dm"]),
    ("RiskAssessment", "probability=gt0.2", &["ra"]),
    ("RiskAssessment", "probability=0.25", &["ra"]),
    ("Task", "patient=ana", &["t1"]),
    ("Task", "owner:identifier=urn:staff|7", &["t1"]),
    ("ValueSet", "url=urn:vs:a1c", &["vs"]),
    ("ValueSet", "url:below=urn:vs", &["vs"]),
];

#[test]
fn every_kind_of_parameter_finds_its_rows() {
    on_each(|db| {
        let store = db.open();
        filled(&store);
        for (type_, query, expected) in CASES {
            assert_eq!(ids(&store, &all(), type_, query), *expected, "{type_}?{query} on {}", db.url.shown());
        }
    });
}

#[test]
fn closed_rows_are_in_no_list_total_chain_or_include() {
    on_each(|db| {
        let store = db.open();
        filled(&store);
        let closed = Scope { hidden_labels: 1, now: NOW.micros(), ..all() };
        for (type_, query, expected) in CASES {
            let seen: Vec<&str> = expected.iter().copied().filter(|id| !["cy", "s1"].contains(id)).collect();
            assert_eq!(ids(&store, &closed, type_, query), seen, "{type_}?{query}");
        }
        assert_eq!(ids(&store, &closed, "Observation", "patient.gender=female&code=4548-4"), ["a1", "a2"]);
        let query = Query::parse(ResourceType::of("Patient"), "_revinclude=Observation:patient").unwrap();
        let page = store.read(|r| r.search(&closed, &query)).unwrap();
        assert!(page.included.iter().all(|found| found.id != "s1"));
        assert_eq!(page.included.len(), 4);
    });
}

#[test]
fn an_updated_resource_is_found_by_what_it_says_now() {
    on_each(|db| {
        let store = db.open();
        filled(&store);
        put(&store, &[r#"{"resourceType":"Patient","id":"ana","gender":"other","name":[{"family":"Lopez"}]}"#]);
        put(
            &store,
            &[
                r#"{"resourceType":"Observation","id":"a1","status":"final","code":{"coding":[{"system":"urn:loinc","code":"new"}]},"subject":{"reference":"Patient/bo"}}"#,
            ],
        );
        assert_eq!(ids(&store, &all(), "Patient", "name=garc"), Vec::<String>::new());
        assert_eq!(ids(&store, &all(), "Patient", "identifier=100"), Vec::<String>::new());
        assert_eq!(ids(&store, &all(), "Patient", "family=lopez"), ["ana"]);
        assert_eq!(ids(&store, &all(), "Observation", "patient=ana&code=4548-4"), ["a2"]);
        assert_eq!(ids(&store, &all(), "Observation", "patient=bo"), ["a1", "bp"]);
        store
            .write(&context("delete"), |tx| {
                tx.delete(ResourceType::of("Observation"), "a1", continuo_store::Expect::Anything)
            })
            .unwrap();
        assert_eq!(ids(&store, &all(), "Observation", "patient=bo"), ["bp"]);
        assert_eq!(ids(&store, &all(), "Observation", "code=new"), Vec::<String>::new());
        let rows = |table: &str| {
            let sql = format!("select count(*) from {table} x join resource r on r.rid = x.rid where r.body is null");
            store.read(|r| r.conn().query_int(&sql, &[])).unwrap()
        };
        for table in
            ["idx_clinical", "idx_code", "idx_token", "idx_reference", "idx_date", "idx_number", "idx_text", "facts"]
        {
            assert_eq!(rows(table), 0, "{table} keeps rows of a deleted resource");
        }
    });
}

fn pages(store: &Store, type_: &str, query: &str, between: impl Fn(usize)) -> Vec<String> {
    let mut query = Query::parse(ResourceType::find(type_).unwrap(), query).unwrap();
    let mut out = Vec::new();
    for number in 0..50 {
        let page = store.read(|r| r.search(&all(), &query)).unwrap();
        assert!(page.matches.len() as i64 <= query.count);
        out.extend(page.matches.into_iter().map(|m| m.id));
        between(number);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return out,
        }
    }
    panic!("pages do not end");
}

#[test]
fn pages_are_in_order_and_stable_while_others_write() {
    on_each(|db| {
        let store = db.open();
        filled(&store);
        assert_eq!(pages(&store, "Patient", "_sort=-birthdate&_count=1", |_| ()), ["bo", "ana", "cy"]);
        assert_eq!(pages(&store, "Patient", "_sort=family&_count=2", |_| ()), ["ana", "bo", "cy"]);
        assert_eq!(pages(&store, "Patient", "_sort=-family&_count=2", |_| ()), ["cy", "bo", "ana"]);
        assert_eq!(pages(&store, "Patient", "_sort=gender,-_id&_count=1", |_| ()), ["cy", "ana", "bo"]);
        assert_eq!(pages(&store, "Observation", "patient=ana&_sort=-date&_count=1", |_| ()), ["a2", "w1", "a1"]);
        assert_eq!(
            pages(&store, "Observation", "_sort=value-quantity&_count=2&value-quantity:missing=false", |_| ()),
            ["s1", "a1", "a2", "w1"]
        );
        assert_eq!(
            pages(&store, "Observation", "_sort=code&_count=2&patient=ana,bo", |_| ()),
            ["w1", "a1", "a2", "bp"]
        );
        let added = pages(&store, "Patient", "_count=1", |number| {
            if number < 3 {
                put(&store, &[&format!(r#"{{"resourceType":"Patient","id":"n{number}"}}"#)]);
            }
            if number == 0 {
                put(&store, &[r#"{"resourceType":"Patient","id":"ana","active":false}"#]);
            }
        });
        assert_eq!(&added[..4], ["ana", "bo", "cy", "n0"]);
        assert_eq!(added.len(), added.iter().collect::<std::collections::BTreeSet<_>>().len());
    });
}

#[test]
fn includes_follow_references_both_ways() {
    on_each(|db| {
        let store = db.open();
        filled(&store);
        let included = |type_: &str, query: &str| -> Vec<String> {
            let query = Query::parse(ResourceType::find(type_).unwrap(), query).unwrap();
            let page = store.read(|r| r.search(&all(), &query)).unwrap();
            let mut ids: Vec<String> = page.included.into_iter().map(|m| m.id).collect();
            ids.sort();
            ids
        };
        assert_eq!(included("Observation", "_id=a1&_include=Observation:patient"), ["ana"]);
        assert_eq!(included("Observation", "_id=a1&_include=Observation:*"), ["ana", "e1"]);
        assert_eq!(included("Observation", "_id=a1&_include=*"), ["ana", "e1"]);
        assert_eq!(included("Observation", "_id=a1&_include=Observation:subject:Group"), Vec::<String>::new());
        assert_eq!(
            included("Observation", "_id=a1&_include=Observation:patient&_include:iterate=Patient:organization"),
            ["ana", "clinic"]
        );
        assert_eq!(included("Encounter", "_revinclude=Observation:encounter"), ["a1"]);
        assert_eq!(included("Patient", "_id=ana&_revinclude=Condition:subject"), ["dm"]);
    });
}

#[test]
fn conditions_and_mistakes() {
    on_each(|db| {
        let store = db.open();
        filled(&store);
        let matching = |type_: &str, condition: &str| {
            store.read(|r| r.matching_ids(&all(), ResourceType::find(type_).unwrap(), condition, 2))
        };
        assert_eq!(matching("Patient", "identifier=urn:mrn%7C100").unwrap(), ["ana"]);
        assert_eq!(matching("Patient", "gender=female").unwrap(), ["ana", "cy"]);
        assert!(matching("Patient", "nonsense=1").is_err());
        assert!(matching("Patient", "").is_err());
        for (type_, bad) in [
            ("Patient", "birthdate=yesterday"),
            ("Patient", "active:missing=maybe"),
            ("Patient", "organization:Nothing=1"),
            ("Patient", "gender:above=x"),
            ("Patient", "organization.nothing=1"),
            ("Patient", "_has:Observation:patient=1"),
            ("Observation", "value-quantity=heavy"),
            ("Observation", "patient=ana&_sort=nothing"),
            ("Observation", "_cursor=zzz"),
            ("Observation", "code-value-quantity=1"),
        ] {
            let query = Query::parse(ResourceType::find(type_).unwrap(), bad).unwrap();
            let error = store.read(|r| r.search(&all(), &query)).unwrap_err();
            assert!(matches!(error, Error::Search { .. }), "{bad}: {error}");
        }
    });
}

/// The lists asked most are answered from their index alone or through it: no scan of a table.
#[test]
fn the_plans_of_the_hot_searches_use_their_index() {
    on_each(|db| {
        if !matches!(db.url, DbUrl::File(_)) {
            return;
        }
        let store = db.open();
        filled(&store);
        let plan = |sql: &str| {
            store
                .read(|r| r.conn().query(&format!("explain query plan {sql}"), &[], |row| row.text(3)))
                .unwrap()
                .join("; ")
        };
        let count = plan(
            "select count(*) from idx_code x where x.org = 1 and x.type = 1 and x.code in (5) and x.labels & 1 = 0",
        );
        assert!(count.contains("SEARCH x USING PRIMARY KEY (org=? AND type=? AND code=?)"), "{count}");
        let page = plan(
            "select r.body from (select x.rid, x.date from idx_clinical x where x.org = 1 and x.type = 1 and x.patient in (3) and x.code in (5)) d
             cross join resource r on r.rid = d.rid where r.org = 1 and r.type = 1 and r.body is not null order by d.rid limit 20",
        );
        assert!(page.contains("SEARCH x USING PRIMARY KEY (org=? AND type=? AND patient=? AND code=?)"), "{page}");
        assert!(page.contains("SEARCH r USING INTEGER PRIMARY KEY"), "{page}");
        let people = plan(
            "select * from person_header h where h.org = 1 and h.patient in (2, 3) order by h.family, h.given, h.patient",
        );
        assert!(people.contains("PRIMARY KEY (org=? AND patient=?)"), "a scan by name: {people}");
        let owned = plan(
            "select * from work w where w.org = 1 and w.backlog = 0 and w.owner in ('a', 'b') order by w.due limit 9",
        );
        assert!(owned.contains("work_listed (org=? AND backlog=? AND owner=?)"), "a scan of all work: {owned}");
        let lines = plan(
            "select w.kind, w.id, w.patient, w.consequence, w.rank, w.due, w.until, w.sensitive, w.task_kind from work w \
             where w.org = 1 and w.backlog = 0 and w.owner in ('a', 'b') and w.labels & 1 = 0",
        );
        assert!(lines.contains("COVERING INDEX work_listed"), "work is read in full to put it in order: {lines}");
        let danger = "explain query plan select w.kind, w.id, w.patient, w.labels, w.owner, w.state, w.what from work w \
             cross join person_header h on h.org = w.org and h.patient = w.patient where w.org = ?1 and w.backlog = 0 \
             and w.consequence = 0 and h.owner = ?2 order by w.due, w.rank, w.kind, w.id limit ?3";
        let bound = [ORG.param(), Param::Text("a"), Param::Int(9)];
        let danger = store.read(|r| r.conn().query(danger, &bound, |row| row.text(3))).unwrap().join("; ");
        assert!(
            danger.contains("work_by_due (org=? AND backlog=? AND consequence=?)"),
            "all work for danger: {danger}"
        );
        let since = plan(
            "select r.id from resource r where r.body is not null and r.org = 1 and r.patient in (2, 3) and r.version > 0 \
             and r.updated > 9 order by r.updated desc limit 400",
        );
        assert!(since.contains("resource_of_patient (org=? AND patient=? AND updated>?)"), "all of a record: {since}");
        let last = plan(
            "select max(r.updated) from resource r where r.org = 1 and r.source = 4 and r.body is not null \
             and r.patient in (2, 3) and r.labels & 1 = 0",
        );
        assert!(last.contains("INDEX resource_of_patient (org=? AND patient=?)"), "all of a record: {last}");
        let named = plan("select reference, name from account where org = 1 and reference in ('a', 'b', 'c', 'd')");
        assert!(named.contains("account_by_reference (org=? AND reference=?)"), "all accounts for a few: {named}");
        let roles = plan("select distinct roles from account where org = 1 and active = 1 order by roles");
        assert!(roles.contains("COVERING INDEX account_in_use"), "all accounts for their roles: {roles}");
        let holders = plan("select reference from account where org = 1 and roles = 'nurse' order by reference");
        assert!(holders.contains("COVERING INDEX account_of_role (org=? AND roles=?)"), "all accounts: {holders}");
        let waiting =
            plan("select * from consent_opening where org = 1 and waits = 1 and ended = 0 order by id limit 9");
        assert!(waiting.contains("consent_opening_waiting"), "all consents for those that wait: {waiting}");
        let some: Vec<String> = (1..=128).map(|rid| rid.to_string()).collect();
        let some = some.join(", ");
        let facts = plan(&format!("select f.packed from facts f where f.org = 1 and f.rid in ({some}) order by f.rid"));
        assert!(facts.contains("INTEGER PRIMARY KEY"), "all facts read for those of a few: {facts}");
        let results = plan(&format!(
            "select * from measure_result m where m.org = 1 and m.until = 9 and m.patient in ({some}) \
             order by m.measure, m.period, m.grp, m.patient"
        ));
        assert!(results.contains("measure_result_of (org=? AND patient=? AND until=?)"), "all results read: {results}");
    });
}
