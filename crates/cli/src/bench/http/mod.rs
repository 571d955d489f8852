//! `consort bench http`: lives of tasks over HTTP, with the server in a process of its own.
//!
//! The stage is set before the server starts; what is measured goes through `consort serve` as it is, with
//! its runner, and every answer is durable before it is given.

mod client;
mod drive;
mod report;
mod server;
mod stage;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use super::lifecycle::{self, Load, Shape, Times};
use super::machine::{self, Clock, Taken};
use crate::console::Console;
pub(super) use client::{Connection, Pass};
use report::{Lives, Measured, Report};
pub(super) use server::Server;
pub(super) use stage::session;
use stage::{Stage, WORKERS};

/// How many tasks are under way at once: enough that nobody waits for work.
const UNDER_WAY: u32 = 400;
/// How many requests the trivial route is asked.
const TRIVIAL: u32 = 40_000;
/// The fewest connections: one for each worker, and as many that bring on what they claimed.
pub(super) const CONNECTIONS_MIN: u32 = 64;
const _: () = assert!(CONNECTIONS_MIN as usize == 2 * WORKERS);

/// What the server and the client took together, and each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Both {
    pub(super) server: Taken,
    pub(super) client: Taken,
}

/// Measures in a scratch folder.
pub(super) fn measure(
    scratch: &Path,
    tasks: u32,
    connections: u32,
    console: &mut Console,
) -> Result<Report> {
    let load = Load {
        tasks,
        in_flight: UNDER_WAY,
    };
    console.show("measuring the disk")?;
    let sync_us = machine::sync_us(scratch)?;
    console.show("measuring the engine")?;
    let engine = lifecycle::run(&scratch.join("engine"), Shape::ManyOutcomes, load)?;
    console.show("setting the stage")?;
    let folder = scratch.join("http");
    let stage = Stage::set(&folder, load)?;
    let server = Server::start(&folder)?;
    let runtime = runtime()?;
    console.show("measuring a trivial route")?;
    let (trivial, trivial_times) = taken(&server, || {
        runtime.block_on(trivial(server.port, connections as usize))
    })?;
    console.show("measuring lives over HTTP")?;
    let (lives, (took, wall)) = taken(&server, || {
        runtime.block_on(drive::run(server.port, stage, load, connections as usize))
    })?;
    console.end_show()?;
    let memory = server.process().peak_memory_mib();
    Ok(Report::new(&Measured {
        load,
        connections,
        engine: &engine,
        trivial: (TRIVIAL, trivial, &Times::new(trivial_times)),
        lives: Lives {
            took,
            wall,
            processor: lives,
        },
        memory,
        sync_us,
    }))
}

/// One thread, so that the client takes as little from the server as it can.
pub(super) fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the client cannot be started")
}

fn taken<T>(server: &Server, work: impl FnOnce() -> Result<T>) -> Result<(Both, T)> {
    let (of_server, of_client) = (Clock::of(server.process()), Clock::start());
    let done = work()?;
    let both = Both {
        server: of_server.stop(),
        client: of_client.stop(),
    };
    Ok((both, done))
}

/// Asks for the route that does nothing, over every connection at once.
async fn trivial(port: u16, connections: usize) -> Result<Vec<Duration>> {
    let each = TRIVIAL as usize / connections;
    let mut everybody = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let mut connection = Connection::open(port).await?;
        everybody.spawn(async move {
            let mut times = Vec::with_capacity(each);
            for _ in 0..each {
                let answer = connection.get("/livez", &Pass::None).await?;
                times.push(answer.took);
                answer.expect("/livez")?;
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(ended) = everybody.join_next().await {
        times.extend(ended.context("a part of the benchmark broke")??);
    }
    Ok(times)
}
