//! How the person decided where the sources disagree, as the annex tells it.

use crate::shape::Resolutions;

use super::outline::counted;

/// How the differences were decided, in a sentence.
pub(super) fn decided(resolutions: &Resolutions) -> Option<String> {
    let all = &resolutions.resolutions;
    let (chosen, open): (Vec<_>, Vec<_>) = all.iter().partition(|it| it.chosen.is_some());
    let unopened = chosen.iter().filter(|it| !it.opened).count();
    let mut said = vec![format!(
        "decided {} of {}",
        chosen.len(),
        counted(all.len(), "difference")
    )];
    if !open.is_empty() {
        said.push(format!("left {} open", open.len()));
    }
    if unopened > 0 {
        said.push(format!("decided {unopened} without opening the passages"));
    }
    let person = &resolutions.person;
    (!all.is_empty()).then(|| format!("{person} {}.", said.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Resolution;

    #[test]
    fn what_is_left_open_is_not_called_decided() {
        let one = |chosen, opened| Resolution {
            chosen,
            conflict: "a".to_owned(),
            opened,
            reason: String::new(),
        };
        for (all, said) in [
            (vec![one(Some(0), true)], "Ada decided 1 of 1 difference."),
            (
                vec![one(Some(0), true), one(None, false), one(Some(1), false)],
                "Ada decided 2 of 3 differences, left 1 open, decided 1 without opening the passages.",
            ),
        ] {
            let resolutions = Resolutions {
                person: "Ada".to_owned(),
                resolutions: all,
            };
            assert_eq!(decided(&resolutions).as_deref(), Some(said));
        }
        assert_eq!(decided(&Resolutions::default()), None);
    }
}
