//! Rule packs, and what is said about wrong ones.

use consort_tools::screen_risk::RulePack;

#[test]
fn the_ready_made_packs_are_read_and_named_with_their_versions() {
    let labels: Vec<String> = RulePack::ready_made().iter().map(RulePack::label).collect();
    assert_eq!(labels, ["contracts@1", "sources@1"]);
}

#[test]
fn what_is_wrong_with_a_pack_is_said_with_its_line_and_column() {
    let head = "name = \"mine\"\nversion = \"2\"\n";
    let rule = "[[rule]]\nid = \"a\"\nin = \"all\"\nseverity = \"note\"\ntext = \"A.\"\n";
    let table = [
        ("name = ".to_owned(), "line 1, column "),
        (
            "version = \"1\"\n".to_owned(),
            "line 1, column 1: missing field `name`",
        ),
        (
            head.replace("mine", "my pack"),
            "line 1, column 8: a name is made of letters",
        ),
        (
            format!("{head}colour = 3\n"),
            "line 3, column 1: unknown field `colour`",
        ),
        (
            format!("{head}{rule}kind = \"guess\"\n"),
            "line 8, column 8: unknown variant `guess`",
        ),
        (
            format!("{head}{rule}kind = \"wording\"\n"),
            "line 3, column 1: a rule of this kind needs `find`",
        ),
        (
            format!("{head}{rule}kind = \"wording\"\nfind = [\n  'fine',\n  'a(b',\n]\n"),
            "line 11, column 3: not a pattern: unclosed group",
        ),
        (
            format!("{head}{rule}kind = \"wording\"\nfind = ['a*']\n"),
            "line 9, column 9: the pattern fits every text",
        ),
        (
            format!("{head}{rule}kind = \"older-than\"\n"),
            "line 3, column 1: a rule of this kind needs `months`",
        ),
        (
            format!("{head}{rule}kind = \"older-than\"\nmonths = 0\n"),
            "line 9, column 10: `months` is between 1 and 1200",
        ),
        (
            format!("{head}{rule}kind = \"single-source\"\n{rule}kind = \"single-source\"\n"),
            "line 10, column 6: another rule has the id a",
        ),
        (
            format!("{head}{rule}kind = \"wording\"\nfind = ['(\\w{{100}}){{100}}x']\n"),
            "line 9, column 9: not a pattern: Compiled regex exceeds size limit",
        ),
    ];
    for (text, expected) in table {
        let problem = RulePack::parse(&text).unwrap_err().to_string();
        assert!(
            problem.starts_with(expected),
            "{problem}\n  instead of {expected}"
        );
    }
}
