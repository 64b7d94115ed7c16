//! Links a CSV file in the development set's form; the program's `identity link` is the same with manners.
use continuo_identity::{
    link::{Options, link},
    profile::Profile,
    record::{SourceAddress, SourceRecord},
};
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let t = Instant::now();
    let text = std::fs::read(&args[1]).unwrap();
    let mut rd = csv::Reader::from_reader(&text[..]);
    let h = rd.headers().unwrap().clone();
    let c = |n: &str| h.iter().position(|x| x == n).unwrap();
    let col = [
        "rec_id",
        "given",
        "middle",
        "family",
        "suffix",
        "sex",
        "birth_date",
        "ssn",
        "phone",
        "email",
        "street",
        "city",
        "zip",
    ]
    .map(c);
    let mut ids = vec![];
    let mut profiles = vec![];
    let mut row = csv::StringRecord::new();
    while rd.read_record(&mut row).unwrap() {
        let f = |i: usize| &row[col[i]];
        ids.push(f(0).to_owned());
        profiles.push(Profile::new(&SourceRecord {
            given: f(1),
            middle: f(2),
            family: f(3),
            suffix: f(4),
            sex: f(5),
            birth_date: f(6),
            ssn: f(7),
            phones: vec![f(8)],
            emails: vec![f(9)],
            addresses: vec![SourceAddress { line: f(10), city: f(11), zip: f(12) }],
            ..Default::default()
        }));
    }
    eprintln!("read {:?}", t.elapsed());
    let mut o = Options::default();
    let env = |n: &str, d: f32| std::env::var(n).ok().and_then(|x| x.parse().ok()).unwrap_or(d);
    o.rules.link = env("LINK", o.rules.link);
    o.rules.review = env("REVIEW", o.rules.review);
    o.rules.mean = env("MEAN", o.rules.mean);
    o.rules.margin = env("MARGIN", o.rules.margin);
    o.is_learning = env("LEARN", 1.0) > 0.0;
    let l = link(&profiles, o);
    eprintln!("linked {:?} {:?}", t.elapsed(), l.report);
    if std::env::var("SHOW").is_ok() {
        use continuo_identity::{compare::Field, model::defaults::Kind};
        for k in Kind::ALL {
            eprintln!("{} rate {}", k.label(), l.model.rate(k));
            for f in Field::ALL {
                eprintln!(
                    "  {f:?} {:?}",
                    (1..f.levels()).map(|x| (l.model.chance(k, f, x as u8) * 1e5).round() / 1e5).collect::<Vec<_>>()
                );
            }
        }
    }
    use std::io::Write;
    let mut w = std::io::BufWriter::new(std::fs::File::create(&args[2]).unwrap());
    writeln!(w, "rec_a,rec_b,score,decision,doubt").unwrap();
    for p in &l.pairs {
        writeln!(w, "{},{},{:.3},{},{:?}", ids[p.a as usize], ids[p.b as usize], p.score, p.outcome.label(), p.outcome)
            .unwrap();
    }
    let mut w = std::io::BufWriter::new(std::fs::File::create(&args[3]).unwrap());
    writeln!(w, "rec_id,cluster_id").unwrap();
    for (i, c) in l.cluster_of.iter().enumerate() {
        writeln!(w, "{},{}", ids[i], ids[*c as usize]).unwrap();
    }
    eprintln!("done {:?}", t.elapsed());
}
