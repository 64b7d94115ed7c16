//! A second opinion on a message, learnt from messages written for this project (`knowledge/triage/messages.jsonl`).
//!
//! Wording alone misses what people say in ways nobody listed; a small linear model over words, pieces of words and the
//! signals that stand guesses better there. It may raise an urgency and may choose purpose and owner where no danger
//! stands. It never lowers what a named danger raised. Card: `knowledge/models/triage.md`.

use std::ops::Range;
use std::sync::LazyLock;

use super::Signals;
use super::context::Context;
use super::knowledge::KNOWLEDGE;
use super::labels::{Intent, RedFlag, Route, Urgency};
use crate::linear::{Features, Linear, Rarity};
use crate::pattern::Hit;
use crate::token::{Kind, Tokens};

const URGENCIES: usize = Urgency::ALL.len();
const ROUTES: usize = Route::ALL.len();
const INTENTS: usize = Intent::ALL.len();
const FLAGS: usize = RedFlag::ALL.len();
/// Buckets of features: fewer make unlike words share a weight, which cross-validation showed (`check-triage`).
const BUCKETS: usize = 1 << 15;
/// Buckets for naming dangers: fewer, so that the file stays small.
const FEW: usize = 1 << 12;
/// How much each group of features may say: what the rules know was mended on these messages and is trusted less.
const LENGTHS: [f32; 4] = [2.0, 2.0, 1.0, 1.0];
/// Further purposes are told from this chance on.
const ALSO_FROM: f32 = 0.3;
/// Passes over the training messages.
const ROUNDS: usize = 25;
/// Words read of one message; what follows in a longer text is read by the rules.
const WORDS: usize = 400;
/// Tokens of the parts in which a longer message is read once more.
const PART: usize = 14;
/// Kinds of words that stand this near say something together.
const NEAR: usize = 12;
/// Words, pieces of words, signals, kinds of words: each feature with its damped count.
type Groups = [Vec<(usize, f32)>; 4];

/// The model: one linear classifier for each question, over features weighed by how rare they are.
pub struct Model {
    rarity: Rarity<BUCKETS>,
    urgency: Linear<URGENCIES, BUCKETS>,
    route: Linear<ROUTES, BUCKETS>,
    intent: Linear<INTENTS, BUCKETS>,
    flag: Linear<FLAGS, FEW>,
}

/// What the model thinks of one message.
#[derive(Clone, Debug)]
pub(super) struct Opinion {
    /// The chance of each urgency, most urgent first.
    pub(super) urgency: [f32; URGENCIES],
    /// The chance of an emergency in the most alarming part, where there is more than one.
    pub(super) loudest: f32,
    /// The likeliest owner and its chance.
    pub(super) route: (Route, f32),
    /// The likely purposes, the likeliest first; never empty.
    pub(super) intents: Vec<Intent>,
    /// The likeliest danger, were there one, and its chance.
    pub(super) flag: (RedFlag, f32),
}

/// One message with its labels, to learn from.
pub struct Example<'a> {
    /// What was written.
    pub text: &'a str,
    /// How soon.
    pub urgency: Urgency,
    /// Who.
    pub route: Route,
    /// What for.
    pub intents: Vec<Intent>,
    /// The dangers that stand.
    pub red_flags: Vec<RedFlag>,
    /// The writing round it came from: cross-validation holds out whole rounds.
    pub round: i64,
}

static SHIPPED: LazyLock<Model> =
    LazyLock::new(|| Model::from_bytes(include_bytes!("../../../../knowledge/models/triage.bin")));

