//! Views: saved under a name, at most one of them the usual one of a list, and not without end.

use consort_kernel::id::OrganisationId;
use consort_kernel::stream::StreamId;
use consort_store::memory::MemoryStore;
use consort_store::{StoreError, VIEWS_MAX, View, Views};

use crate::fixture::{PERSON, Place, at};
use crate::postgres::new_store;

const ADA: StreamId = StreamId::Contributor(PERSON);
const DESK: StreamId = StreamId::Organisation(OrganisationId::from_bits(77));

fn everywhere(contract: fn(&dyn Views)) {
    contract(&MemoryStore::new());
    let place = Place::new();
    contract(&place.open());
    if let Some(store) = new_store() {
        contract(&store);
    }
}

fn view(owner: StreamId, list: &str, name: &str) -> View {
    View {
        owner,
        list: list.to_owned(),
        name: name.to_owned(),
        query: format!("q={name}&state=running"),
        is_usual: false,
        saved: at(10),
    }
}

#[test]
fn a_view_is_saved_in_place_of_one_of_the_same_name_and_ended_once() {
    everywhere(|kept| {
        let (late, mine) = (view(ADA, "/tasks", "Late"), view(ADA, "/outcomes", "Mine"));
        for one in [&late, &mine, &view(DESK, "/tasks", "Late")] {
            kept.put_view(one).unwrap();
        }
        assert_eq!(kept.views_of(ADA).unwrap(), [mine.clone(), late.clone()]);
        let again = View {
            query: "risk=high".to_owned(),
            saved: at(20),
            ..late
        };
        kept.put_view(&again).unwrap();
        assert_eq!(kept.views_of(ADA).unwrap(), [mine.clone(), again.clone()]);
        let end = || kept.end_view(ADA, "/tasks", "Late").unwrap();
        assert_eq!(end(), Some(again));
        assert_eq!(end(), None);
        assert_eq!(kept.views_of(ADA).unwrap(), [mine]);
        assert_eq!(kept.views_of(DESK).unwrap().len(), 1);
    });
}

#[test]
fn a_list_has_one_usual_view_of_each_owner() {
    everywhere(|kept| {
        let usual = |owner, list, name| View {
            is_usual: true,
            ..view(owner, list, name)
        };
        for one in [
            usual(ADA, "/tasks", "a"),
            usual(ADA, "/outcomes", "a"),
            usual(DESK, "/tasks", "a"),
            usual(ADA, "/tasks", "b"),
            usual(ADA, "/tasks", "b"),
        ] {
            kept.put_view(&one).unwrap();
        }
        let found = |owner| {
            let views = kept.views_of(owner).unwrap().into_iter();
            let usual = views.filter(|it| it.is_usual);
            usual.map(|it| (it.list, it.name)).collect::<Vec<_>>()
        };
        let pair = |list: &str, name: &str| (list.to_owned(), name.to_owned());
        assert_eq!(found(ADA), [pair("/outcomes", "a"), pair("/tasks", "b")]);
        assert_eq!(found(DESK), [pair("/tasks", "a")]);
    });
}

#[test]
fn what_organisations_have_of_a_list_is_found_by_name() {
    everywhere(|kept| {
        let other = StreamId::Organisation(OrganisationId::from_bits(78));
        for (owner, list, name) in [
            (other, "/tasks", "b"),
            (DESK, "/tasks", "b"),
            (DESK, "/tasks", "a"),
            (DESK, "/outcomes", "a"),
            (ADA, "/tasks", "a"),
        ] {
            kept.put_view(&view(owner, list, name)).unwrap();
        }
        let found = |limit| {
            let views = kept.shared_views("/tasks", limit).unwrap().into_iter();
            views.map(|it| (it.name, it.owner)).collect::<Vec<_>>()
        };
        let expected = [("a", DESK), ("b", DESK), ("b", other)];
        let expected = expected.map(|(name, owner)| (name.to_owned(), owner));
        assert_eq!(found(9), expected);
        assert_eq!(found(2), expected[..2]);
    });
}

#[test]
fn nobody_has_more_views_than_they_find_their_way_in() {
    everywhere(|kept| {
        for number in 0..VIEWS_MAX {
            kept.put_view(&view(ADA, "/tasks", &format!("{number}")))
                .unwrap();
        }
        let more = kept.put_view(&view(ADA, "/tasks", "one more"));
        assert!(matches!(more, Err(StoreError::Refused(_))), "{more:?}");
        // One that is there is saved anew, others have their own, and one that ended makes room.
        kept.put_view(&view(ADA, "/tasks", "0")).unwrap();
        kept.put_view(&view(DESK, "/tasks", "one more")).unwrap();
        kept.end_view(ADA, "/tasks", "0").unwrap();
        kept.put_view(&view(ADA, "/tasks", "one more")).unwrap();
    });
}
