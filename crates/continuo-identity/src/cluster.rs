//! Clusters: pairs joined into people, with the whole cluster checked at every join.
//!
//! Pairs are taken from the surest down. Two clusters join only if no member of one contradicts a member of the other,
//! and if the other pairs between them do not speak against it: a chain of likenesses never makes one person of two.

/// A pair worth keeping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    pub a: u32,
    pub b: u32,
    pub bits: f32,
    pub standing: Standing,
}

/// What vetoes left of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing against it.
    Free,
    /// Too little to go by: not automatically.
    Held,
    /// The two contradict each other.
    Conflict,
    /// The records say that they are two people.
    Final,
}

/// How clusters are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    pub link: f32,
    pub review: f32,
    /// Mean weight, in bits, below which the pairs between two clusters speak against joining them.
    pub mean: f32,
    /// How much surer a link must be than a rival link to somebody who contradicts it.
    pub margin: f32,
}

impl Default for Rules {
    fn default() -> Self {
        Self { link: 5.0, review: 1.0, mean: 0.0, margin: 2.0 }
    }
}

/// People found, and the pairs that a person should look at.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// Cluster of each record: the number of its first record.
    pub cluster_of: Vec<u32>,
    /// Members by cluster, ascending; clusters of one are left out.
    pub members: Vec<Vec<u32>>,
    /// Joins made: the pair that made each.
    pub joins: Vec<Edge>,
    /// One pair for each two clusters that may be one person, best first.
    pub questions: Vec<Question>,
}

/// A pair that a person should look at, and why the machine did not decide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Question {
    pub pair: Edge,
    pub doubt: Doubt,
}

/// Why a pair was not joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The weight is not enough.
    Weight,
    /// A veto stands on the pair itself.
    Veto,
    /// Other records of the two people contradict each other.
    Contradiction,
    /// Other records of the two people speak against it on the whole.
    Mean,
    /// Somebody who contradicts is nearly as likely.
    Rival,
}

impl Doubt {
    pub fn label(self) -> &'static str {
        match self {
            Self::Weight => "not sure enough",
            Self::Veto => "held back by a veto",
            Self::Contradiction => "other records of the two contradict each other",
            Self::Mean => "other records of the two speak against it",
            Self::Rival => "somebody else is as likely",
        }
    }
}

/// Weight in bits from which nobody else can be meant: a number of the person's own agrees, and more.
const SURE: f32 = 16.0;
/// The most pairs between two clusters that are looked at.
const CHECK_LIMIT: usize = 400;

/// Joins records into people. `judge` compares any two records.
pub fn cluster(records: usize, edges: &[Edge], rules: Rules, judge: impl Fn(u32, u32) -> (f32, Standing)) -> Clusters {
    let mut order: Vec<&Edge> = edges.iter().filter(|edge| edge.bits >= rules.review).collect();
    order.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
    let neighbors = Neighbors::new(records, &order);
    let mut groups = Groups::new(records);
    let mut joins = Vec::new();
    let mut left: Vec<Question> = Vec::new();
    for edge in order {
        let (a, b) = (groups.find(edge.a), groups.find(edge.b));
        if a == b || edge.standing == Standing::Final {
            continue;
        }
        match doubt(edge, &mut groups, &neighbors, rules, &judge) {
            None => {
                groups.join(a, b);
                joins.push(*edge);
            }
            Some(doubt) => left.push(Question { pair: *edge, doubt }),
        }
    }
    let questions = questions(&mut groups, &left, &judge);
    let mut clusters = Clusters { joins, questions, ..Clusters::default() };
    clusters.cluster_of = (0..records as u32).map(|record| groups.find(record)).collect();
    let mut first = vec![u32::MAX; records];
    for (record, root) in (0u32..).zip(clusters.cluster_of.iter_mut()) {
        let slot = &mut first[*root as usize];
        *slot = (*slot).min(record);
        *root = *slot;
    }
    clusters.members = groups.members.into_iter().filter(|members| members.len() > 1).collect();
    for members in &mut clusters.members {
        members.sort_unstable();
    }
    clusters.members.sort_unstable();
    clusters
}

/// What keeps an edge from joining its two groups.
fn doubt(
    edge: &Edge,
    groups: &mut Groups,
    neighbors: &Neighbors,
    rules: Rules,
    judge: &impl Fn(u32, u32) -> (f32, Standing),
) -> Option<Doubt> {
    if edge.standing != Standing::Free {
        return Some(Doubt::Veto);
    }
    if edge.bits < rules.link {
        return Some(Doubt::Weight);
    }
    let (a, b) = (groups.find(edge.a), groups.find(edge.b));
    match between(groups, a, b, judge) {
        None => Some(Doubt::Contradiction),
        Some(mean) if mean < rules.mean => Some(Doubt::Mean),
        Some(_) if edge.bits < SURE && has_rival(edge, groups, neighbors, rules, judge) => Some(Doubt::Rival),
        Some(_) => None,
    }
}