impl Model {
    /// The model in the program.
    pub(super) fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a model from its file.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let answers = bytes.get(BUCKETS..).unwrap_or(&[]);
        let rest = answers.get(<Linear<URGENCIES, BUCKETS>>::BYTES..).unwrap_or(&[]);
        let further = rest.get(<Linear<ROUTES, BUCKETS>>::BYTES..).unwrap_or(&[]);
        Self {
            rarity: Rarity::from_bytes(bytes),
            urgency: Linear::from_bytes(answers),
            route: Linear::from_bytes(rest),
            intent: Linear::from_bytes(further),
            flag: Linear::from_bytes(further.get(<Linear<INTENTS, BUCKETS>>::BYTES..).unwrap_or(&[])),
        }
    }

    /// The form that is kept in a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        [
            self.rarity.to_bytes(),
            self.urgency.to_bytes(),
            self.route.to_bytes(),
            self.intent.to_bytes(),
            self.flag.to_bytes(),
        ]
        .concat()
    }

    pub(super) fn opinion(&self, tokens: &Tokens, signals: &Signals) -> Opinion {
        let context = Context::new(tokens);
        let weighed = |part: Range<usize>| self.rarity.weigh_by(&features(tokens, &context, part, signals), &LENGTHS);
        let all = weighed(0..tokens.len().min(WORDS));
        let alarm = |part| self.urgency.chances(&weighed(part))[Urgency::Emergency as usize];
        Opinion {
            urgency: self.urgency.chances(&all),
            loudest: parts(tokens).into_iter().map(alarm).fold(0.0, f32::max),
            route: best(&self.route.chances(&all), Route::ALL),
            intents: likely(&self.intent.chances(&all)),
            flag: best(&self.flag.chances(&fold(&all)), RedFlag::ALL),
        }
    }
}

/// Sentences, short ones with those that follow, each read once more by itself: an alarm between two office matters is
/// drowned in the whole. A message of one part was read already.
fn parts(tokens: &Tokens) -> Vec<Range<usize>> {
    let sentences = tokens.sentences();
    let mut out = Vec::new();
    for (i, (from, to)) in sentences.iter().enumerate() {
        if *from >= WORDS {
            break;
        }
        let mut ends = sentences.iter().skip(i).map(|(_, to)| *to);
        let end = ends.find(|to| to - from >= PART).or(sentences.last().map(|(_, to)| *to)).unwrap_or(*to);
        out.push(*from..end.min(WORDS));
    }
    if out.len() < 2 {
        out.clear();
    }
    out
}

/// The same features in fewer buckets.
fn fold(features: &[(usize, f32)]) -> Vec<(usize, f32)> {
    features.iter().map(|(bucket, value)| (bucket % FEW, *value)).collect()
}

fn best<T: Copy>(chances: &[f32], labels: &[T]) -> (T, f32) {
    let top = (0..chances.len()).max_by(|a, b| chances[*a].total_cmp(&chances[*b])).unwrap_or(0);
    (labels[top], chances[top])
}

/// The likeliest purpose and what is likely beside it.
fn likely(chances: &[f32; INTENTS]) -> Vec<Intent> {
    let (first, _) = best(chances, Intent::ALL);
    let mut rest: Vec<(Intent, f32)> =
        Intent::ALL.iter().copied().zip(*chances).filter(|(i, c)| *i != first && *c >= ALSO_FROM).collect();
    rest.sort_by(|a, b| b.1.total_cmp(&a.1));
    std::iter::once(first).chain(rest.into_iter().map(|(i, _)| i)).collect()
}

