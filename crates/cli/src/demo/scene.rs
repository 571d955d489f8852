//! What is going on when the visitor comes in: a decision in motion, and errands around it.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use consort_desk::Given;
use consort_desk::begin::{Agreed, Cost, Owner, begin, modest_terms};
use consort_desk::inventory::Inventory;
use consort_desk::question::hand_in;
use consort_engine::runner::{Drivers, Runner, Settings};
use consort_kernel::command::{Body, Principal};
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::task::{AiUse, Phase, TaskCommand};
use consort_playbook::playbook::Playbook;
use consort_playbook::shipped::shipped;
use consort_playbook::{InputValue, Inputs, parse};

use super::cast::Cast;
use super::{documents, errand, life};
use crate::place::Place;

const ASKING: &str = include_str!("branches.yaml");
const ERRAND: &str = include_str!("errand.yaml");
const QUESTION: &str = "Which supplier should we choose for the self-service terminals?";
const OPTIONS: [&str; 3] = ["Bramholt", "Corvane", "Tillery"];
const MUST_KNOW: [&str; 4] = [
    "notice period",
    "delivery time",
    "warranty",
    "accessibility certificate",
];
/// What the visitor's organisation has beside what its outcomes were given.
const SPARE: Amount = Amount::from_minor(50_000);
/// How often it is looked whether everybody was offered their errand.
const LOOKS: u32 = 200;
const GLANCE: std::time::Duration = std::time::Duration::from_millis(50);

/// What goes on while the visitor looks.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    /// The errands around the decision.
    pub(super) errand: OutcomeId,
    /// What is asked of the branches.
    pub(super) asking: OutcomeId,
}

/// Sets the scene.
pub(super) fn set(place: &Place, cast: &Cast, folder: &Path) -> Result<Scene> {
    let papers = folder.join("papers");
    documents::put(&papers).context("the documents of the demo cannot be written")?;
    let errands = given(place, ERRAND, &papers, |_| {})?;
    let errand = start(place, cast, &errands)?;
    play(place, cast, errand, &errands)?;
    let brief = shipped("brief").context("the brief ships")?;
    let list = |items: &[&str]| {
        let items = items.iter().map(|item| (*item).to_owned());
        InputValue::List(items.collect())
    };
    let given = given(place, brief, &papers, |inputs| {
        inputs.insert("question".to_owned(), InputValue::Text(QUESTION.to_owned()));
        inputs.insert("options".to_owned(), list(&OPTIONS));
        inputs.insert("must_know".to_owned(), list(&MUST_KNOW));
    })?;
    start(place, cast, &given)?;
    let mut inputs = Inputs::new();
    let branches = InputValue::List(life::branches());
    inputs.insert("branches".to_owned(), branches);
    let asking = Given::new(ASKING.to_owned(), "the demo's playbook", inputs, Vec::new())?;
    let asking = start(place, cast, &asking)?;
    // So that a visitor can have more done than is under way.
    let spare = OrganisationCommand::Deposit {
        amount: SPARE,
        asset: Asset::PRACTICE,
        reference: "practice money of the demo".to_owned(),
    };
    let visitor = Principal::Contributor(cast.visitor);
    let body = Body::Organisation(cast.organisation, spare);
    place.engine.execute(visitor, body)?;
    Ok(Scene { errand, asking })
}

/// A playbook's text with the papers as its folder, and whatever else is given.
fn given(
    place: &Place,
    text: &str,
    papers: &Path,
    more: impl FnOnce(&mut Inputs),
) -> Result<Given> {
    let playbook: Playbook = parse(text).map_err(|problems| anyhow!("{problems:?}"))?;
    let mut inputs = Inputs::new();
    let input = playbook.inputs.first().context("it has an input")?;
    let taken = Inventory::take(&place.engine, papers, input.class, |_, _| anyhow::Ok(()))?;
    let (value, skipped) = taken.value(&place.engine, input)?;
    inputs.insert(input.name.value.clone(), value);
    more(&mut inputs);
    Ok(Given::new(
        text.to_owned(),
        "the demo's playbook",
        inputs,
        skipped,
    )?)
}

fn start(place: &Place, cast: &Cast, given: &Given) -> Result<OutcomeId> {
    let engine = &place.engine;
    let id = OutcomeId::new(engine.now(), engine.random()?);
    let expansion = given.expansion()?;
    let funds = Amount::from_minor(Cost::of(&expansion).once);
    let agreed = Agreed::on(&expansion, funds, modest_terms(&expansion, engine.now()));
    let owner = Owner {
        person: cast.visitor,
        organisation: cast.organisation,
    };
    begin(engine, id, owner, given, given.keep(engine)?, agreed)?;
    Ok(id)
}

/// Tom hands in what is good; Priya hands in what no document says, and it goes back by itself.
fn play(place: &Place, cast: &Cast, outcome: OutcomeId, papers: &Given) -> Result<()> {
    let runner = Runner::start(
        place.engine.clone(),
        Drivers::default(),
        Settings::default(),
    );
    let played = (|| {
        let visit = TaskId::in_outcome(outcome, "visit");
        take(place, cast.tom, visit)?;
        give(place, cast.tom, visit, &errand::found())?;
        let promises = TaskId::in_outcome(outcome, "promises");
        take(place, cast.priya, promises)?;
        give(
            place,
            cast.priya,
            promises,
            &errand::unfounded(place, papers)?,
        )?;
        offered(place, cast.visitor, TaskId::in_outcome(outcome, "training"))
    })();
    runner.stop();
    played
}

/// Waits until somebody is offered a task.
fn offered(place: &Place, who: ContributorId, task: TaskId) -> Result<()> {
    let bell = place.engine.bell();
    for _ in 0..LOOKS {
        let heard = bell.rings();
        let found = place.engine.task(task)?.context("it is in the plan")?;
        if matches!(found.phase, Phase::Offered(offer) if offer.to == who) {
            return Ok(());
        }
        bell.wait(heard, GLANCE);
    }
    Err(anyhow!("{task} was offered to nobody"))
}

fn take(place: &Place, who: ContributorId, task: TaskId) -> Result<()> {
    offered(place, who, task)?;
    let claim = Body::Task(task, TaskCommand::Claim);
    place.engine.execute(Principal::Contributor(who), claim)?;
    Ok(())
}

fn give(
    place: &Place,
    who: ContributorId,
    task: TaskId,
    content: &serde_json::Value,
) -> Result<()> {
    let task = place.engine.task(task)?.context("it is in the plan")?;
    let content = content.to_string();
    hand_in(&place.engine, who, &task, content.as_bytes(), AiUse::None)?;
    Ok(())
}
