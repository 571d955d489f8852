//! A new outcome: a playbook is chosen, what it needs is given, and its plan, cost and attention are
//! shown before anything starts.

mod agree;
pub(super) mod objective;
mod planned;
mod upload;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use consort_desk::begin::{Agreed, Cost, begin, modest_terms, plan as plan_first};
use consort_desk::inventory::Inventory;
use consort_desk::{DeskError, Given};
use consort_kernel::id::OutcomeId;
use consort_kernel::money::{Amount, Asset};
use consort_playbook::playbook::{Input, InputKind, Playbook};
use consort_playbook::shipped::{playbooks, shipped};
use consort_playbook::{InputValue, Inputs};
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::form::{SentFile, Sheet, Unread};
use super::shell::{self, Head, Place};
use crate::owner::owner;
use crate::part::Icon;
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

use planned::Planned;
use upload::Upload;
pub(super) use upload::named;

/// The most that is uploaded at once, in bytes.
const UPLOAD_BYTES_MAX: usize = 100 * 1024 * 1024;

/// The routes that take what is given.
pub(super) fn posted() -> Router<Arc<Web>> {
    Router::new()
        .route("/outcomes/new/{playbook}/plan", post(plan))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
        .route("/outcomes/new/{playbook}/start", post(start))
}

/// What was given in a form: texts, and files by the input that they are for.
struct Received {
    texts: BTreeMap<String, String>,
    files: BTreeMap<String, Vec<SentFile>>,
}

impl From<Sheet> for Received {
    fn from(sheet: Sheet) -> Self {
        let mut files: BTreeMap<String, Vec<SentFile>> = BTreeMap::new();
        for file in sheet.files {
            files.entry(file.field.clone()).or_default().push(file);
        }
        let texts = sheet.fields.into_iter().collect();
        Self { texts, files }
    }
}

/// Whether a playbook can be begun here. One that changes repositories needs the operator's
/// configuration, and is begun at the terminal.
pub(super) fn is_offered(playbook: &Playbook) -> bool {
    let mut inputs = playbook.inputs.iter();
    inputs.all(|input| input.kind != InputKind::Repository)
}

/// The playbooks to choose from.
fn offered() -> impl Iterator<Item = &'static Playbook> {
    let shipped = playbooks().iter().filter(|it| is_offered(it));
    std::iter::once(&*objective::FORM).chain(shipped)
}

fn found(name: &str) -> Result<(&'static str, &'static Playbook), Failure> {
    if name == objective::NAME {
        return Ok((objective::TEXT, &objective::FORM));
    }
    let text = shipped(name).ok_or(Failure::NotHere)?;
    let playbook = playbooks().iter().find(|it| it.name == name);
    let playbook = playbook.ok_or(Failure::NotHere)?;
    if !is_offered(playbook) {
        let why = "a change to a repository is begun at the terminal: 'consort run code-change'";
        return Err(Failure::Misused(why.to_owned()));
    }
    Ok((text, playbook))
}

/// Which playbook?
pub(crate) async fn choose(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        check_states(web, &visitor)?;
        let body = markup! {
            header.page-head { div {
                h1 { "New outcome" }
                p.muted { "Say what you want. You see the plan and its cost before anything is handed out." }
            } }
            ul.list data-keys {
                @for playbook in offered() {
                    li.row {
                        (Icon::Playbook.show())
                        p.row-title { a href={ "/outcomes/new/" (playbook.name) } { (playbook.title) } }
                        p.row-why { (playbook.description) }
                        p.row-end { span.muted { "version " (playbook.version) } }
                    }
                }
            }
        };
        let head = Head {
            title: "New outcome",
            place: Place::Outcomes,
            above: &[("Outcomes", "/outcomes")],
        };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}

/// What does it need?
pub(crate) async fn ask(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        check_states(web, &visitor)?;
        let (_, playbook) = found(&name)?;
        form(web, &visitor, playbook, &BTreeMap::new(), &[])
    })
    .await
}

