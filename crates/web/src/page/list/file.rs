//! A list as a file: JSON with the address of what comes next, or CSV that runs nothing in a
//! spreadsheet.

use axum::Json;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LINK};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::{Asked, Cell, Column, Found, Line};
use crate::server::Failure;

/// What a spreadsheet takes for a formula when a cell begins with it.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The rows, and where the next ones are.
pub(super) fn json(asked: &Asked, found: &Found) -> Response {
    let items: Vec<Value> = found
        .lines
        .iter()
        .map(|line| {
            let named = told(found, line);
            let fields = named.map(|(column, cell)| (column.key.to_owned(), cell.value.clone()));
            Value::Object(fields.collect::<Map<_, _>>())
        })
        .collect();
    Json(json!({ "items": items, "next": asked.next(found) })).into_response()
}

/// The rows under their names; a header says where the next ones are.
pub(super) fn csv(asked: &Asked, found: &Found) -> Result<Response, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let broken = |_| Failure::Broken;
    let names = found.columns.iter().map(|column| column.key);
    let names = names.filter(|name| !name.is_empty());
    writer.write_record(names).map_err(broken)?;
    for line in &found.lines {
        let cells = told(found, line).map(|(_, cell)| written(&cell.value));
        writer.write_record(cells).map_err(broken)?;
    }
    let bytes = writer.into_inner().map_err(|_| Failure::Broken)?;
    let name = asked.path.rsplit('/').next().unwrap_or_default();
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.csv\""),
        ),
    ];
    let mut response = (headers, bytes).into_response();
    let next = asked
        .next(found)
        .map(|next| format!("<{next}>; rel=\"next\""));
    if let Some(next) = next.and_then(|it| HeaderValue::try_from(it).ok()) {
        response.headers_mut().insert(LINK, next);
    }
    Ok(response)
}

/// What of a row is for programs.
fn told<'a>(found: &'a Found, line: &'a Line) -> impl Iterator<Item = (&'static Column, &'a Cell)> {
    let all = found.columns.iter().zip(&line.cells);
    all.filter(|(column, _)| !column.key.is_empty())
}

/// A value as it stands in a cell. Words that a spreadsheet would run as a formula have an apostrophe
/// before them; numbers are numbers.
fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(FORMULA) && text.parse::<f64>().is_err() => {
            format!("'{text}")
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_run_as_a_formula() {
        for (value, cell) in [
            (json!("=1+1"), "'=1+1"),
            (json!("+49 30"), "'+49 30"),
            (json!("-x"), "'-x"),
            (json!("@here"), "'@here"),
            (json!("\tx"), "'\tx"),
            (json!("a = b"), "a = b"),
            (json!("-12.50"), "-12.50"),
            (json!(-3), "-3"),
            (json!(null), ""),
            (json!(true), "true"),
        ] {
            assert_eq!(written(&value), cell);
        }
    }
}
