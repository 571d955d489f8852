//! All saved views of a visitor's, and those that they may change of their organisations, as a list.

use axum::response::Response;
use consort_engine::access::View;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use super::super::form::anew;
use super::super::list::{
    self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, Mark, gather, reads, saved,
};
use super::super::outcomes::has_words;
use super::super::shell::{Head, Place};
use super::{HERE, places};
use crate::part::{Icon, when};
use crate::server::{Failure, Visitor, Web};

const COLUMNS: &[Column] = &[
    Column::text("name", "View"),
    Column::text("of", "Of"),
    Column::text("whose", "Whose"),
    Column::text("usual", "Shown"),
    Column::text("saved", "Saved"),
    Column::shown("Change it"),
    Column::hidden("list"),
    Column::hidden("query"),
    Column::hidden("owner_id"),
];

/// A view, with whose it is in words.
type Owned = (View, String);

/// The page, or one of its files; `ended` is a view that can be had back.
pub(super) fn answer(
    web: &Web,
    visitor: &Visitor,
    asked: &Asked,
    ended: Option<&View>,
) -> Result<Response, Failure> {
    filters().check(asked, &[])?;
    let found = found(web, visitor, asked)?;
    let head = Head {
        title: "Saved views",
        place: Place::Today,
        above: &[],
    };
    list::answer(web, visitor, (asked, &found), &head, || {
        let undo = ended.map(|view| undo(web, visitor, view)).transpose()?;
        Ok(markup! {
            header.page-head { div {
                h1 { "Saved views" }
                p.muted { "How you want to see lists. One that is usual is shown where nothing else is asked." }
            } }
            @if let Some(undo) = undo { (undo) }
            (filters().show(asked))
            (list::show(asked, "Saved views", &found, &Empty {
                title: "There is none.",
                why: "Set some filters in a list, and choose “Save this view” above it.",
                next: markup! { a.button href="/tasks" { "See the tasks" } },
            }))
        })
    })
}

fn filters() -> Filters {
    let lists = saved::LISTS.map(|(address, title)| (address.to_owned(), title.to_owned()));
    Filters {
        looks_in: Some("names"),
        first: Some(Choice::of(
            "whose",
            "Whose",
            [("own", "Your own"), ("shared", "Of everybody")],
        )),
        others: vec![Choice {
            key: "list",
            words: "Of which list",
            among: lists.into(),
        }],
    }
}

fn found(web: &Web, visitor: &Visitor, asked: &Asked) -> Result<Found, Failure> {
    let (whose, of, words) = (asked.get("whose"), asked.get("list"), asked.words());
    let own = StreamId::Contributor(visitor.id);
    let mut all: Vec<Owned> = Vec::new();
    for view in web.access.views_of(own)? {
        all.push((view, "Your own".to_owned()));
    }
    for (id, name) in places(web, visitor)? {
        for view in web.access.views_of(StreamId::Organisation(id))? {
            all.push((view, format!("Of everybody in {name}")));
        }
    }
    let mark = |(view, _): &Owned| {
        let name = format!("{} {} {}", view.owner, view.list, view.name);
        Mark::of(view.saved, &name)
    };
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        reads(all, mark),
        mark,
        |(view, owner)| {
            let fits = whose.is_none_or(|it| (it == "own") == (view.owner == own))
                && of.is_none_or(|it| it == view.list)
                && has_words(&view.name, &words);
            fits.then(|| line(web, visitor, (&view, &owner)))
                .transpose()
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|mark| mark.to_string()),
    })
}

fn line(web: &Web, visitor: &Visitor, (view, owner): (&View, &str)) -> Result<Line, Failure> {
    let list = saved::title(&view.list).unwrap_or(&view.list);
    let shown = if view.is_usual {
        "where nothing else is asked"
    } else {
        ""
    };
    Ok(Line::of(vec![
        Cell::of(
            markup! { a href=(saved::address(view)) { b { (view.name) } } },
            view.name.as_str(),
        ),
        Cell::text(list),
        Cell::text(owner),
        Cell::of(markup! { (shown) }, view.is_usual),
        Cell::of(when(view.saved), view.saved.to_string()),
        Cell::shown(forms(web, visitor, view)?),
        Cell::text(view.list.as_str()),
        Cell::text(view.query.as_str()),
        Cell::text(view.owner.to_string()),
    ]))
}

fn forms(web: &Web, visitor: &Visitor, view: &View) -> Result<Markup, Failure> {
    let (verb, is_usual) = if view.is_usual {
        ("Usual no more", false)
    } else {
        ("Make it usual", true)
    };
    let [usual, end] = ["usual", "end"].map(|what| format!("{HERE}/{what}"));
    Ok(markup! {
        div.actions {
            form method="post" action=(usual) {
                (anew(web, visitor, &usual)?)
                (fields(view))
                @if is_usual { input type="hidden" name="usual" value="yes"; }
                button.button.quiet { (verb) span.sr { ": " (view.name) } }
            }
            form method="post" action=(end) {
                (anew(web, visitor, &end)?)
                (fields(view))
                button.button.quiet { "End" span.sr { " " (view.name) } }
            }
        }
    })
}

/// The fields by which forms name a view.
fn fields(view: &View) -> Markup {
    markup! {
        input type="hidden" name="list" value=(view.list);
        input type="hidden" name="name" value=(view.name);
        @if let StreamId::Organisation(id) = view.owner { input type="hidden" name="owner" value=(id); }
    }
}

/// That a view was ended, and the way to have it back.
fn undo(web: &Web, visitor: &Visitor, view: &View) -> Result<Markup, Failure> {
    Ok(markup! {
        div.note role="status" {
            (Icon::Done.toned("is-done"))
            p { b { "“" (view.name) "” is ended." } }
            form method="post" action=(HERE) {
                (anew(web, visitor, HERE)?)
                (fields(view))
                input type="hidden" name="query" value=(view.query);
                @if view.is_usual { input type="hidden" name="usual" value="yes"; }
                button.button { (Icon::Undo.show()) "Undo" }
            }
        }
    })
}
