//! A task with a document, a model that does it, and what the test can look at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use consort_agents::model::{
    Caps, Journal, Kind, Model, Prices, Provider, Rates, Secret, Settings,
};
use consort_documents::{Block, BlockKind, Document, Format, Place};
use consort_engine::check::{MemorySources, NoPrograms, check};
use consort_engine::runner::{Commission, Driver as _, Failure, Material, Product};
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::Asset;
use consort_kernel::task::{
    ContextItem, ContextSource, DataClass, Lease, Method, Opening, Performer, Phase, Task,
    TaskEvent,
};
use consort_testkit::clock::ManualClock;
use consort_testkit::fixture::{START, criterion, spec};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Act, Server, Usage};

pub(crate) const KEY: &str = "sk-canary-4f1d";
pub(crate) const AGENT: ContributorId = ContributorId::from_bits(2);
pub(crate) const OUTCOME: OutcomeId = OutcomeId::from_bits(4);

/// The form of the task's result.
pub(crate) const SCHEMA: &str = r#"{
    "type": "object", "required": ["document", "statements"],
    "properties": {
        "document": {"type": "string", "minLength": 1}, "nothing": {"type": "string"},
        "statements": {"type": "array", "items": {"type": "object",
            "required": ["text", "citations"],
            "properties": {"citations": {"type": "array", "minItems": 1, "items":
                {"type": "object", "required": ["document", "place", "quote", "sha256"]}}}}}}}"#;

/// A model, a scripted endpoint for it, and a task.
pub(crate) struct Story {
    pub(crate) server: Server,
    pub(crate) journal: Arc<Journal>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) settings: Settings,
    pub(crate) model: Model,
    pub(crate) commission: Commission,
    pub(crate) folder: TempDir,
}

impl Story {
    pub(crate) fn new(acts: Vec<Act>) -> Self {
        Self::of(Kind::OpenAi, acts)
    }

    pub(crate) fn of(kind: Kind, acts: Vec<Act>) -> Self {
        Self::with(kind, acts, |_| {})
    }

    pub(crate) fn with(kind: Kind, acts: Vec<Act>, change: impl Fn(&mut Settings)) -> Self {
        let server = Server::start(kind, acts);
        let mut settings = settings(kind, server.url());
        change(&mut settings);
        let folder = TempDir::new().expect("there is room for a folder");
        let journal = Journal::open(&folder.path().join("spending")).expect("a journal begins");
        let journal = Arc::new(journal);
        let clock = Arc::new(ManualClock::at(START));
        let provider = Provider::new(&settings).expect("the endpoint is set up");
        let model = Model::new(
            settings.clone(),
            Arc::new(provider),
            journal.clone(),
            clock.clone(),
        );
        Self {
            server,
            journal,
            clock,
            settings,
            model,
            commission: commission(&[document(
                "offer.txt",
                &[
                    "The notice period is 30 days.",
                    "The price is EUR 400 per month.",
                ],
            )]),
            folder,
        }
    }

    pub(crate) fn perform(&self) -> Result<Product, Failure> {
        self.model.perform(&self.commission)
    }

    /// What was spent for the outcome, in millionths.
    pub(crate) fn spent(&self) -> u64 {
        self.journal
            .of_outcome(OUTCOME)
            .get("EUR")
            .copied()
            .unwrap_or(0)
    }

    /// Whether a result cites as it must, as the runner's own check finds.
    pub(crate) fn cites(&self, content: &Value) -> bool {
        let documents = self.commission.named("document").map(|material| {
            Arc::new(serde_json::from_slice(&material.bytes).expect("it is a document"))
        });
        let sources = MemorySources {
            documents: documents.collect(),
            ..MemorySources::default()
        };
        let criterion = criterion("cited", Method::MustCite);
        check(&criterion, content, &sources, &NoPrograms)
            .expect("it can be checked")
            .passed
    }
}

