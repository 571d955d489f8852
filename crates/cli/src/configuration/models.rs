//! `[models.NAME]`: language models at endpoints, what they may see and what they may cost.
//!
//! Keys stand in the environment or in a file of their own, never in here; they are read when an
//! agent is put to work and at no other time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use consort_agents::model::{Caps, DRIVER, Kind, Prices, Rates, Secret, Settings};
use consort_kernel::task::DataClass;
use serde::Deserialize;

use super::key::Key;
use crate::exit::usage;

/// How many decimal places an amount may have.
const DECIMALS: usize = 6;

/// A model, as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// How the endpoint is spoken to.
    kind: Shape,
    /// Where it is.
    url: String,
    /// What the endpoint calls the model.
    model: String,
    /// What it is built on.
    family: String,
    /// The most closely held material that may be sent there.
    class: Class,
    /// The variable of the environment that has the key.
    key_env: Option<String>,
    /// The file that has the key; only its owner may read it.
    key_file: Option<PathBuf>,
    /// The longest answer, in tokens.
    #[serde(default = "Table::answer_tokens_default")]
    answer_tokens: u32,
    /// The most that is sent in one call, in kibibytes.
    #[serde(default = "Table::prompt_kib_default")]
    prompt_kib: u32,
    /// How long one call may take, in seconds.
    #[serde(default = "Table::timeout_default")]
    timeout_s: u32,
    /// Calls a minute, by all agents.
    #[serde(default = "Table::per_minute_default")]
    per_minute: u32,
    /// Calls a minute by one agent.
    per_minute_each: Option<u32>,
    /// Calls at the same moment.
    #[serde(default = "Table::at_once_default")]
    at_once: u32,
    /// Said of a model that costs nothing.
    #[serde(default)]
    free: bool,
    /// What it costs.
    prices: Option<PriceTable>,
    /// What may be spent.
    caps: Option<CapTable>,
}

/// Prices of a million tokens, in units of the currency.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceTable {
    version: String,
    currency: String,
    input: String,
    cached: Option<String>,
    output: String,
}

/// The most that may be spent, in units of the currency.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CapTable {
    task: String,
    agent: String,
    outcome: String,
}

/// How an endpoint is spoken to.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    Openai,
    OpenaiResponses,
    Anthropic,
    Gemini,
    Ollama,
}

/// Classes of material that may leave; what only named people may read never does.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Class {
    Public,
    Internal,
    Confidential,
}

impl Table {
    const fn answer_tokens_default() -> u32 {
        4_000
    }

    const fn prompt_kib_default() -> u32 {
        256
    }

    const fn timeout_default() -> u32 {
        120
    }

    const fn per_minute_default() -> u32 {
        60
    }

    const fn at_once_default() -> u32 {
        4
    }

