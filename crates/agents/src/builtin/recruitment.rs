//! Recruitment, from the role's description to the report on fairness.
//!
//! Only `fairness` is ever given what people declared about themselves.

use consort_documents::Document;
use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::choice::Choices;
use consort_tools::recruitment::{
    Comparison, Description, compare, describe, fairness, fairness_csv, fairness_html, profile,
    redact, screen, shortlist, shortlist_csv, shortlist_html,
};

use super::{material, product};

/// Does a task of one of these kinds.
pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    match commission.task.spec.kind.as_str() {
        "describe" => described(commission),
        "redact" => redacted(commission),
        "screen" => screened(commission),
        "profile" => profiled(commission),
        "compare" => compared(commission),
        "shortlist" => shortlisted(commission),
        "fairness" => reckoned(commission),
        other => Err(Failure::HandOver(format!(
            "'{other}' is no part of recruitment"
        ))),
    }
}

fn described(commission: &Commission) -> Result<Product, Failure> {
    let role: Document = material::one(commission, "role")?;
    let criteria: Vec<String> = material::one(commission, "criteria")?;
    product("describe", &describe(&role, &criteria))
}

fn redacted(commission: &Commission) -> Result<Product, Failure> {
    let application: Document = material::one(commission, "application")?;
    product("redact", &redact(&application))
}

fn screened(commission: &Commission) -> Result<Product, Failure> {
    let application: Document = material::one(commission, "application")?;
    let description: Description = material::one(commission, "description")?;
    product("screen", &screen(&application, &description.criteria))
}

fn profiled(commission: &Commission) -> Result<Product, Failure> {
    let application: Document = material::one(commission, "application")?;
    product("profile", &profile(&application))
}

fn compared(commission: &Commission) -> Result<Product, Failure> {
    let description: Description = material::one(commission, "description")?;
    let screenings = material::all(commission, "screenings")?;
    let profiles = material::all(commission, "profiles")?;
    product(
        "compare",
        &compare(&description.criteria, &screenings, &profiles),
    )
}

fn shortlisted(commission: &Commission) -> Result<Product, Failure> {
    let description: Description = material::one(commission, "description")?;
    let comparison: Comparison = material::one(commission, "comparison")?;
    let approval: Choices = material::one(commission, "approval")?;
    let decisions: Choices = material::one(commission, "decisions")?;
    let list = shortlist(&description, &comparison, &approval, &decisions);
    let mut made = product("shortlist", &list)?;
    let page = shortlist_html(&list, &day(commission));
    let json = serde_json::to_vec_pretty(&made.content).unwrap_or_default();
    made.files
        .insert("shortlist.html".to_owned(), page.into_bytes());
    made.files.insert("shortlist.json".to_owned(), json);
    made.files.insert(
        "shortlist.csv".to_owned(),
        shortlist_csv(&list).into_bytes(),
    );
    Ok(made)
}

fn reckoned(commission: &Commission) -> Result<Product, Failure> {
    let decisions: Choices = material::one(commission, "decisions")?;
    let declarations: Document = material::one(commission, "declarations")?;
    let report = fairness(&decisions, &declarations);
    let mut made = product("fairness", &report)?;
    let page = fairness_html(&report, &day(commission));
    let json = serde_json::to_vec_pretty(&made.content).unwrap_or_default();
    made.files
        .insert("fairness.html".to_owned(), page.into_bytes());
    made.files.insert("fairness.json".to_owned(), json);
    made.files.insert(
        "fairness.csv".to_owned(),
        fairness_csv(&report).into_bytes(),
    );
    Ok(made)
}

/// The day of the work.
fn day(commission: &Commission) -> String {
    commission.at.to_string().chars().take(10).collect()
}
