//! Input that nobody would think of, made up by the thousand from a seed of its own: the parameters of
//! a list, and model files. Uploads are in `transfer/fuzz.rs`.

use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, RngSeed, TestRunner},
};
use serde_json::{Map, Value, json};
use tenantry::{
    list_query::ListQuery,
    model::{Model, load_all, parse},
};

use crate::support::{SPARK, TestApp};

/// The same cases in every run.
pub fn runner() -> TestRunner {
    TestRunner::new(Config { rng_seed: RngSeed::Fixed(6), ..Config::default() })
}

/// So many values of a strategy.
pub fn cases<S: Strategy>(count: usize, strategy: &S) -> impl Iterator<Item = S::Value> {
    let mut runner = runner();
    (0..count).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

// ---- Lists --------------------------------------------------------------------------------

const PARAMETERS: [&str; 20] = [
    "hierarchy",
    "skip",
    "limit",
    "order_by",
    "direction",
    "traversal",
    "filter_field",
    "filter_field",
    "filter_text",
    "filter_text",
    "filter_condition",
    "ignore_case",
    "search",
    "count",
    "columns",
    "summary",
    "version",
    "tag_version",
    "format",
    "",
];

/// What parameters hold when they are meant well, and what looks like it.
const VALUES: [&str; 36] = [
    "",
    "0",
    "1",
    "50",
    "-1",
    "2000",
    "9223372036854775807",
    "9223372036854775808",
    "1e3",
    "٣",
    "asc",
    "desc",
    "up",
    "down",
    "local",
    "true",
    "false",
    "name",
    "account_email",
    "token",
    "shadow",
    "shadow.name",
    "hierarchy_friendly_name",
    "pkid",
    "sys",
    "sys.",
    ".",
    "contains",
    "equals",
    "notcontain",
    "startswith",
    "%",
    "_%\\",
    "' OR 1=1 --",
    "\u{0}",
    "name,name,,token",
];

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    let text = prop_oneof![
        3 => select(&VALUES[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-z_.,%'\"\\\\*\\[\\]$-]{0,40}",
    ];
    let name =
        prop_oneof![9 => select(&PARAMETERS[..]).prop_map(str::to_owned), 1 => any::<String>()];
    vec((name, text), 0..8)
}

#[test]
fn any_parameters_are_read_or_refused_and_say_the_same_when_they_are_written_again() {
    let mut read = 0;
    for pairs in cases(20_000, &pairs()) {
        match ListQuery::parse(&pairs) {
            Ok(query) => {
                read += 1;
                let again = ListQuery::parse(&query.to_pairs());
                assert_eq!(again.map(|again| again.to_pairs()), Ok(query.to_pairs()), "{pairs:?}");
            }
            Err(errors) => {
                assert!(!errors.is_empty(), "{pairs:?}");
                for error in errors {
                    assert!(
                        pairs.iter().any(|(name, _)| error.field.starts_with(name.as_str()))
                            || error.field.starts_with("filter_"),
                        "{error:?} of {pairs:?}"
                    );
                }
            }
        }
    }
    assert!(read > 2_000, "{read}");
}

#[tokio::test]
async fn any_parameters_are_answered_by_a_list_or_refused() {
    let app = TestApp::start().await;
    app.tenant().await;
    let mut lists = 0;
    for (number, pairs) in cases(600, &pairs()).enumerate() {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(&pairs).finish();
        let (path, choices) = ["/api/data/HierarchyNode/", SPARK, "/api/tool/Transaction/"]
            .map(|path| (path, number % 5 == 0))[number % 3];
        let path = format!("{path}{}?{query}", if choices { "choices/" } else { "" });
        // A failure of the program's own panics there.
        let answer = app.get(&path).await;
        assert!([200, 400, 404].contains(&answer.status), "{answer}");
        lists += usize::from(answer.status == 200);
    }
    assert!(lists > 50, "{lists}");
}

// ---- Model files --------------------------------------------------------------------------

/// The files of the program, as they stand.
fn shipped(app: &TestApp) -> Vec<(String, Value)> {
    let source = |model: &Model| (format!("{}.json", model.model_type), model.source.clone());
    app.app.models.iter().map(|model| source(model)).collect()
}

/// Every place in a document.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(entries) => {
            for (number, entry) in entries.iter().enumerate() {
                places(entry, &format!("{at}/{number}"), found);
            }
        }
        _ => {}
    }
}

fn odd() -> impl Strategy<Value = Value> {
    let keywords = [
        "type",
        "required",
        "default",
        "choices",
        "enum",
        "format",
        "pattern",
        "items",
        "properties",
        "maxLength",
        "minimum",
        "target_model_type",
        "sparse",
        "readonly",
        "is_password",
        "name",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(vec![
            "", "string", "integer", "object", "array", "any", "(", "[a-", "a{9999}", "name",
            "\u{0}"
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((select(keywords.to_vec()), inner), 0..4).prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
                Value::from(members.collect::<Map<_, _>>())
            }),
        ]
    })
}

/// Where something changes (as a part of all places), what is put there, and whether it is taken away.
fn changes() -> impl Strategy<Value = Vec<(f64, Value, bool)>> {
    vec((0.0..1.0, odd(), any::<bool>()), 1..4)
}

#[tokio::test]
async fn any_change_of_a_model_file_is_loaded_or_refused_with_its_place() {
    let app = TestApp::start().await;
    let shipped = shipped(&app);
    for (file, model) in &shipped {
        let loaded = load_all([(file.clone(), model.to_string())]);
        assert!(loaded.is_ok(), "{:?}", loaded.err().map(|error| error.to_string()));
    }
    let mut refused = 0;
    for (number, changes) in cases(6_000, &changes()).enumerate() {
        let (file, mut model) = shipped[number % shipped.len()].clone();
        for (part, value, gone) in changes {
            let mut found = Vec::new();
            places(&model, "", &mut found);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a part of a small number"
            )]
            let at = &found[(part * found.len() as f64) as usize];
            let (above, name) = at.rsplit_once('/').unwrap_or(("", ""));
            match model.pointer_mut(above) {
                Some(Value::Object(members)) if gone => {
                    members.shift_remove(name);
                }
                _ => {
                    if let Some(there) = model.pointer_mut(at) {
                        *there = value;
                    }
                }
            }
        }
        match load_all([(file.clone(), model.to_string())]) {
            // What is loaded can be used: its own form is judged without a failure.
            Ok(loaded) => {
                let model = &loaded[0];
                drop(tenantry::model::validate(model, &model.defaults()));
            }
            Err(error) => {
                refused += 1;
                assert!(error.to_string().starts_with(&file), "{error}");
            }
        }
    }
    assert!((1_000..6_000).contains(&refused), "{refused}");
}

#[tokio::test]
async fn any_text_is_no_model_file_and_nothing_worse() {
    let app = TestApp::start().await;
    let text = shipped(&app)[0].1.to_string();
    let cut = (any::<prop::sample::Index>(), any::<String>(), any::<bool>());
    for (at, other, keep) in cases(5_000, &cut) {
        let mut at = at.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let rest = if keep { &text[at..] } else { "" };
        let broken = format!("{}{other}{rest}", &text[..at]);
        if let Err(error) = parse("File.json", &broken) {
            assert!(error.to_string().starts_with("File.json"), "{error}");
        }
    }
    // As deep as a stack is long.
    for open in ["[", "{\"a\":"] {
        assert!(parse("Deep.json", &open.repeat(100_000)).is_err());
    }
    assert!(parse("Odd.json", &json!([1]).to_string()).is_err());
}
