//! Handlers of the care-gap pages.

use continuo_care::access::Permission;
use continuo_care::care_gaps::{self, PersonGap, RuleCounts, Whose};
use continuo_care::followup::finding::Evidence;
use continuo_care::gaps::{self, State};
use continuo_care::suggestions::REASONS;
use continuo_care::{Ctx, outreach, staff};
use continuo_ui::action::Action;
use continuo_ui::evidence::{EvidenceView, FactView};
use continuo_ui::field::Choice;
use continuo_ui::filter::{FilterBarView, FilterView};
use continuo_ui::states::PagesView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{DueView, TagView, Tone};

use super::{list, overview, person as one};
use crate::app::App;
use crate::form::encode;
use crate::pages::{done, frame, person, proof, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/care-gaps", Gate::May(Permission::WorkRead), all),
    Route::get("/care-gaps/{rule}", Gate::May(Permission::WorkRead), people),
    Route::post("/care-gaps/{rule}/take", Gate::May(Permission::SuggestionDecide), take),
    Route::get("/patients/{id}/care-gaps", Gate::May(Permission::WorkRead), of_person),
    Route::post("/patients/{id}/care-gaps/{rule}/take", Gate::May(Permission::SuggestionDecide), take_one),
    Route::post("/patients/{id}/care-gaps/{rule}/aside", Gate::May(Permission::SuggestionDecide), aside),
];

/// The headings in the order of the page; any other stands first, so that it is seen.
const GROUPS: [&str; 11] = [
    "Follow-up of results",
    "Heart and vessels",
    "Diabetes",
    "Cancer screening",
    "Medicines",
    "Older people",
    "Pregnancy",
    "Children",
    "Immunizations",
    "Prevention",
    "Mental health",
];
/// People on one page of a list.
const PAGE: i64 = 50;
/// The tabs of a list: name in the address, label, state, what became of it.
const TABS: [(&str, &str, State, i64); 7] = [
    ("late", "Overdue", State::Late, 0),
    ("due", "Due", State::Due, 0),
    ("upcoming", "Coming up", State::Upcoming, 0),
    ("work", "In work", State::Late, 1),
    ("decided", "Decided", State::Late, 2),
    ("unknown", "Not assessable", State::NotAssessable, 0),
    ("aside", "Set aside", State::SetAside, 0),
];

fn whose(request: &Request) -> Whose {
    let text = |name: &str| request.query.get(name).unwrap_or_default().to_owned();
    Whose { owner: text("owner"), programme: text("programme"), team: text("team"), practitioner: text("practitioner") }
}

