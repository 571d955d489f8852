//! What the core costs, piece by piece: `cargo bench -p consort-engine`.
//!
//! Whole lives of tasks, with the disk, are measured by `consort bench lifecycle`; what both came
//! to stands in `docs/BENCHMARKS.md`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

mod network;

use std::hint::black_box;

use consort_engine::routing::Directory;
use consort_kernel::command::{Body, Command, Context, Principal};
use consort_kernel::decide::{decide, effects};
use consort_kernel::digest::Digest;
use consort_kernel::event::Envelope;
use consort_kernel::id::CommandId;
use consort_kernel::log::{Frontier, leaf_hash};
use consort_kernel::network::Policy;
use consort_kernel::state::State;
use consort_kernel::task::{Risk, TaskCommand};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

use network::Network;

/// How many contributors routing chooses from.
const CONTRIBUTORS: u32 = 100_000;

fn deciding(criterion: &mut Criterion) {
    let network = Network::with_contributors(8);
    let rows = network.rows();
    let policy = Policy::default();
    let principal = Principal::Contributor(Network::person(3));
    let claim = Command {
        body: Body::Task(Network::task(), TaskCommand::Claim),
        expected: None,
        id: CommandId::new(Network::now(), 1),
        personal: Vec::new(),
        principal,
    };
    let context = Context {
        now: Network::now(),
        principal,
        policy: &policy,
    };
    criterion.bench_function("decide/claim", |bencher| {
        bencher.iter(|| decide(&rows, black_box(&claim), &context).unwrap());
    });
}

fn folding(criterion: &mut Criterion) {
    let network = Network::with_contributors(8);
    let life: Vec<Envelope> = network.life();
    criterion.bench_function("fold/life of a task, with its effects", |bencher| {
        bencher.iter(|| {
            let mut state = None;
            for it in black_box(&life) {
                let next = State::apply(state, it.stream, &it.event, it.recorded_at).unwrap();
                black_box(effects(&next, &it.event, it.recorded_at));
                state = Some(next);
            }
            state
        });
    });
    let stored: Vec<String> = life.iter().map(Envelope::to_canonical).collect();
    criterion.bench_function("fold/life of a task, from its stored form", |bencher| {
        bencher.iter(|| {
            let mut state = None;
            for body in black_box(&stored) {
                let it = Envelope::from_stored(body).unwrap();
                state = Some(State::apply(state, it.stream, &it.event, it.recorded_at).unwrap());
            }
            state
        });
    });
}

fn hashing(criterion: &mut Criterion) {
    let network = Network::with_contributors(8);
    let life = network.life();
    criterion.bench_function("hash/canonical form of an event", |bencher| {
        bencher.iter(|| black_box(&life[0]).to_canonical());
    });
    let body = life[0].to_canonical();
    criterion.bench_function("hash/append an event to the log", |bencher| {
        bencher.iter_batched_ref(
            || {
                let mut log = Frontier::default();
                (0..1_000_u32).for_each(|leaf| log.append(Digest::of(&leaf.to_be_bytes())));
                log
            },
            |log| {
                log.append(leaf_hash(black_box(body.as_bytes())));
                log.root()
            },
            BatchSize::SmallInput,
        );
    });
}

fn routing(criterion: &mut Criterion) {
    let network = Network::with_contributors(CONTRIBUTORS);
    let mut directory = Directory::default();
    directory.read_on(network.store(), None).unwrap();
    let nobody = std::collections::BTreeMap::new();
    let mut group = criterion.benchmark_group("routing");
    group.sample_size(50);
    for risk in [Risk::Low, Risk::High] {
        let mut task = network.state_of_task();
        task.spec.risk = risk;
        let name = format!("rank 100,000 contributors for work of {risk:?} risk");
        group.bench_function(name, |bencher| {
            bencher.iter(|| directory.rank(black_box(&task), Network::now(), 7, &nobody));
        });
    }
    group.finish();
}

criterion_group!(core, deciding, folding, hashing, routing);
criterion_main!(core);
