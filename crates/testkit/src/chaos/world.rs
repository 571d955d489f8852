//! The world: the database, the proxies before it, and the servers, with whoever has them go wrong.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::task::block_in_place;
use tokio::time::{sleep, timeout};

use super::client::{Ports, SERVERS};
use super::fault::{Fault, Schedule};
use super::load::Load;
use super::proxy::{Proxy, SOCKET};
use super::server::{Faketime, Place, Server, place};
use super::{Length, Settings};
use crate::postgres::PostgresServer;

/// A network in which nobody finishes anything for so long is stuck: servers wait for their database for a
/// quarter of a minute, and clients for servers a little longer.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often servers are looked at while lives are waited for.
const GLANCE: Duration = Duration::from_millis(200);
/// How long it is waited for that something goes through a proxy. Servers ask several times a second.
const PASSING: Duration = Duration::from_secs(20);

pub(super) struct World<'a> {
    postgres: &'a PostgresServer,
    /// The name of the database.
    pub(super) name: String,
    pub(super) places: Vec<Place>,
    proxies: Vec<Proxy>,
    servers: [Option<Server>; SERVERS],
    pub(super) ports: Arc<Ports>,
    pub(super) faketime: Option<Faketime>,
    schedule: Schedule,
    /// How often what went wrong.
    pub(super) faults: BTreeMap<&'static str, u64>,
    /// What went wrong that was not asked for.
    pub(super) found: Vec<String>,
}

impl<'a> World<'a> {
    /// Everything but the servers, in a folder.
    pub(super) fn make(
        settings: &Settings,
        postgres: &'a PostgresServer,
        folder: &Path,
    ) -> Result<Self> {
        let address = postgres.new_database();
        let name = address.rsplit('/').next().unwrap_or_default().to_owned();
        let socket = postgres.folder.join(SOCKET);
        let (mut places, mut proxies) = (Vec::new(), Vec::new());
        for number in 0..SERVERS {
            let proxy = Proxy::listen(&folder.join(format!("proxy-{number}")), &socket)?;
            let database = proxy.address(&name);
            places.push(place(&settings.program, folder, number, database)?);
            proxies.push(proxy);
        }
        Ok(Self {
            postgres,
            name,
            places,
            proxies,
            servers: Default::default(),
            ports: Arc::default(),
            faketime: Faketime::find(settings.faketime.as_deref()),
            schedule: Schedule::new(settings.seed),
            faults: BTreeMap::new(),
            found: Vec::new(),
        })
    }

    /// The address of the database, with nothing between.
    pub(super) fn database(&self) -> String {
        self.postgres.address(&self.name)
    }

    /// Starts every server, one after the other: the first brings in who works here.
    pub(super) fn start(&mut self) -> Result<()> {
        (0..SERVERS).try_for_each(|number| self.start_server(number))
    }

    fn start_server(&mut self, number: usize) -> Result<()> {
        let seconds = self.schedule.clock();
        let clock = self.faketime.as_ref().map(|faketime| (faketime, seconds));
        let server = block_in_place(|| Server::start(&self.places[number], clock))?;
        self.ports.set(number, server.port);
        self.servers[number] = Some(server);
        Ok(())
    }

    fn kill_server(&mut self, number: usize) -> Result<()> {
        self.ports.set(number, 0);
        self.servers[number].take().map_or(Ok(()), Server::kill)
    }

    /// Has things go wrong while lives are lived, for as long as is asked.
    pub(super) async fn go_wrong(&mut self, load: &Load, length: Length) -> Result<()> {
        let began = Instant::now();
        loop {
            let is_enough = match length {
                Length::Faults(faults) => self.faults.values().sum::<u64>() >= faults,
                Length::Time(time) => began.elapsed() >= time,
            };
            if is_enough {
                return Ok(());
            }
            let lives = self.schedule.lives();
            self.live(load, lives).await?;
            let fault = self.schedule.next();
            if self.carry_out(load, fault).await? {
                *self.faults.entry(fault.word()).or_default() += 1;
            }
        }
    }