/// The part of an address that keeps the filters.
fn kept(whose: &Whose) -> String {
    let pairs = [
        ("owner", &whose.owner),
        ("programme", &whose.programme),
        ("team", &whose.team),
        ("practitioner", &whose.practitioner),
    ];
    let kept = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    kept.map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

fn filters(ctx: &Ctx, action: &str, keep: Vec<(String, String)>, whose: &Whose) -> Result<FilterBarView, Problem> {
    let choices = care_gaps::choices(ctx)?;
    let owners = staff::owners(ctx)?;
    let names = |references: &[String]| -> Vec<Choice> {
        references.iter().map(|one| Choice::new(one, staff::name_of(&owners, one))).collect()
    };
    let filter = |name: &str, label: &str, everybody: &str, mut found: Vec<Choice>, chosen: &str| {
        found.insert(0, Choice::new("", everybody));
        FilterView { name: name.to_owned(), label: label.to_owned(), choices: found, chosen: chosen.to_owned() }
    };
    let plain = choices.programmes.iter().map(|one| Choice::new(one, one)).collect();
    Ok(FilterBarView {
        action: action.to_owned(),
        keep,
        filters: vec![
            filter("programme", "Program", "All programs", plain, &whose.programme),
            filter("team", "Team", "All teams", names(&choices.teams), &whose.team),
            filter(
                "practitioner",
                "Practitioner",
                "All practitioners",
                names(&choices.practitioners),
                &whose.practitioner,
            ),
            filter("owner", "Coordinator", "All coordinators", names(&choices.owners), &whose.owner),
        ],
        ..FilterBarView::default()
    })
}

fn all(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let whose = whose(request);
    let rules = care_gaps::overview(ctx, &whose)?;
    let query = kept(&whose);
    let mut groups: Vec<overview::Group> = Vec::new();
    for counts in &rules {
        let row = overview_row(counts, &query);
        match groups.iter_mut().find(|group| group.title == counts.spec.group) {
            Some(group) => group.rows.push(row),
            None => groups.push(overview::Group { title: counts.spec.group.clone(), rows: vec![row] }),
        }
    }
    groups.sort_by_key(|group| GROUPS.iter().position(|title| *title == group.title));
    for group in &mut groups {
        group.rows.sort_by_key(|row| std::cmp::Reverse((row.counts[0], row.counts[1])));
    }
    let view = overview::View { filters: filters(ctx, "/care-gaps", Vec::new(), &whose)?, groups };
    Ok(Reply::page(overview::render(&frame::of(ctx, request)?, &view)))
}

fn overview_row(counts: &RuleCounts, query: &str) -> overview::Row {
    let (done, of) = (counts.satisfied + counts.upcoming, counts.assessable());
    let number = |count: i64| count.max(0) as u64;
    overview::Row {
        title: counts.spec.rule.title.clone(),
        href: format!("/care-gaps/{}?{query}", counts.spec.rule.id),
        rule_href: format!("/rules/{}", counts.spec.rule.id),
        counts: [
            counts.late,
            counts.due,
            counts.upcoming,
            counts.in_work,
            counts.decided,
            counts.not_assessable,
            counts.set_aside,
        ]
        .map(number),
        done: if of == 0 { "cannot be said".to_owned() } else { format!("{done} of {of} ({} %)", done * 100 / of) },
    }
}

fn people(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    list_page(ctx, request, None)
}

fn list_page(ctx: &Ctx, request: &Request, notice: Option<(Tone, String)>) -> Result<Reply, Problem> {
    let rule = request.param("rule");
    let spec = gaps::spec(rule).ok_or_else(Problem::not_found)?;
    let whose = whose(request);
    let counts = care_gaps::overview(ctx, &whose)?.into_iter().find(|one| one.spec.rule.id == rule);
    let asked = request.query.get("state");
    // Without a wish: the first part that holds anybody, worst first.
    let wanted = |tab: &str| match asked {
        Some(asked) => asked == tab,
        None => counts.as_ref().is_some_and(|counts| count_of(counts, tab) > 0),
    };
    let (slug, _, state, handled) = TABS.into_iter().find(|tab| wanted(tab.0)).unwrap_or(TABS[0]);
    let page = request.query.get("page").and_then(|text| text.parse::<i64>().ok()).unwrap_or(1).clamp(1, 10_000);
    let kept = kept(&whose);
    let total = counts.as_ref().map_or(0, |counts| count_of(counts, slug));
    let mut rows = care_gaps::people(ctx, rule, state, handled, &whose, (page - 1) * PAGE, PAGE)?;
    if handled != 0 && page == 1 && rows.len() < PAGE as usize {
        // What is in work or decided is late or due; the late ones come first.
        rows.extend(care_gaps::people(ctx, rule, State::Due, handled, &whose, 0, PAGE - rows.len() as i64)?);
    }
    let owners = staff::owners(ctx)?;
    let may = ctx.grant.allows(Permission::SuggestionDecide) && state.is_open() && handled == 0;
    let all = request.query.get("all") == Some("1");
    let from = (page - 1) * PAGE;
    let at = |page: i64| format!("/care-gaps/{rule}?state={slug}&{kept}&page={page}");
    let view = list::View {
        title: spec.rule.title.clone(),
        says: spec.says(),
        rule_href: format!("/rules/{rule}"),
        tabs: TABS
            .iter()
            .map(|(name, label, ..)| TabView {
                count: Some(counts.as_ref().map_or(0, |counts| count_of(counts, name)).max(0) as u64),
                ..TabView::new(label, format!("/care-gaps/{rule}?state={name}&{kept}"), *name == slug)
            })
            .collect(),
        filters: filters(ctx, &format!("/care-gaps/{rule}"), vec![("state".to_owned(), slug.to_owned())], &whose)?,
        notice,
        action: spec.action.clone(),
        take: if may && !spec.rule.sensitive { format!("/care-gaps/{rule}/take") } else { String::new() },
        outreach: if may && outreach::send::can(spec) { format!("/care-gaps/{rule}/outreach") } else { String::new() },
        select_all: if all { at(page) } else { format!("{}&all=1", at(page)) },
        all,
        owners: std::iter::once(Choice::new("", "Whoever coordinates the person"))
            .chain(owners.iter().map(|owner| Choice::new(&owner.reference, &owner.label)))
            .collect(),
        closed: if spec.rule.sensitive {
            "This rule is about something private: it is counted here and shown on each person's own page only."
                .to_owned()
        } else {
            String::new()
        },
        rows: rows.iter().map(|row| list_row(ctx, row, &owners)).collect(),
        pages: (total > PAGE && !spec.rule.sensitive).then(|| PagesView {
            shown: format!("{}-{} of {total} people", from + 1, (from + rows.len() as i64).min(total)),
            previous: (page > 1).then(|| at(page - 1)),
            next: (from + PAGE < total).then(|| at(page + 1)),
        }),
    };
    Ok(Reply::page(list::render(&frame::of(ctx, request)?, &view)))
}

fn count_of(counts: &RuleCounts, tab: &str) -> i64 {
    match tab {
        "late" => counts.late,
        "due" => counts.due,
        "upcoming" => counts.upcoming,
        "work" => counts.in_work,
        "decided" => counts.decided,
        "unknown" => counts.not_assessable,
        _ => counts.set_aside,
    }
}

/// What was due at a birthday long ago is not "44 years late": it was never done.
fn due(ctx: &Ctx, at: continuo_fhir::Instant) -> DueView {
    const LONG: i64 = 2 * 365 * 24 * 3_600_000_000;
    let view = when::due(Some(at), ctx.now(), &ctx.zone);
    if at.plus_micros(LONG) < ctx.now() { DueView { word: "over 2 years late".to_owned(), ..view } } else { view }
}

fn list_row(ctx: &Ctx, row: &care_gaps::Row, owners: &[staff::Owner]) -> list::Row {
    let header = &row.person;
    list::Row {
        id: header.id.clone(),
        who: person::who(header, person::today(ctx)),
        due: row.due.map(|at| due(ctx, at)),
        why: if row.private { "Private item".to_owned() } else { row.why.clone() },
        // The column says that these are coordinators.
        owner: staff::name_of(owners, &header.owner).split(',').next().unwrap_or_default().to_owned(),
        reach: if header.unsafe_ { "Unsafe to contact".to_owned() } else { header.reach.clone() },
    }
}

fn take(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let rule = request.param("rule");
    let form = request.form()?;
    let picked: Vec<String> = form.all("pick").map(str::to_owned).collect();
    if picked.is_empty() {
        return nobody_chosen(ctx, request);
    }
    let taken = care_gaps::take_up(ctx, rule, &picked, form.text("owner").unwrap_or_default())?;
    let left = taken.value.unsafe_ + taken.value.gone;
    if left == 0 {
        return Ok(done::see(&format!("/care-gaps/{rule}"), taken.commit.map(|commit| commit.0)));
    }
    let text = format!(
        "{} tasks made. Left out: {} unsafe to contact or died, {} no longer open.",
        taken.value.tasks.len(),
        taken.value.unsafe_,
        taken.value.gone
    );
    list_page(ctx, request, Some((Tone::Caution, text)))
}

/// The list again, asking for a choice.
pub(super) fn nobody_chosen(ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    said(ctx, request, "Select at least one person.")
}

/// The list again, with what stands in the way.
pub(super) fn said(ctx: &Ctx, request: &Request, text: &str) -> Result<Reply, Problem> {
    list_page(ctx, request, Some((Tone::Caution, text.to_owned()))).map(|reply| reply.status(422))
}

fn of_person(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    person_page(ctx, request, "")
}

fn person_page(ctx: &Ctx, request: &Request, problem: &str) -> Result<Reply, Problem> {
    let (header, banner) = person::banner_of(ctx, request.param("id"))?;
    let found = care_gaps::of_person(ctx, &header.id)?;
    let may = ctx.grant.allows(Permission::SuggestionDecide);
    let mut groups: Vec<one::Group> = Vec::new();
    for title in ["To do", "In work or decided", "Coming up", "Cannot be assessed", "Set aside", "Done"] {
        let gaps: Vec<one::Gap> =
            found.iter().filter(|gap| group_of(gap) == title).map(|gap| gap_view(ctx, &header.id, gap, may)).collect();
        if !gaps.is_empty() {
            groups.push(one::Group { title: title.to_owned(), gaps });
        }
    }
    let view = one::View {
        banner,
        tabs: person::tabs(ctx, &header.id, "Care gaps"),
        problem: problem.to_owned(),
        groups,
        reasons: REASONS.iter().map(|(code, words)| Choice::new(*code, *words)).collect(),
    };
    let status = if problem.is_empty() { 200 } else { 422 };
    Ok(Reply::page(one::render(&frame::of(ctx, request)?, &view)).status(status))
}

fn group_of(gap: &PersonGap) -> &'static str {
    match gap.state {
        State::Late | State::Due if gap.handled == 0 => "To do",
        State::Late | State::Due => "In work or decided",
        State::Upcoming => "Coming up",
        State::NotAssessable => "Cannot be assessed",
        State::SetAside => "Set aside",
        State::Satisfied | State::NotApplicable => "Done",
    }
}