    /// The settings, without a key; or what is wrong.
    fn settings(&self, name: &str) -> Result<Settings, &'static str> {
        if !(self.url.starts_with("https://") || self.url.starts_with("http://")) {
            return Err("needs a url that begins with https:// or http://");
        }
        if self.family.trim().is_empty() || self.model.trim().is_empty() {
            return Err("needs a family and a model that are named");
        }
        let numbers = [
            self.answer_tokens,
            self.prompt_kib,
            self.timeout_s,
            self.per_minute,
            self.per_minute_each.unwrap_or(1),
            self.at_once,
        ];
        if numbers.contains(&0) {
            return Err("needs numbers above 0");
        }
        let (prices, caps) = self.money()?;
        Ok(Settings {
            name: name.to_owned(),
            kind: match self.kind {
                Shape::Openai => Kind::OpenAi,
                Shape::OpenaiResponses => Kind::OpenAiResponses,
                Shape::Anthropic => Kind::Anthropic,
                Shape::Gemini => Kind::Gemini,
                Shape::Ollama => Kind::Ollama,
            },
            url: self.url.clone(),
            model: self.model.clone(),
            key: None,
            family: self.family.clone(),
            class_max: match self.class {
                Class::Public => DataClass::Public,
                Class::Internal => DataClass::Internal,
                Class::Confidential => DataClass::Confidential,
            },
            answer_tokens_max: self.answer_tokens,
            prompt_bytes_max: self.prompt_kib as usize * 1024,
            timeout: Duration::from_secs(u64::from(self.timeout_s)),
            rates: Rates {
                per_minute: self.per_minute,
                per_minute_each: self.per_minute_each.unwrap_or(self.per_minute),
                at_once: self.at_once,
            },
            prices,
            caps,
        })
    }

    fn money(&self) -> Result<(Prices, Caps), &'static str> {
        const AMOUNT: &str = "needs amounts as texts, as in input = \"0.15\", with six decimal \
                              places at most";
        match (&self.prices, &self.caps, self.free) {
            (None, None, true) => {
                let prices = Prices {
                    version: "free".to_owned(),
                    currency: "FREE".to_owned(),
                    input_micro: 0,
                    cached_micro: 0,
                    output_micro: 0,
                };
                let caps = Caps {
                    task_micro: 0,
                    agent_micro: 0,
                    outcome_micro: 0,
                };
                Ok((prices, caps))
            }
            (Some(prices), Some(caps), false) => {
                let micro = |text: &str| micro(text).ok_or(AMOUNT);
                let input_micro = micro(&prices.input)?;
                let cached = prices.cached.as_deref().map(micro).transpose()?;
                let prices = Prices {
                    version: prices.version.clone(),
                    currency: prices.currency.clone(),
                    input_micro,
                    cached_micro: cached.unwrap_or(input_micro),
                    output_micro: micro(&prices.output)?,
                };
                let caps = Caps {
                    task_micro: micro(&caps.task)?,
                    agent_micro: micro(&caps.agent)?,
                    outcome_micro: micro(&caps.outcome)?,
                };
                Ok((prices, caps))
            }
            (_, _, true) => Err("is free or has prices and caps, not both"),
            (None, _, false) | (_, None, false) => {
                Err("needs its prices and caps; a model that costs nothing says free = true")
            }
        }
    }
}

/// An amount in millionths.
fn micro(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > DECIMALS {
        return None;
    }
    format!("{whole}{part:0<DECIMALS$}").parse().ok()
}

/// The models that agents may work by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Models {
    file: PathBuf,
    by_name: BTreeMap<String, (Settings, Key)>,
}

impl Models {
    pub(super) fn new(file: &Path, tables: &BTreeMap<String, Table>) -> Result<Self> {
        let mut by_name = BTreeMap::new();
        for (name, table) in tables {
            let problem = |what: &str| usage(format!("{}: [models.{name}] {what}", file.display()));
            let settings = table.settings(name).map_err(problem)?;
            let key = Key::of(file, table.key_env.as_deref(), table.key_file.as_deref());
            let key = key.map_err(problem)?;
            by_name.insert(name.clone(), (settings, key));
        }
        Ok(Self {
            file: file.to_owned(),
            by_name,
        })
    }

    /// The model of this name, without its key; or what to do where there is none.
    pub(crate) fn settings(&self, name: &str) -> Result<&Settings> {
        match self.by_name.get(name) {
            Some((settings, _)) => Ok(settings),
            None => Err(usage(format!(
                "{} does not name the model '{name}'; whoever runs this network puts it there as \
                 [models.{name}], with its kind, url, model, family, class, prices and caps",
                self.file.display()
            ))),
        }
    }

    /// All of them, without their keys.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Settings> {
        self.by_name.values().map(|(settings, _)| settings)
    }

    /// The model that an agent's profile names, ready to be asked; nothing if it is none of these.
    pub(crate) fn ready(&self, driver: &str) -> Option<Result<Settings>> {
        let (settings, key) = self.by_name.get(driver.strip_prefix(DRIVER)?)?;
        Some(key.read().map(|key| Settings {
            key: key.map(|text| Secret::new(&text)),
            ..settings.clone()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, expected) in [
            ("3", Some(3_000_000)),
            ("0.15", Some(150_000)),
            ("0.000001", Some(1)),
            ("0.0000001", None),
            ("1,5", None),
            ("-1", None),
            (".5", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(micro(text), expected, "{text}");
        }
    }
}