    /// Waits until so many more lives were lived.
    async fn live(&mut self, load: &Load, lives: u64) -> Result<()> {
        let wanted = *load.lives.borrow() + lives;
        self.wait(|| *load.lives.borrow() >= wanted, load).await
    }

    /// Waits until everything that was begun has come to its end.
    pub(super) async fn drain(&mut self, load: &Load) -> Result<()> {
        self.wait(|| load.is_over(), load).await
    }

    /// Waits until something is so, while lives are lived and no server ends by itself.
    async fn wait(&mut self, mut is_so: impl FnMut() -> bool, load: &Load) -> Result<()> {
        let mut lived = load.lives.subscribe();
        let mut since = Instant::now();
        while !is_so() {
            if let Ok(Ok(())) = timeout(GLANCE, lived.changed()).await {
                since = Instant::now();
            }
            self.look_after()?;
            if since.elapsed() > PATIENCE {
                bail!("no life was lived for {PATIENCE:?}");
            }
        }
        Ok(())
    }

    /// A server that ended by itself is told of, and started again.
    fn look_after(&mut self) -> Result<()> {
        for number in 0..SERVERS {
            let Some(server) = &mut self.servers[number] else {
                continue;
            };
            if server.has_ended()? {
                let words = self.places[number].last_words();
                self.found
                    .push(format!("server {number} ended by itself: {words}"));
                self.ports.set(number, 0);
                self.start_server(number)?;
            }
        }
        Ok(())
    }

    /// Has one thing go wrong, and right again; tells whether it happened.
    async fn carry_out(&mut self, load: &Load, fault: Fault) -> Result<bool> {
        match fault {
            Fault::Kill { server, away } => {
                self.kill_server(server)?;
                self.live(load, away).await?;
                self.start_server(server)?;
            }
            Fault::End { server } => {
                self.end_server(server)?;
                self.start_server(server)?;
            }
            Fault::Stop => block_in_place(|| self.postgres.restart()),
            Fault::Away { moment, killed } => self.without_database(moment, killed).await?,
            Fault::AwayLong { moment } => self.without_database(moment, None).await?,
            Fault::Cut { server } => return Ok(self.proxies[server].cut() > 0),
            Fault::Tear { server, way, part } => {
                return Ok(self
                    .passed(server, async |proxy| proxy.tear(way, part).await)
                    .await);
            }
            Fault::Unanswered { server } => {
                return Ok(self.passed(server, Proxy::leave_unanswered).await);
            }
            Fault::Slow {
                server,
                way,
                moment,
                pieces,
            } => {
                let slow = async |proxy: &Proxy| proxy.slow_down(way, moment, pieces).await;
                return Ok(self.passed(server, slow).await);
            }
        }
        Ok(true)
    }

    /// Has the database away for a moment, in which a server may be killed.
    async fn without_database(&mut self, moment: Duration, killed: Option<usize>) -> Result<()> {
        block_in_place(|| self.postgres.stop());
        if let Some(server) = killed {
            self.kill_server(server)?;
        }
        sleep(moment).await;
        block_in_place(|| self.postgres.start_again());
        killed.map_or(Ok(()), |server| self.start_server(server))
    }

    /// Waits until a proxy has done what it was told; tells whether it has.
    async fn passed(&self, server: usize, order: impl AsyncFnOnce(&Proxy)) -> bool {
        let proxy = &self.proxies[server];
        let is_done = timeout(PASSING, order(proxy)).await.is_ok();
        proxy.behave();
        is_done
    }

    /// Ends every server in order.
    pub(super) fn end(&mut self) -> Result<()> {
        (0..SERVERS).try_for_each(|number| self.end_server(number))
    }

    fn end_server(&mut self, number: usize) -> Result<()> {
        self.ports.set(number, 0);
        if let Some(server) = self.servers[number].take()
            && !block_in_place(|| server.end())?
        {
            self.found.push(format!("server {number} did not end well"));
        }
        Ok(())
    }
}