fn gap_view(ctx: &Ctx, patient: &str, gap: &PersonGap, may: bool) -> one::Gap {
    let rule = &gap.spec.rule;
    let open = may && gap.state.is_open() && gap.handled == 0;
    let path = format!("/patients/{patient}/care-gaps/{}", rule.id);
    let state = match (gap.state, gap.handled) {
        (State::Late | State::Due, 1) => TagView::new(Tone::Active, "In work"),
        (State::Late | State::Due, 2) => {
            let until = gap.until.map(|at| format!(" until {}", when::day(ctx.zone.day(at)))).unwrap_or_default();
            TagView::new(Tone::Waiting, format!("Decided, silent{until}"))
        }
        (State::Late, _) => TagView::new(Tone::Critical, "Overdue"),
        (State::Due, _) => TagView::new(Tone::Caution, "Due"),
        (State::Upcoming, _) => TagView::new(Tone::Waiting, "Coming up"),
        (State::NotAssessable, _) => TagView::new(Tone::Caution, "Cannot be assessed"),
        (State::SetAside, _) => TagView::new(Tone::Waiting, "Set aside"),
        (State::Satisfied | State::NotApplicable, _) => TagView::new(Tone::Done, "Done"),
    };
    one::Gap {
        id: rule.id.to_owned(),
        title: rule.title.clone(),
        state,
        says: gap.sentence.clone(),
        evidence: evidence(gap),
        actions: if open {
            vec![Action::post(gap.spec.action.clone(), format!("{path}/take")).about(rule.title.clone())]
        } else {
            Vec::new()
        },
        aside: if open { format!("{path}/aside") } else { String::new() },
    }
}

