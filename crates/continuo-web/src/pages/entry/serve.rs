//! Handlers of entering by hand: every kind through one pair of handlers, and registering a person.

use continuo_care::access::Permission;
use continuo_care::entry::{self, Values};
use continuo_care::people::PersonHeader;
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, staff};
use continuo_ui::field::{Choice, Field, Input};
use continuo_ui::form::FormView;

use super::form_page::{View, render};
use super::kinds::{self, Kind};
use super::registration;
use crate::app::App;
use crate::form::{Pairs, encode};
use crate::pages::account::own_path;
use crate::pages::identity::alike_hits;
use crate::pages::people::{register, search};
use crate::pages::{done, frame, person, when};
use crate::problem::{Problem, capital};
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

/// Routes of this area.
pub(crate) const ROUTES: &[Route] = &[
    Route::get("/patients/{id}/add/{kind}", Gate::May(Permission::PersonRead), ask),
    Route::post("/patients/{id}/add/{kind}", Gate::May(Permission::PersonRead), add),
    Route::get("/patients/new", Gate::May(Permission::PersonWrite), ask_person),
    Route::post("/patients/new", Gate::May(Permission::PersonWrite), add_person),
];

/// Errors by field name; an empty name belongs to the whole form.
pub(crate) type Errors = Vec<(String, String)>;

fn kind(ctx: &Ctx, request: &Request) -> Result<&'static Kind, Problem> {
    let kind = kinds::find(request.param("kind")).ok_or_else(Problem::not_found)?;
    ctx.require(kind.needs)?;
    Ok(kind)
}

fn ask(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    page(ctx, request, kind(ctx, request)?, &Pairs::default(), &Vec::new())
}

fn add(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (kind, form) = (kind(ctx, request)?, request.form()?);
    let (values, errors) = read(ctx, &(kind.fields)(), &form);
    let errors = with_missing(errors, kind.slug, &values);
    if !errors.is_empty() {
        return page(ctx, request, kind, &form, &errors);
    }
    match entry::add(ctx, request.param("id"), kind.slug, &values) {
        Ok(committed) => {
            let back = back(request, &form);
            let another = || format!("{}?back={}", request.path, encode(&back));
            let next = if form.get("then") == Some("another") { another() } else { back };
            Ok(done::see(&next, committed.commit.map(|commit| commit.0)))
        }
        Err(error) => page(ctx, request, kind, &form, &errors_of(error)?),
    }
}

/// Said where somebody comes from a task that they finished with "booked".
const BOOKED: &str = "You said that it is booked: enter when, so that it is seen if the visit does not take place.";

/// Where the form leads: the list it was opened from, else the chart.
fn back(request: &Request, form: &Pairs) -> String {
    match form.text("back").or_else(|| request.query.text("back")) {
        Some(path) => own_path(Some(path)).to_owned(),
        None => format!("/patients/{}", request.param("id")),
    }
}

fn page(ctx: &Ctx, request: &Request, kind: &Kind, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let (header, banner) = person::banner_of(ctx, request.param("id"))?;
    let mut fields = (kind.fields)();
    if kind.slug == "coordinator" {
        fields = coordinated(ctx, &header, fields)?;
    } else if let Some(owner) = fields.iter_mut().find(|field| field.name == "owner") {
        owner.input = Input::Select(owners(ctx)?);
    }
    if let Some(at) = fields.iter().position(|field| field.name == "referral") {
        let open = entry::open_referrals(ctx, &header.id)?;
        if open.is_empty() {
            fields.remove(at);
        } else if let Some(field) = fields.get_mut(at) {
            let choices = open.iter().map(|(reference, words)| Choice::new(reference, words));
            field.input = Input::Select([Choice::new("", "None")].into_iter().chain(choices).collect());
            request.query.text("referral").unwrap_or_default().clone_into(&mut field.value);
        }
    }
    let mut hidden = vec![("back".to_owned(), back(request, given))];
    // Taking a death back is offered only where one is recorded.
    if kind.slug == "death" && !header.deceased {
        fields.retain(|field| field.name != "answer");
        hidden.push(("answer".to_owned(), "died".to_owned()));
    }
    if kind.slug == "phone" && !header.phone.is_empty() {
        let hint = format!("On file: {}. The same number again changes what is known of it", header.phone);
        fields = fields.into_iter().map(|one| if one.name == "phone" { one.hint(&hint) } else { one }).collect();
    }
    let view = View {
        title: kind.title.to_owned(),
        lead: match request.query.get("booked") {
            Some(_) => BOOKED.to_owned(),
            None => kind.lead.to_owned(),
        },
        form: FormView {
            action: format!("/patients/{}/add/{}", header.id, kind.slug),
            fields: filled(ctx, fields, given, errors),
            submit: kind.submit.to_owned(),
            again: if kind.several { format!("{} and add another", kind.submit) } else { String::new() },
            about: format!("For {}", banner.who.named_and_born()),
            cancel: back(request, given),
            hidden,
            problems: general(errors),
        },
        banner: Some(banner),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status(errors)))
}

/// Who coordinates is one person; what stands now is filled in, so that saving changes only what was changed.
fn coordinated(ctx: &Ctx, header: &PersonHeader, fields: Vec<Field>) -> Result<Vec<Field>, Problem> {
    let mut people = vec![Choice::new("", "Nobody yet")];
    let staff = staff::owners(ctx)?;
    let staff = staff.iter().filter(|one| one.acts && one.reference.starts_with("Practitioner/"));
    people.extend(staff.map(|one| person::owner_choice(ctx, one)));
    let fill = |field: Field| match field.name.as_str() {
        "owner" => Field { input: Input::Select(people.clone()), ..field.value(&header.owner) },
        "programme" => field.value(&header.programme),
        _ => field.value(&header.tier),
    };
    Ok(fields.into_iter().map(fill).collect())
}