fn settings(kind: Kind, url: String) -> Settings {
    Settings {
        name: "small".to_owned(),
        kind,
        url,
        model: "small-1".to_owned(),
        key: Some(Secret::new(KEY)),
        family: "small".to_owned(),
        class_max: DataClass::Internal,
        answer_tokens_max: 1_000,
        prompt_bytes_max: 100_000,
        timeout: Duration::from_mins(1),
        rates: Rates {
            per_minute: 100,
            per_minute_each: 100,
            at_once: 4,
        },
        prices: Prices {
            version: "2026-11".to_owned(),
            currency: "EUR".to_owned(),
            input_micro: 1_000_000,
            cached_micro: 500_000,
            output_micro: 2_000_000,
        },
        caps: Caps {
            task_micro: 1_000_000,
            agent_micro: 1_000_000,
            outcome_micro: 1_000_000,
        },
    }
}

/// A document of these paragraphs.
pub(crate) fn document(name: &str, texts: &[&str]) -> Document {
    let blocks = (1..)
        .zip(texts)
        .map(|(line, text)| Block::new(BlockKind::Paragraph, Place::Line(line), *text));
    Document {
        blocks: blocks.collect(),
        format: Format::Text,
        language: None,
        name: name.to_owned(),
        sha256: Digest::of(name.as_bytes()),
        title: None,
    }
}

/// A task in the agent's hands that summarises these documents.
pub(crate) fn commission(documents: &[Document]) -> Commission {
    let mut spec = spec("summarise");
    spec.instructions.criteria = vec![
        criterion("shape", Method::Schema(Digest::of(SCHEMA.as_bytes()))),
        criterion("cited", Method::MustCite),
    ];
    let materials: Vec<Material> = documents
        .iter()
        .map(|document| {
            let bytes = serde_json::to_vec(document).expect("documents can be written");
            Material {
                name: "document".to_owned(),
                class: DataClass::Internal,
                digest: Digest::of(&bytes),
                from_task: None,
                made_by: None,
                bytes,
            }
        })
        .collect();
    spec.instructions.context = materials
        .iter()
        .map(|material| ContextItem {
            class: material.class,
            expires_at: None,
            name: material.name.clone(),
            source: ContextSource::Artefact(material.digest),
        })
        .collect();
    let holder = Performer {
        family: Some("small".to_owned()),
        id: AGENT,
        payee: AGENT,
    };
    let lease = Lease {
        agreed: spec.price,
        holder,
        number: 1,
        until: START.plus_millis(3_600_000),
    };
    let id = TaskId::in_outcome(OUTCOME, "summarise");
    let opening = Opening {
        accountable: ContributorId::from_bits(1),
        apart: Vec::new(),
        asset: Asset::PRACTICE,
        escalation: Vec::new(),
        organisation: OrganisationId::from_bits(3),
        outcome: OUTCOME,
        peers: Vec::new(),
        rank: 0,
        spec,
        unmet: Vec::new(),
        unnamed: 0,
    };
    let opened = TaskEvent::Opened(Box::new(opening));
    let task = Task::apply(None, id, &opened, START).expect("a task that is opened is there");
    Commission {
        task: Task {
            phase: Phase::Leased(lease),
            lease_number: 1,
            ..task
        },
        materials,
        schemas: BTreeMap::from([("shape".to_owned(), SCHEMA.as_bytes().to_vec())]),
        earlier: None,
        at: START,
    }
}

/// An answer whose statements each quote these words of the first document.
pub(crate) fn quoting(quotes: &[&str]) -> Act {
    Act::Say(summary(quotes).to_string(), Usage::Of(1_000, 100))
}

pub(crate) fn summary(quotes: &[&str]) -> Value {
    let statements: Vec<Value> = quotes
        .iter()
        .map(|quote| json!({"text": quote, "citations": [{"passage": "D1.1", "quote": quote}]}))
        .collect();
    json!({"document": "offer.txt", "statements": statements})
}

/// What an answer of 1,000 tokens sent (10 of them kept) and 100 answered costs.
pub(crate) const USUAL_MICRO: u64 = 990 + 5 + 200;

/// What failed, and how.
pub(crate) fn handed_over(made: Result<Product, Failure>) -> String {
    match made {
        Err(Failure::HandOver(note)) => note,
        other => panic!("not handed over: {other:?}"),
    }
}