fn evidence(gap: &PersonGap) -> EvidenceView {
    let fact = |one: &Evidence| FactView {
        what: one.says.clone(),
        when: String::new(),
        href: proof::source_href(&one.reference),
    };
    EvidenceView {
        id: format!("why-{}", gap.spec.rule.id),
        rule: gap.spec.rule.title.clone(),
        rule_href: format!("/rules/{}", gap.spec.rule.id),
        says: gap.spec.says(),
        facts: gap.evidence.iter().map(fact).collect(),
        would_change: if gap.state.is_open() {
            vec!["A record of it from here or elsewhere closes the gap.".to_owned()]
        } else {
            Vec::new()
        },
        source: proof::citation(&gap.spec.rule.source),
        ..EvidenceView::default()
    }
}

fn take_one(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id");
    let taken = care_gaps::take_up(ctx, request.param("rule"), &[id.to_owned()], "")?;
    if taken.value.tasks.is_empty() {
        return person_page(ctx, request, "This gap is not open any more.");
    }
    Ok(done::see(&format!("/patients/{id}/care-gaps"), taken.commit.map(|commit| commit.0)))
}

fn aside(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let id = request.param("id");
    let form = request.form()?;
    let (reason, words) = (form.text("reason").unwrap_or_default(), form.text("words").unwrap_or_default());
    match care_gaps::set_aside(ctx, request.param("rule"), id, reason, words) {
        Ok(set) => Ok(done::see(&format!("/patients/{id}/care-gaps"), set.commit.map(|commit| commit.0))),
        Err(error) => match Problem::from(error) {
            problem if problem.status == 422 => person_page(ctx, request, &problem.sentence),
            problem => Err(problem),
        },
    }
}
