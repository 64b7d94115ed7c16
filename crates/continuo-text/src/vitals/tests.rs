//! What is read of measurements, as said and as written.

use super::{Vitals, plain_unit};
use crate::token::Tokens;

fn read(text: &str) -> Vec<String> {
    let tokens = Tokens::new(text);
    let vitals = Vitals::new(&tokens);
    let sentences = tokens.sentences();
    sentences
        .iter()
        .flat_map(|(from, to)| vitals.find(*from, *to))
        .map(|m| format!("{} {} {}", m.name, m.value, plain_unit(m.unit)))
        .collect()
}

#[test]
fn what_is_dictated_aloud_is_read_in_digits() {
    assert_eq!(
        read(
            "Blood pressure is one oh eight over sixty four, heart rate eighty eight, oxygen ninety four percent on room air, weight two hundred and eighteen pounds."
        ),
        ["blood pressure 108/64 mmHg", "heart rate 88 /min", "oxygen saturation 94 %", "weight 218 lb"]
    );
    assert_eq!(
        read("Temperature ninety-eight four, respirations eighteen."),
        ["temperature 98.4 F", "respiratory rate 18 /min"]
    );
}

#[test]
fn a_pulse_oximeter_reads_oxygen_and_a_pulse_the_heart() {
    assert_eq!(read("Pulse ox is 88 on room air."), ["oxygen saturation 88 %"]);
    assert_eq!(read("Pulse oximetry 91 percent, pulse 72."), ["oxygen saturation 91 %", "heart rate 72 /min"]);
    assert_eq!(read("O2 sat ninety four, heart rate 80."), ["oxygen saturation 94 %", "heart rate 80 /min"]);
    assert_eq!(read("Pulse is 88 and regular."), ["heart rate 88 /min"]);
}

#[test]
fn what_a_medicine_holds_is_no_pressure() {
    for text in [
        "Novolin 70/30 before breakfast.",
        "She uses Advair 250/50 twice a day.",
        "Humalog Mix 75/25 at supper.",
        "Insulin NPH 70/30, ten units.",
        "Take valsartan-HCT 160/25 mg daily.",
        "Ryzodeg 70/30 at night.",
    ] {
        assert_eq!(read(text), [""; 0], "{text}");
    }
    assert_eq!(read("She takes lisinopril and her BP is 150/90."), ["blood pressure 150/90 mmHg"]);
    assert_eq!(read("This morning it was 142/84."), ["blood pressure 142/84 mmHg"]);
    assert_eq!(read("Esta ma\u{f1}ana la presi\u{f3}n fue 142/84."), ["blood pressure 142/84 mmHg"]);
}

#[test]
fn a_limit_is_not_measured() {
    for text in [
        "For a fever of 100.4 or higher, go to the ER.",
        "Call us for a temperature of 101.",
        "If your pressure is 180 over 110, call me.",
        "Take Tylenol for a temp of 101 as needed.",
        "Hold it if the pulse is below 55.",
        "Call if your sugar is over 300.",
        "Your goal is a blood pressure of 130/80.",
        "Call for a pulse ox under 90 percent.",
        "Vaya a emergencias con fiebre de 39 o m\u{e1}s.",
        "Ll\u{e1}menos si la temperatura es 38.",
    ] {
        assert_eq!(read(text), [""; 0], "{text}");
    }
    assert_eq!(read("He came in for a fever of 103."), ["temperature 103 F"]);
    assert_eq!(read("I had a fever of 101 last night."), ["temperature 101 F"]);
    assert_eq!(read("Tuve fiebre de 39."), ["temperature 39 C"]);
}

#[test]
fn an_unborn_child_has_a_pulse_of_its_own() {
    assert_eq!(read("Fetal heart rate is 146."), [""; 0]);
    assert_eq!(read("The baby's heart rate is 150, your pulse is 80."), ["heart rate 80 /min"]);
}

#[test]
fn a_scale_of_pain_weighs_nobody() {
    for text in ["On the pain scale that's an 8.", "On a scale of one to ten it is a 60.", "Rate it on the scale, a 7."]
    {
        assert_eq!(read(text), [""; 0], "{text}");
    }
    assert_eq!(read("The scale said 182 pounds."), ["weight 182 lb"]);
}

#[test]
fn differences_dates_and_counts_are_no_measurements() {
    assert_eq!(read("Her weight is up five pounds. Seen 10/12/90. Check the sugar two times a day."), [""; 0]);
}
