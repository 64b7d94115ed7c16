//! Samples of results, series and figures.

use crate::multiple::MultipleView;
use crate::result_line::{ResultView, SparkView};
use crate::stat::StatView;
use crate::tag::{TagView, Tone};
use crate::timeline::{EventView, LaneView, SpanView, TimelineView};

use super::s;

pub(in crate::gallery) fn spark(values: &[f64], band: (f64, f64), says: &str) -> SparkView {
    let points = values.iter().enumerate().map(|(i, value)| (i as f64 * 30.0, *value)).collect();
    SparkView { points, band: Some((Some(band.0), Some(band.1))), says: s(says) }
}

pub(in crate::gallery) fn results() -> Vec<ResultView> {
    let line = |name: &str,
                value: &str,
                unit: &str,
                reading: &str,
                arrow: Option<i8>,
                range: &str,
                age: &str,
                spark: SparkView| ResultView {
        name: s(name),
        href: s("/dev/gallery"),
        value: s(value),
        unit: s(unit),
        reading: s(reading),
        arrow,
        range: s(range),
        age: s(age),
        date: s("08/16/2026"),
        spark,
    };
    vec![
        line(
            "HbA1c",
            "7.9",
            "%",
            "above goal",
            Some(1),
            "her goal under 7.5",
            "8 months",
            spark(
                &[6.9, 7.1, 7.4, 7.9],
                (4.0, 7.5),
                "HbA1c over 12 months, 6.9 to 7.9 %, last 7.9, expected range shaded",
            ),
        ),
        line(
            "eGFR",
            "52",
            "mL/min",
            "low",
            Some(-1),
            "range 60 and above",
            "2 months",
            spark(&[66.0, 61.0, 58.0, 52.0], (60.0, 90.0), "eGFR over 12 months, 66 to 52, last 52"),
        ),
        line(
            "Potassium",
            "6.4",
            "mmol/L",
            "Critical high",
            Some(2),
            "range 3.5-5.1 (Quest)",
            "today",
            spark(&[4.1, 4.4, 4.2, 6.4], (3.5, 5.1), "Potassium over 12 months, 4.1 to 6.4 mmol/L, last 6.4"),
        ),
        line(
            "Sodium",
            "139",
            "mmol/L",
            "in range",
            Some(0),
            "range 135-145 (Quest)",
            "3 days",
            SparkView { points: Vec::new(), band: None, says: s("one value") },
        ),
    ]
}

pub(in crate::gallery) fn multiples() -> Vec<MultipleView> {
    let one = |title: &str, last: &str, spark: SparkView| MultipleView {
        title: s(title),
        last: s(last),
        spark,
        ends: (s("Aug 2025"), s("Aug 2026")),
    };
    vec![
        one(
            "Weight",
            "172.2 lb",
            spark(
                &[167.0, 167.4, 166.9, 167.5, 167.1, 172.2],
                (160.0, 168.0),
                "Weight over 12 months, 166.9 to 172.2 lb, last 172.2",
            ),
        ),
        one(
            "Systolic",
            "148 mmHg",
            spark(&[132.0, 138.0, 141.0, 148.0], (90.0, 140.0), "Systolic pressure, 132 to 148 mmHg, last 148"),
        ),
        one(
            "Potassium",
            "4.1 mmol/L",
            spark(&[4.1, 4.4, 4.2, 4.1], (3.5, 5.1), "Potassium, 4.1 to 4.4 mmol/L, last 4.1"),
        ),
    ]
}

pub(in crate::gallery) fn timeline() -> TimelineView {
    let span = |from: f64, to: Option<f64>, label: &str, when: &str| SpanView {
        from,
        to,
        label: s(label),
        when: s(when),
        href: s("/dev/gallery"),
    };
    let event = |at: f64, letter: char, label: &str, when: &str| EventView {
        at,
        letter,
        label: s(label),
        when: s(when),
        href: s("/dev/gallery"),
    };
    TimelineView {
        span: (0.0, 190.0),
        ticks: ["Mar", "Apr", "May", "Jun", "Jul", "Aug"]
            .iter()
            .enumerate()
            .map(|(i, word)| (f64::from(i as u32) * 31.0, s(word)))
            .collect(),
        today: 175.0,
        lanes: vec![
            LaneView::Spans(
                s("Stays"),
                vec![span(165.0, Some(170.0), "Mercy, heart failure", "08/12/2026 to 08/16/2026")],
            ),
            LaneView::Events(
                s("Visits"),
                vec![
                    event(20.0, 'v', "Visit, Dr. Patel", "03/20/2026"),
                    event(120.0, 'v', "Visit, Dr. Cho", "07/02/2026"),
                ],
            ),
            LaneView::Spans(
                s("Conditions"),
                vec![span(0.0, None, "Heart failure", "since 2021"), span(0.0, None, "Diabetes type 2", "since 2019")],
            ),
            LaneView::Spans(
                s("Medicines"),
                vec![
                    span(0.0, Some(170.0), "furosemide 40 mg", "until 08/16/2026"),
                    span(170.0, None, "furosemide 80 mg", "since 08/16/2026"),
                ],
            ),
            LaneView::Values(
                s("Weight, lb"),
                vec![(10.0, 167.0), (50.0, 167.4), (90.0, 166.9), (130.0, 167.5), (160.0, 167.1), (174.0, 172.2)],
                Some((Some(160.0), Some(168.0))),
                s("Weight 166.9 to 172.2 lb, last 172.2"),
            ),
            LaneView::Events(
                s("Contact"),
                vec![
                    event(30.0, 'm', "Message about refill", "04/01/2026"),
                    event(150.0, 'c', "Call, reached", "08/01/2026"),
                    event(172.0, 'x', "Call, no answer", "08/18/2026"),
                ],
            ),
        ],
        letters: vec![('v', s("visit")), ('c', s("call"))],
        says: s("March to August 2026: one stay for heart failure in August, two visits, weight up 5 lb since"),
    }
}

pub(in crate::gallery) fn stats() -> Vec<StatView> {
    vec![
        StatView {
            label: s("Called within 2 business days"),
            value: s("31 of 36"),
            target: s("target 95 %"),
            reading: Some(TagView::new(Tone::Caution, "Below target")),
            not_assessable: s("not assessable: 4"),
        },
        StatView {
            label: s("Referrals closed with a report"),
            value: s("41"),
            target: s("since 07/01/2026"),
            reading: None,
            not_assessable: String::new(),
        },
    ]
}