/// Reads what was given, and shows the plan that comes of it.
async fn plan(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(name): Path<String>,
    unread: Unread,
) -> Result<Response, Failure> {
    let (name, visitor, (text, playbook)) = web
        .blocking(move |web| {
            let found = found(&name)?;
            check_states(web, &visitor)?;
            Ok((name, visitor, found))
        })
        .await?;
    let received = match unread.read(&web).await {
        Ok(sheet) => Received::from(sheet),
        Err(answer) => return Ok(answer),
    };
    web.blocking(move |web| {
        let mut problems = Vec::new();
        let (inputs, skipped) = read(web, playbook, &received, &mut problems)?;
        if !problems.is_empty() {
            return form(web, &visitor, playbook, &received.texts, &problems);
        }
        let text = if name == objective::NAME {
            match objective::stated(&inputs) {
                Ok(text) => text,
                Err(problems) => return form(web, &visitor, playbook, &received.texts, &problems),
            }
        } else {
            text.to_owned()
        };
        let given = Given::new(text, &name, inputs, skipped);
        match given.and_then(|given| given.expansion().map(|_| given)) {
            Ok(given) => agree::show(web, &visitor, playbook, &given),
            Err(DeskError::Problems { problems, .. }) => {
                let problems: Vec<(String, String)> = problems
                    .into_iter()
                    .map(|problem| (String::new(), problem))
                    .collect();
                form(web, &visitor, playbook, &received.texts, &problems)
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Whoever states an outcome has an organisation, or founds one.
fn check_states(web: &Web, visitor: &Visitor) -> Result<(), Failure> {
    let asking = visitor.asking();
    right::check(&web.engine, asking, Act::FoundOrganisation, About::Network)
}

/// What somebody agrees to.
#[derive(Deserialize)]
struct Started {
    plan: OutcomeId,
    /// The most that it may cost, in whole units.
    most: Option<u32>,
    /// Set where the plan is changed before anything starts.
    #[serde(default)]
    first: Option<String>,
}

/// Starts what was planned in this session. Sent twice, it is begun once: its identifier was given with
/// the plan.
async fn start(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(name): Path<String>,
    Form(started): Form<Started>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        found(&name)?;
        let engine = &web.engine;
        let id = started.plan;
        let planned = Planned {
            web,
            visitor: &visitor,
            playbook: &name,
            id,
        };
        let Some(kept) = planned.find()? else {
            let why = "this plan is not known here any more; give the documents again";
            return Err(Failure::Misused(why.to_owned()));
        };
        let given = Given::kept(engine, id, kept)?;
        let expansion = given.expansion()?;
        let funds = agreed(Cost::of(&expansion), started.most)?;
        let terms = modest_terms(&expansion, engine.now());
        let agreed = Agreed::on(&expansion, funds, terms);
        let owner = owner(web, visitor.asking())?;
        let playbook = given.keep(engine)?;
        if started.first.is_some() {
            plan_first(engine, id, owner, &given, playbook, agreed)?;
            return Ok(Redirect::to(&format!("/outcomes/{id}/plan")).into_response());
        }
        begin(engine, id, owner, &given, playbook, agreed)?;
        Ok(Redirect::to(&format!("/outcomes/{id}")).into_response())
    })
    .await
}

/// What an outcome is funded with: what it costs, or the most that is allowed where nobody can say that yet.
pub(super) fn agreed(cost: Cost, most: Option<u32>) -> Result<Amount, Failure> {
    let most = most.map_or(cost.once, |units| i64::from(units) * 100);
    if most < cost.once {
        let why = format!(
            "what it costs at the least is {}; allow that much",
            money(cost.once)
        );
        return Err(Failure::Misused(why));
    }
    Ok(Amount::from_minor(if cost.grows {
        most
    } else {
        cost.once
    }))
}

/// Asks for the most that an outcome may cost.
pub(super) fn most(cost: Cost) -> Markup {
    markup! {
        div.field {
            label for="most" { "How much may all of it cost at the most?" }
            p.hint #most-hint { "In whole units. What is left comes back at the end." }
            input.input #most name="most" inputmode="numeric" required value=(cost.once / 100 + 10) aria-describedby="most-hint";
        }
    }
}

type Skipped = Vec<(String, String)>;

/// The values of the inputs, with the files that were not read.
fn read(
    web: &Web,
    playbook: &Playbook,
    received: &Received,
    problems: &mut Vec<(String, String)>,
) -> Result<(Inputs, Skipped), Failure> {
    let mut inputs = Inputs::new();
    let mut skipped = Skipped::new();
    for input in &playbook.inputs {
        let name = &input.name.value;
        if let Some(files) = received.files.get(name) {
            let folder = Upload::keep(&web.engine, &web.uploads(), files)?;
            let taken = Inventory::take(&web.engine, folder.path(), input.class, |_, _| {
                Ok::<(), DeskError>(())
            })?;
            if taken.files.is_empty() {
                let reasons: Vec<String> = taken
                    .skipped
                    .iter()
                    .map(|(file, why)| format!("{file}: {why}"))
                    .collect();
                problems.push((
                    name.clone(),
                    format!("none of it could be read. {}", reasons.join("; ")),
                ));
                continue;
            }
            let (value, left) = taken.value(&web.engine, input)?;
            inputs.insert(name.clone(), value);
            skipped.extend(left);
            continue;
        }
        let text = received.texts.get(name).map_or("", |text| text.trim());
        if text.is_empty() {
            if input.required && input.default.is_none() {
                problems.push((name.clone(), "this is needed".to_owned()));
            }
            continue;
        }
        match InputValue::read(&input.kind, text) {
            Ok(value) => {
                inputs.insert(name.clone(), value);
            }
            Err(problem) => problems.push((name.clone(), problem)),
        }
    }
    Ok((inputs, skipped))
}

fn money(minor: i64) -> String {
    Asset::PRACTICE.show(Amount::from_minor(minor))
}

/// What the form asks for under this name.
fn asked<'a>(playbook: &'a Playbook, name: &'a str) -> &'a str {
    let mut inputs = playbook.inputs.iter();
    inputs
        .find(|input| input.name.value == name)
        .map_or(name, |input| input.prompt.as_str())
}

fn form(
    web: &Web,
    visitor: &Visitor,
    playbook: &Playbook,
    texts: &BTreeMap<String, String>,
    problems: &[(String, String)],
) -> Result<Response, Failure> {
    let body = markup! {
        header.page-head { div { h1 { (playbook.title) } p.muted { (playbook.description) } } }
        form.form method="post" enctype="multipart/form-data" action={ "/outcomes/new/" (playbook.name) "/plan" } {
            @if !problems.is_empty() {
                div.errors role="alert" tabindex="-1" aria-labelledby="err" {
                    h2 #err { (problems.len()) @if problems.len() == 1 { " thing is" } @else { " things are" } " not in order" }
                    ul { @for (name, problem) in problems { li { a href={ "#input-" (name) } { (asked(playbook, name)) ": " (problem) } } } }
                }
            }
            @for input in &playbook.inputs { (field(input, texts, problems)) }
            div.actions { button.button.primary { "See the plan" } }
        }
    };
    let head = Head {
        title: &playbook.title,
        place: Place::Outcomes,
        above: &[("Outcomes", "/outcomes"), ("New outcome", "/outcomes/new")],
    };
    shell::page(web, visitor, &head, &body)
}

/// What holds where nothing is given, as it is shown.
fn usual(input: &Input) -> String {
    match &input.default {
        Some(InputValue::Text(text)) => text.clone(),
        Some(InputValue::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn field(input: &Input, texts: &BTreeMap<String, String>, problems: &[(String, String)]) -> Markup {
    let name = &input.name.value;
    let id = format!("input-{name}");
    let hint = format!("hint-{name}");
    let text = texts.get(name).map_or("", String::as_str);
    let problem = problems.iter().find(|(it, _)| it == name);
    let is_needed = input.required && input.default.is_none();
    markup! {
        div.field {
            label for=(id) { (input.prompt) @if !is_needed { span.muted { " (may be left empty)" } } }
            @if !input.description.is_empty() { p.hint id=(hint) { (input.description) } }
            @if let Some((_, problem)) = problem { p.error { (Icon::Bad.show()) (problem) } }
            @match &input.kind {
                InputKind::Folder | InputKind::File | InputKind::Repository => {
                    div.drop {
                        @if input.kind == InputKind::Folder {
                            p { "Files" }
                            input type="file" id=(id) name=(name) multiple;
                            label for={ (id) "-folder" } { "or a whole folder, with what is in it" }
                            input type="file" id={ (id) "-folder" } name=(name) webkitdirectory;
                        } @else {
                            input type="file" id=(id) name=(name) required[is_needed];
                        }
                        @if input.description.is_empty() {
                            p.hint { "Text, Markdown, HTML, CSV, DOCX, XLSX, or PDF with a text layer. What cannot be read is named with its reason." }
                        }
                    }
                },
                InputKind::Text | InputKind::List => {
                    textarea.input id=(id) name=(name) required[is_needed] { (text) }
                    @if input.kind == InputKind::List { p.hint { "One on each line." } }
                },
                InputKind::Choice(choices) => {
                    @let usual = usual(input);
                    @let chosen = if text.is_empty() { usual.as_str() } else { text };
                    select.input id=(id) name=(name) {
                        @if !is_needed && usual.is_empty() { option value="" { "None of them" } }
                        @for choice in choices { option value=(choice) selected[choice == chosen] { (choice) } }
                    }
                },
                InputKind::Number => { input.input id=(id) name=(name) inputmode="numeric" value=(text) placeholder=(usual(input)); },
            }
        }
    }
}
