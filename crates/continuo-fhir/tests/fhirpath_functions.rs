//! Every function, operator and variable of FHIRPath as R4 uses it (<http://hl7.org/fhirpath/N1>,
//! <https://hl7.org/fhir/R4/fhirpath.html>): what each gives on plain input, on nothing, and on what it does not take.

use continuo_fhir::date::DateTime;
use continuo_fhir::fhirpath::{Context, Expression, Item, Value};
use continuo_fhir::{Json, Node, pack, root};

const PATIENT: &str = r##"{"resourceType":"Patient","id":"p","active":true,"birthDate":"1974-12-25","multipleBirthInteger":2,
    "_birthDate":{"extension":[{"url":"urn:time","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
    "contained":[{"resourceType":"Organization","id":"o","name":"Clinic"}],"managingOrganization":{"reference":"#o"},
    "name":[{"use":"official","given":["Peter","James"],"family":"Chalmers"},{"use":"usual","given":["Jim"]},
        {"given":["Peter","James"],"family":"Windsor","period":{"end":"2002"}}],
    "telecom":[{"system":"phone","value":"555","rank":1},{"system":"email","value":"a@b","rank":2}],
    "maritalStatus":{"coding":[{"system":"http://hl7.org/fhir/administrative-gender","code":"male"}]},
    "extension":[{"url":"urn:weight","valueQuantity":{"value":80.5,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}]}"##;

/// What holds.
const TRUE: &[&str] = &[
    // Existence.
    "name.exists() and name.exists(use = 'usual') and photo.exists().not()",
    "photo.empty() and {}.empty() and name.empty().not()",
    "name.all(given.exists()) and photo.all(false)",
    "(true | false).allTrue().not() and {}.allTrue() and true.allTrue()",
    "(true | false).anyTrue() and {}.anyTrue().not()",
    "(false).allFalse() and {}.allFalse() and (true | false).anyFalse()",
    "name.given.subsetOf(name.given | 'x') and (1 | 2).subsetOf(1).not() and {}.subsetOf({})",
    "(1 | 2 | 3).supersetOf(1 | 2) and (1).supersetOf(1 | 2).not()",
    "name.count() = 3 and photo.count() = 0",
    "name.given.count() = 5 and name.given.distinct().count() = 3",
    "name.given.isDistinct().not() and (1 | 2).isDistinct() and {}.isDistinct()",
    // Filtering and projection.
    "name.where(use = 'official').family = 'Chalmers' and name.where({}).empty()",
    "name.select(given.first()).count() = 3 and name.select(given | family).count() = 7",
    "name.select($index) = (0 | 1 | 2)",
    "Patient.descendants().ofType(Quantity).value = 80.5",
    "extension.value.ofType(Quantity).exists() and extension.value.ofType(string).empty()",
    "repeat(contained | name).count() = 5",
    // Subsetting.
    "name[0].use = 'official' and name[7].empty()",
    "name.first().use = 'official' and name.last().family = 'Windsor' and photo.first().empty()",
    "name.tail().count() = 2 and name.skip(1).count() = 2 and name.skip(9).empty() and name.skip(-1).count() = 3",
    "name.take(2).count() = 2 and name.take(0).empty() and name.take(-1).empty() and name.take(9).count() = 3",
    "name.take(1).single().use = 'official' and photo.single().empty()",
    "(1 | 2 | 3).intersect(2 | 3 | 4) = (2 | 3) and (1 | 2).exclude(2) = 1",
    // Combining.
    "(1 | 1 | 2).count() = 2 and (1).combine(1).count() = 2 and name.given.union(name.family).count() = 5",
    // Conversion.
    "iif(true, 'a', 'b') = 'a' and iif({}, 'a', 'b') = 'b' and iif(false, 'a').empty() and iif(true, 1, 1 / 0) = 1",
    "'true'.toBoolean() and 'Y'.toBoolean() and 1.toBoolean() and '0'.toBoolean().not() and 'maybe'.toBoolean().empty()",
    "'1.0'.toBoolean() and 'x'.convertsToBoolean().not() and 2.convertsToBoolean().not()",
    "'12'.toInteger() = 12 and 'x'.toInteger().empty() and true.toInteger() = 1 and '1.5'.toInteger().empty()",
    "'+5'.toInteger() = 5 and '-5'.convertsToInteger() and '5.0'.convertsToInteger().not()",
    "'1.50'.toDecimal() = 1.5 and 2.toDecimal() = 2.0 and true.toDecimal() = 1.0 and 'x'.toDecimal().empty()",
    "'2020-05'.toDate() = @2020-05 and 'x'.toDate().empty() and @2020-05-01T10:00:00Z.toDate() = @2020-05-01",
    "'2020-05-01T10:00:00Z'.toDateTime() = @2020-05-01T10:00:00Z and '2020-05'.convertsToDateTime()",
    "'10:30'.toTime() = @T10:30 and '25:00'.toTime().empty() and '10:30:00.5'.convertsToTime()",
    "'5.4 \\'mg\\''.toQuantity() = 5.4 'mg' and '3 days'.toQuantity() = 3 days and '7'.toQuantity() = 7 '1'",
    "1.toString() = '1' and 1.50.toString() = '1.50' and true.toString() = 'true' and @2020-05.toString() = '2020-05'",
    "(5.4 'mg').toString() = '5.4 \\'mg\\'' and 1.convertsToString() and name.first().toString().empty()",
    // Strings.
    "'abc'.indexOf('c') = 2 and 'abc'.indexOf('x') = -1 and 'abc'.indexOf('') = 0 and {}.indexOf('a').empty()",
    "'abcdef'.substring(1) = 'bcdef' and 'abcdef'.substring(1, 2) = 'bc' and 'abc'.substring(9).empty()",
    "'abc'.substring(1, 9) = 'bc' and 'abc'.substring(-1).empty()",
    "'abc'.startsWith('ab') and 'abc'.startsWith('') and 'abc'.startsWith('bc').not() and {}.startsWith('a').empty()",
    "'abc'.endsWith('bc') and 'abc'.endsWith('') and 'abc'.contains('b') and 'abc'.contains('x').not()",
    "'aBc'.upper() = 'ABC' and 'aBc'.lower() = 'abc' and {}.upper().empty()",
    "'abcabc'.replace('b', 'x') = 'axcaxc' and 'abc'.replace('', 'x') = 'xaxbxcx' and 'abc'.replace('b', '') = 'ac'",
    "'2020-01'.matches('^[0-9]{4}-[0-9]{2}$') and 'abc'.matches('b') and 'abc'.matchesFull('b').not()",
    "'1973'.replaceMatches('[0-9]', 'x') = 'xxxx' and 'ab'.replaceMatches('(a)(b)', '$2$1') = 'ba'",
    "'abc'.length() = 3 and ''.length() = 0 and 'ñ'.length() = 1 and {}.length().empty()",
    "'abc'.toChars() = ('a' | 'b' | 'c') and 'a,b'.split(',') = ('a' | 'b') and (('a' | 'b').join('-')) = 'a-b'",
    "' a '.trim() = 'a' and 'hi'.encode('base64') = 'aGk=' and 'aGk='.decode('base64') = 'hi' and 'hi'.encode('hex') = '6869'",
    "'<b>'.escape('html') = '&lt;b&gt;' and '&lt;'.unescape('html') = '<' and '\"'.escape('json') = '\\\\\"'",
    // Math.
    "(-5).abs() = 5 and 5.5.abs() = 5.5 and (-5 'mg').abs() = 5 'mg' and {}.abs().empty()",
    "1.1.ceiling() = 2 and (-1.1).ceiling() = -1 and 1.9.floor() = 1 and (-1.1).floor() = -2 and 1.9.truncate() = 1",
    "0.exp() = 1.0 and 1.ln() = 0.0 and 16.log(2) = 4.0 and 81.sqrt() = 9.0 and (-1).sqrt().empty()",
    "2.power(3) = 8 and 2.5.power(2) = 6.25 and (-1).power(0.5).empty() and 1.5.round() = 2 and 3.14159.round(3) = 3.142",
    // Tree and utilities.
    "name.children().count() = 10 and descendants().where($this is HumanName).count() = 3",
    "name.trace('names').count() = 3 and name.trace('given', given).count() = 3",
    "now() = now() and today() = @2026-08-18 and timeOfDay() = @T12:05:00 and now() is DateTime",
    "(1 | 2 | 3).aggregate($total + $this, 0) = 6 and (1 | 2 | 3).aggregate(iif($total.empty(), $this, iif($this > $total, $this, $total))) = 3",
    // Operators: equality, equivalence, order.
    "1 = 1.0 and (1 = 2).not() and ({} = 1).empty() and ((1 | 2) = (2 | 1)).not() and (1 | 2) != (1 | 3)",
    "'abc' ~ 'ABC' and 'a  b' ~ 'A b' and 1.10 ~ 1.1 and {} ~ {} and ({} ~ 1).not() and (1 | 2) ~ (2 | 1) and 1 !~ 2",
    "@2012 ~ @2012 and (@2012-01 ~ @2012).not() and (@2012-01 = @2012).empty()",
    "1 < 2 and 2 >= 2 and 'a' < 'b' and ({} < 1).empty() and @2020-01-01 < @2020-01-02 and @T10:00 <= @T10:00",
    "(@2020-01 < @2020-01-15).empty() and @2020-01 < @2020-02-15 and (@2020-01-01T10:00 > @2020-01-01T10:00:30).empty()",
    "@2020-01-01T10:00:00Z = @2020-01-01T12:00:00+02:00 and @2020-01-01T10:00:00Z < @2020-01-01T10:00:00-01:00",
    "@2020-01-01T10:00:00.0 = @2020-01-01T10:00:00 and @T10:00:00.500 > @T10:00:00",
    // Types.
    "1 is Integer and 1.0 is Decimal and 'a' is String and true is Boolean and @2020 is Date and @2020T is DateTime and @T10 is Time",
    "1 'mg' is Quantity and 1 is System.Integer and (1 is Decimal).not() and {}.is(Integer).empty()",
    "Patient.active is boolean and Patient.active is FHIR.boolean and (Patient.active is System.Boolean).not()",
    "Patient is DomainResource and name.first() is HumanName and name.first() is Element and birthDate is date",
    "(multipleBirth as integer) = 2 and multipleBirth.as(boolean).empty() and multipleBirth.is(integer)",
    "name.first().type().name = 'HumanName' and 1.type().namespace = 'System'",
    // Collections.
    "2 in (1 | 2) and ({} in (1 | 2)).empty() and (1 in {}).not() and (1 | 2) contains 2 and ({} contains 1).not()",
    // Logic with nothing.
    "({} and false) = false and ({} and true).empty() and ({} or true) and ({} or false).empty()",
    "(true xor false) and ({} xor true).empty() and (false implies {}) and ({} implies true) and ({} implies false).empty()",
    "true.not() = false and {}.not().empty()",
    // Arithmetic.
    "1 + 2 = 3 and 1 + 2.5 = 3.5 and 'a' + 'b' = 'ab' and ('a' + {}).empty() and 'a' & {} & 'b' = 'ab'",
    "5 - 2 = 3 and 2 * 2.5 = 5.0 and 1 / 2 = 0.5 and (1 / 0).empty() and 7 div 2 = 3 and -7 div 2 = -3 and 7 mod 2 = 1",
    "(5 div 0).empty() and (5 mod 0).empty() and 5.5 mod 2 = 1.5 and -5.5 div 2 = -2",
    // Dates and calendar durations.
    "@2020-01-31 + 1 month = @2020-02-29 and @2021-01-31 + 1 month = @2021-02-28 and @2020-02-29 + 1 year = @2021-02-28",
    "@2020-01-01 + 2 weeks = @2020-01-15 and @2020-03-01 - 1 day = @2020-02-29 and @2020 + 1 year = @2021",
    "@2020 + 24 months = @2022 and @2020-01 + 35 days = @2020-02 and @T23:00 + 2 hours = @T01:00",
    "@2020-12-31T23:59:59Z + 1 second = @2021-01-01T00:00:00Z and @2020-01-01T00:00:00.000Z + 1500 milliseconds = @2020-01-01T00:00:01.500Z",
    "@2020-01-01 + 1 'd' = @2020-01-02 and (@2020-01-01 + {}).empty()",
    // Quantities by UCUM.
    "1 'g' = 1000 'mg' and 1 'kg' > 999 'g' and 1 'm' ~ 100 'cm' and (1 'g' = 1 'm').empty() and 4 'g' + 4 'mg' = 4004 'mg'",
    "2 'cm' * 3 'cm' = 6 'cm2' and 6 'cm2' / 2 'cm' = 3 'cm' and 1 year = 1 years and 7 days = 1 week",
    "extension.value = 80500 'g' and extension.value > 80 'kg' and 36.5 'Cel' < 37 'Cel'",
    // Boundaries and precision.
    "1.587.lowBoundary(8) = 1.58650000 and 1.587.highBoundary(8) = 1.58750000 and @2014.lowBoundary(6) = @2014-01",
    "@2014.highBoundary(6) = @2014-12 and 1.58700.precision() = 5 and @2014.precision() = 4 and @T10:30.precision() = 4",
    // Variables.
    "%resource.id = 'p' and %context.id = 'p' and %rootResource.id = 'p' and %ucum = 'http://unitsofmeasure.org'",
    "%sct = 'http://snomed.info/sct' and %loinc = 'http://loinc.org' and %given = 'Peter' and %`given` = 'Peter'",
    "%`vs-administrative-gender` = 'http://hl7.org/fhir/ValueSet/administrative-gender'",
    "%`ext-patient-birthTime` = 'http://hl7.org/fhir/StructureDefinition/patient-birthTime'",
    // What R4 adds.
    "birthDate.extension('urn:time').value = @1974-12-25T14:35:45-05:00 and extension('urn:weight').exists()",
    "active.hasValue() and name.hasValue().not() and birthDate.getValue() = @1974-12-25",
    "managingOrganization.resolve().name = 'Clinic' and managingOrganization.resolve() is Organization",
    "conformsTo('http://hl7.org/fhir/StructureDefinition/Patient') and conformsTo('http://hl7.org/fhir/StructureDefinition/Group').not()",
    "'<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>'.htmlChecks()",
    "maritalStatus.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')",
    "maritalStatus.coding.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')",
    "'female'.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender') and 'x'.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender').not()",
    "name.checkModifiers('urn:x').count() = 3",
    // Names and comments.
    "`name`.`given`.count() = 5 and Patient.name.given.count() = 5 /* a comment */ // and another",
];

/// What is refused, as the specification asks.
const ERRORS: &[&str] = &[
    "name.single()",
    "name + 1",
    "1 + 'a'",
    "name.nothing(1)",
    "(1 | 2).toString()",
    "(1 | 2) and true",
    "1 < 'a'",
    "%nothing",
    "name.where()",
    "'a'.substring()",
    "conformsTo('http://example.org/unknown')",
    "name.memberOf('http://example.org/unknown')",
];

/// What is no FHIRPath.
const NOT_READ: &[&str] = &[
    "",
    "name.",
    "(1",
    "1 +",
    "'a",
    "name[",
    "$",
    "@20",
    "@T",
    "name where",
    "a..b",
    "{1}",
    "1 2",
    "/* a",
    "`a",
    "%",
    "'\\u12'",
];

fn run(node: Node<'_>, text: &str) -> Result<String, String> {
    let expression = Expression::parse(text).map_err(|error| error.to_string())?;
    let mut context = Context::of(node);
    context.now = DateTime::parse("2026-08-18T12:05:00Z");
    context.variables.insert("given".to_owned(), vec![Value::Text("Peter".into())]);
    let found = expression.evaluate(&context, vec![Value::Item(Item::resource(node))]).map_err(|e| e.to_string())?;
    Ok(format!("{found:?}"))
}

#[test]
fn each_function_gives_what_the_specification_says() {
    let packed = pack(&Json::parse(PATIENT.as_bytes()).expect("JSON"));
    let node = root(&packed).expect("just packed");
    let holds = |text: &str| run(node, text).as_deref() == Ok("[Boolean(true)]");
    let mut failures = Vec::new();
    for text in TRUE.iter().filter(|text| !holds(text)) {
        // Which part of a conjunction is not so.
        let parts: Vec<String> = text
            .split(" and ")
            .filter(|part| !holds(part))
            .map(|part| format!("{part}: {:?}", run(node, part)))
            .collect();
        failures.push(format!("{text}\n    {}", parts.join("\n    ")));
    }
    for text in ERRORS {
        if let Ok(found) = run(node, text) {
            failures.push(format!("{text} is not refused: {found}"));
        }
    }
    for text in NOT_READ {
        if Expression::parse(text).is_ok() {
            failures.push(format!("`{text}` is read"));
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}