pub(crate) fn owners(ctx: &Ctx) -> Result<Vec<Choice>, Problem> {
    let mut choices = vec![Choice::new("", "Me")];
    choices.extend(staff::owners(ctx)?.iter().filter(|owner| owner.acts).map(|owner| person::owner_choice(ctx, owner)));
    Ok(choices)
}

/// The answers as the care crate takes them: dates and times in their plain form.
pub(crate) fn values(ctx: &Ctx, fields: &[Field], form: &Pairs) -> Result<Values, Errors> {
    let (values, errors) = read(ctx, fields, form);
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

/// What can be read of the answers, and what cannot.
fn read(ctx: &Ctx, fields: &[Field], form: &Pairs) -> (Values, Errors) {
    let mut errors = Errors::new();
    let mut pairs: Vec<(String, String)> = Vec::new();
    for field in fields {
        for value in form.all(&field.name).map(str::trim).filter(|value| !value.is_empty()) {
            let plain = match field.input {
                Input::Date => when::read_date(value, person::today(ctx)).map(|date| date.to_string()),
                Input::Time => {
                    when::read_time(value).map(|time| format!("{:02}:{:02}", time.hour(), time.minute().unwrap_or(0)))
                }
                _ => Some(value.to_owned()),
            };
            match plain {
                Some(plain) => pairs.push((field.name.clone(), plain)),
                None if matches!(field.input, Input::Time) => {
                    errors.push((field.name.clone(), "Enter the time as 9:20 am".to_owned()));
                }
                None => errors.push((field.name.clone(), "Enter the date as 8/20, 20 Aug or tomorrow".to_owned())),
            }
        }
    }
    (Values::new(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))), errors)
}

/// The errors, and what is asked for where nothing was answered.
fn with_missing(mut errors: Errors, kind: &str, values: &Values) -> Errors {
    for (field, ask) in entry::missing(kind, values) {
        if !errors.iter().any(|(known, _)| known == field) {
            errors.push((field.to_owned(), capital(ask).trim_end_matches('.').to_owned()));
        }
    }
    errors
}

/// What can be read of a form that is still being filled in; the rest is left out.
pub(crate) fn typed_values(ctx: &Ctx, form: &Pairs) -> Values {
    let fields = registration::fields();
    read(ctx, &fields, form).0
}

pub(crate) fn errors_of(error: WorkError) -> Result<Errors, Problem> {
    match error {
        WorkError::Field { field, text } => {
            Ok(vec![(field.to_owned(), capital(&text).trim_end_matches('.').to_owned())])
        }
        other => match Problem::from(other) {
            problem if [400, 409, 412, 422].contains(&problem.status) => Ok(vec![(String::new(), problem.sentence)]),
            problem => Err(problem),
        },
    }
}

pub(crate) fn filled(ctx: &Ctx, fields: Vec<Field>, given: &Pairs, errors: &Errors) -> Vec<Field> {
    let fill = |mut field: Field| {
        let all: Vec<&str> = given.all(&field.name).collect();
        if !all.is_empty() {
            field.value = all.join(" ");
            if let (Input::Date, Some(date)) = (&field.input, when::read_date(&field.value, person::today(ctx))) {
                field.echo = when::long(date);
            }
        }
        if let Some((_, error)) = errors.iter().find(|(name, _)| *name == field.name) {
            field.error.clone_from(error);
        }
        field
    };
    fields.into_iter().map(fill).collect()
}

pub(crate) fn general(errors: &Errors) -> Vec<String> {
    errors.iter().filter(|(name, _)| name.is_empty()).map(|(_, error)| error.clone()).collect()
}

fn status(errors: &Errors) -> u16 {
    if errors.is_empty() { 200 } else { 422 }
}

fn ask_person(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    person_page(ctx, request, &Pairs::default(), &Vec::new(), &[])
}

fn add_person(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let form = request.form()?;
    let (values, errors) = read(ctx, &registration::fields(), &form);
    let errors = with_missing(errors, "person", &values);
    if !errors.is_empty() {
        return person_page(ctx, request, &form, &errors, &[]);
    }
    // People who look the same are shown once; saving again registers all the same.
    if form.get("checked").is_none() {
        let alike = alike_hits(ctx, &values)?;
        if !alike.is_empty() {
            let sure = vec![(
                String::new(),
                "Somebody on file looks the same. Compare, then register if it is another person.".to_owned(),
            )];
            return person_page(ctx, request, &form, &sure, &alike);
        }
    }
    match entry::register(ctx, &values) {
        Ok(committed) => {
            Ok(done::see(&format!("/patients/{}", committed.value), committed.commit.map(|commit| commit.0)))
        }
        Err(error) => person_page(ctx, request, &form, &errors_of(error)?, &[]),
    }
}

fn person_page(
    ctx: &Ctx,
    request: &Request,
    given: &Pairs,
    errors: &Errors,
    alike: &[search::Hit],
) -> Result<Reply, Problem> {
    let hidden = if alike.is_empty() { Vec::new() } else { vec![("checked".to_owned(), "yes".to_owned())] };
    let view = register::View {
        form: FormView {
            action: "/patients/new".to_owned(),
            hidden,
            fields: filled(ctx, registration::fields(), given, errors),
            submit: if alike.is_empty() {
                "Register".to_owned()
            } else {
                "This is another person: register".to_owned()
            },
            cancel: "/patients".to_owned(),
            problems: general(errors),
            ..FormView::default()
        },
        alike: alike.to_vec(),
    };
    Ok(Reply::page(register::render(&frame::of(ctx, request)?, &view)).status(status(errors)))
}