/// One question for each two clusters, none where the clusters contradict each other outright.
fn questions(groups: &mut Groups, left: &[Question], judge: &impl Fn(u32, u32) -> (f32, Standing)) -> Vec<Question> {
    let mut asked = std::collections::BTreeSet::new();
    let mut questions = Vec::new();
    for question in left {
        let (a, b) = (groups.find(question.pair.a), groups.find(question.pair.b));
        if a == b || !asked.insert((a.min(b), a.max(b))) {
            continue;
        }
        let is_final = pairs(groups, a, b).any(|(x, y)| judge(x, y).1 == Standing::Final);
        if !is_final {
            questions.push(*question);
        }
    }
    questions
}

/// Mean weight between two clusters, each pair counted within bounds; `None` if any two contradict each other.
fn between(groups: &Groups, a: u32, b: u32, judge: &impl Fn(u32, u32) -> (f32, Standing)) -> Option<f32> {
    let mut sum = 0.0;
    let mut count = 0.0;
    for (x, y) in pairs(groups, a, b) {
        let (bits, standing) = judge(x, y);
        if standing >= Standing::Conflict {
            return None;
        }
        sum += bits.clamp(-15.0, 15.0);
        count += 1.0;
    }
    Some(if count > 0.0 { sum / count } else { 0.0 })
}

/// Whether either side is nearly as sure of somebody else who contradicts this side: then nobody can tell whose it is.
fn has_rival(
    edge: &Edge,
    groups: &mut Groups,
    neighbors: &Neighbors,
    rules: Rules,
    judge: &impl Fn(u32, u32) -> (f32, Standing),
) -> bool {
    let (a, b) = (groups.find(edge.a), groups.find(edge.b));
    for (own, other) in [(a, b), (b, a)] {
        let members: Vec<u32> = groups.members[own as usize].iter().copied().take(20).collect();
        for member in members {
            for (rival, bits) in neighbors.of(member) {
                if *bits < edge.bits - rules.margin {
                    break;
                }
                let rival_group = groups.find(*rival);
                if rival_group == own || rival_group == other {
                    continue;
                }
                let contradicts =
                    pairs(groups, rival_group, other).take(60).any(|(x, y)| judge(x, y).1 >= Standing::Conflict);
                let own_contradicts = contradicts
                    && pairs(groups, rival_group, own).take(60).any(|(x, y)| judge(x, y).1 >= Standing::Conflict);
                if contradicts && !own_contradicts {
                    return true;
                }
            }
        }
    }
    false
}

/// Pairs between two groups; a spread of them where there are too many.
fn pairs(groups: &Groups, a: u32, b: u32) -> impl Iterator<Item = (u32, u32)> {
    let (x, y) = (&groups.members[a as usize], &groups.members[b as usize]);
    let all = x.len() * y.len();
    let step = all.div_ceil(CHECK_LIMIT).max(1);
    // A step that shares no factor with the width visits every member in turn.
    let step = if step > 1 && y.len().is_multiple_of(step) { step + 1 } else { step };
    (0..all).step_by(step).filter_map(move |at| Some((*x.get(at / y.len())?, *y.get(at % y.len())?)))
}

/// Edges by record, best first.
struct Neighbors {
    starts: Vec<u32>,
    others: Vec<(u32, f32)>,
}

impl Neighbors {
    fn new(records: usize, order: &[&Edge]) -> Self {
        let usable = || order.iter().filter(|edge| edge.standing <= Standing::Held);
        let mut starts = vec![0u32; records + 1];
        for edge in usable() {
            starts[edge.a as usize + 1] += 1;
            starts[edge.b as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut others = vec![(0, 0.0); sum as usize];
        for edge in usable() {
            for (from, to) in [(edge.a, edge.b), (edge.b, edge.a)] {
                others[next[from as usize] as usize] = (to, edge.bits);
                next[from as usize] += 1;
            }
        }
        Self { starts, others }
    }

    fn of(&self, record: u32) -> &[(u32, f32)] {
        let at = record as usize;
        self.others.get(self.starts[at] as usize..self.starts[at + 1] as usize).unwrap_or_default()
    }
}

/// Disjoint groups with their members.
struct Groups {
    parent: Vec<u32>,
    members: Vec<Vec<u32>>,
}

impl Groups {
    fn new(records: usize) -> Self {
        Self {
            parent: (0..records as u32).collect(),
            members: (0..records as u32).map(|record| vec![record]).collect(),
        }
    }

    fn find(&mut self, record: u32) -> u32 {
        let mut at = record;
        while self.parent[at as usize] != at {
            let above = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = above;
            at = above;
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (large, small) =
            if self.members[a as usize].len() >= self.members[b as usize].len() { (a, b) } else { (b, a) };
        let moved = std::mem::take(&mut self.members[small as usize]);
        self.members[large as usize].extend(moved);
        self.parent[small as usize] = large;
    }
}