/// Words, pairs of words, pieces of three to five letters, the signals that stand, and which kinds of words meet: groups
/// of equal weight.
fn features(tokens: &Tokens, context: &Context<'_>, part: Range<usize>, signals: &Signals) -> Groups {
    let mut words = <Features<BUCKETS>>::default();
    let mut pieces = <Features<BUCKETS>>::default();
    let mut standing = <Features<BUCKETS>>::default();
    let mut kinds = <Features<BUCKETS>>::default();
    let mut recent: Vec<(usize, &str)> = Vec::new();
    let mut last = "^";
    let standing_here = signals.names_within(part.start, part.end);
    for i in part {
        let word = match tokens.kind(i) {
            Kind::Word => tokens.norm(i),
            Kind::Number => size(tokens.norm(i)),
            _ => continue,
        };
        // what is denied, past or imagined is another word than what is there
        let elsewhere = signals.other.iter().any(|(from, to)| (*from..*to).contains(&i));
        if elsewhere || !context.counts(Hit { from: i, to: i + 1, tag: 0 }, false) {
            words.add(&["not", word]);
            last = "not";
            continue;
        }
        words.add(&["w", word]);
        words.add(&["2", last, word]);
        last = word;
        recent.retain(|(at, _)| i - at <= NEAR);
        for kind in KNOWLEDGE.kinds(tokens.norm(i)) {
            kinds.add(&["k", kind]);
            for (_, other) in &recent {
                kinds.add(&["kk", (*kind).min(*other), (*kind).max(*other)]);
            }
            recent.push((i, *kind));
        }
        let padded: Vec<char> = std::iter::once('_').chain(word.chars().take(24)).chain(std::iter::once('_')).collect();
        for length in 3..=5 {
            for piece in padded.windows(length) {
                pieces.add(&["c", &piece.iter().collect::<String>()]);
            }
        }
    }
    for signal in standing_here {
        standing.add(&["s", signal]);
    }
    [words.counted(), pieces.counted(), standing.counted(), kinds.counted()]
}
/// A number by its size: what it measures stands in the words beside it.
fn size(number: &str) -> &'static str {
    match number.parse::<f64>().unwrap_or(0.0) {
        v if v < 10.0 => "#1",
        v if v < 36.0 => "#2",
        v if v < 90.0 => "#3",
        v if v < 100.4 => "#4",
        v if v < 107.0 => "#5",
        v if v < 180.0 => "#6",
        _ => "#7",
    }
}

/// Trains on messages; the same messages in the same order give the same bytes.
pub fn train(examples: &[Example<'_>]) -> Model {
    let rows = read_all(examples);
    train_rows(&rows.iter().collect::<Vec<_>>())
}

type Row<'a> = (Groups, &'a Example<'a>);

fn read_all<'a>(examples: &'a [Example<'a>]) -> Vec<Row<'a>> {
    examples
        .iter()
        .map(|e| {
            let (tokens, signals) = super::read(e.text);
            (features(&tokens, &Context::new(&tokens), 0..tokens.len().min(WORDS), &signals), e)
        })
        .collect()
}

fn train_rows(rows: &[&Row<'_>]) -> Model {
    let rarity = <Rarity<BUCKETS>>::learn(rows.iter().map(|(groups, _)| &groups[..]));
    let weighed: Vec<Vec<(usize, f32)>> = rows.iter().map(|(groups, _)| rarity.weigh_by(groups, &LENGTHS)).collect();
    let data = |label: &dyn Fn(&Example<'_>) -> usize| -> Vec<(Vec<(usize, f32)>, usize)> {
        weighed.iter().zip(rows).map(|(features, (_, e))| (features.clone(), label(e))).collect()
    };
    let purposes: Vec<(Vec<(usize, f32)>, usize)> = weighed
        .iter()
        .zip(rows)
        .flat_map(|(features, (_, e))| e.intents.iter().map(|i| (features.clone(), *i as usize)))
        .collect();
    let dangers: Vec<(Vec<(usize, f32)>, usize)> = weighed
        .iter()
        .zip(rows)
        .flat_map(|(features, (_, e))| e.red_flags.iter().map(|f| (fold(features), *f as usize)))
        .collect();
    Model {
        flag: Linear::train_balanced(&dangers, ROUNDS),
        urgency: Linear::train_balanced(&data(&|e| e.urgency as usize), ROUNDS),
        route: Linear::train_balanced(&data(&|e| e.route as usize), ROUNDS),
        intent: Linear::train_balanced(&purposes, ROUNDS),
        rarity,
    }
}

/// Predicts each writing round by a model of the others: what triage as a whole says of each message, in order.
pub fn cross_validate(examples: &[Example<'_>]) -> Vec<super::Triage> {
    let rows = read_all(examples);
    let mut rounds: Vec<i64> = examples.iter().map(|e| e.round).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let models: Vec<(i64, Model)> = rounds
        .into_iter()
        .map(|round| (round, train_rows(&rows.iter().filter(|(_, e)| e.round != round).collect::<Vec<_>>())))
        .collect();
    examples
        .iter()
        .filter_map(|e| {
            let (_, model) = models.iter().find(|(round, _)| *round == e.round)?;
            Some(super::triage_with(e.text, model))
        })
        .collect()
}
