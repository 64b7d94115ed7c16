//! Handlers of entering by hand: every kind through one pair of handlers, and registering a person.

use continuo_care::access::Permission;
use continuo_care::entry::{self, Values};
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, staff};
use continuo_ui::field::{Field, Input};
use continuo_ui::form::FormView;

use super::form_page::{View, render};
use super::kinds::{self, Kind};
use super::registration;
use crate::app::App;
use crate::form::Pairs;
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
    let values = match values(ctx, &(kind.fields)(), &form) {
        Ok(values) => values,
        Err(errors) => return page(ctx, request, kind, &form, &errors),
    };
    match entry::add(ctx, request.param("id"), kind.slug, &values) {
        Ok(committed) => {
            let chart = format!("/patients/{}", request.param("id"));
            Ok(done::see(&chart, committed.commit.map(|commit| commit.0)))
        }
        Err(error) => page(ctx, request, kind, &form, &errors_of(error)?),
    }
}

fn page(ctx: &Ctx, request: &Request, kind: &Kind, given: &Pairs, errors: &Errors) -> Result<Reply, Problem> {
    let (header, banner) = person::banner_of(ctx, request.param("id"))?;
    let mut fields = (kind.fields)();
    if let Some(owner) = fields.iter_mut().find(|field| field.name == "owner") {
        owner.input = Input::Select(owners(ctx)?);
    }
    let view = View {
        title: kind.title.to_owned(),
        lead: kind.lead.to_owned(),
        form: FormView {
            action: format!("/patients/{}/add/{}", header.id, kind.slug),
            fields: filled(ctx, fields, given, errors),
            submit: kind.submit.to_owned(),
            about: format!("For {}", banner.who.named_and_born()),
            cancel: format!("/patients/{}", header.id),
            problems: general(errors),
            ..FormView::default()
        },
        banner: Some(banner),
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)).status(status(errors)))
}

pub(crate) fn owners(ctx: &Ctx) -> Result<Vec<continuo_ui::field::Choice>, Problem> {
    let mut choices = vec![continuo_ui::field::Choice::new("", "Me")];
    choices.extend(staff::owners(ctx)?.iter().filter(|owner| owner.acts).map(|owner| person::owner_choice(ctx, owner)));
    Ok(choices)
}

/// The answers as the care crate takes them: dates and times in their plain form.
pub(crate) fn values(ctx: &Ctx, fields: &[Field], form: &Pairs) -> Result<Values, Errors> {
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
    if errors.is_empty() {
        return Ok(Values::new(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
    }
    Err(errors)
}

/// What can be read of a form that is still being filled in; the rest is left out.
pub(crate) fn typed_values(ctx: &Ctx, form: &Pairs) -> Values {
    let fields = registration::fields();
    let read: Vec<Values> =
        fields.iter().filter_map(|field| values(ctx, std::slice::from_ref(field), form).ok()).collect();
    Values::merged(read)
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
    let values = match values(ctx, &registration::fields(), &form) {
        Ok(values) => values,
        Err(errors) => return person_page(ctx, request, &form, &errors, &[]),
    };
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
