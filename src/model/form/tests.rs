use serde_json::json;

use super::*;
use crate::model::MASK;

fn model() -> Model {
    Model::try_from(json!({
        "model_type": "data/Thing",
        "title": "Thing",
        "managed": ["link"],
        "immutable": ["kind", "codes"],
        "groups": [
            {"title": "Nothing to see", "fields": ["hidden"]},
            {"title": "Main", "fields": ["on", "name"]}
        ],
        "formats": {"notes": "multiline", "mail": "email"},
        "schema": {"type": "object", "properties": {
            "name": {"type": "string", "required": true},
            "kind": {"type": "string"},
            "codes": {"type": "array", "items": {"type": "string"}},
            "codes-2": {"type": "string"},
            "size": {"type": "integer"},
            "share": {"type": "number"},
            "on": {"type": "boolean"},
            "notes": {"type": "string"},
            "mail": {"type": "string"},
            "link": {"type": "string"},
            "fixed": {"type": "string", "readonly": true},
            "hidden": {"type": "string", "displayable": false},
            "token": {"type": "string", "is_password": true},
            "any": {"type": "any"},
            "open": {"type": "object"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "part": {"type": "object", "properties": {
                "a": {"type": "integer"},
                "b": {"type": "string", "displayable": false},
                "key": {"type": "string", "store_encrypted": true}
            }},
            "rows": {"type": "array", "items": {"type": "object", "properties": {
                "a": {"type": "string"},
                "b": {"type": "string", "displayable": false},
                "ports": {"type": "array", "items": {"type": "integer"}}
            }}},
            "unseen": {"type": "array", "items": {"type": "object", "properties": {
                "name": {"type": "string", "displayable": false}
            }}}
        }}
    }))
    .unwrap()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<Pair> {
    pairs.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect()
}

fn read_back(posted: &[(&str, &str)], base: Option<&Value>) -> Value {
    let base = base.map(|b| b.as_object().unwrap());
    Value::Object(from_pairs(&model(), &pairs(posted), base))
}

#[test]
fn fields_are_drawn_by_group_and_the_hidden_ones_not_at_all() {
    let drawn = drawn_fields(&model());
    let main = (Some("Main".to_owned()), vec!["on".to_owned(), "name".to_owned()]);
    assert_eq!(drawn[0], main);
    let rest = "kind codes codes-2 size share notes mail link fixed token open tags part rows";
    assert_eq!((drawn[1].0.as_ref(), drawn[1].1.join(" ")), (None, rest.to_owned()));
    assert_eq!(drawn.len(), 2);
}

#[test]
fn an_entry_moves_with_all_that_is_in_it_and_never_out_of_its_array() {
    let posted = pairs(&[("/a/1/x", "1"), ("/a/2/x", "2"), ("/a/0/x", "0"), ("/ab/1", "b")]);
    let moved = |pointer, up| {
        let names = move_row(&posted, pointer, up).into_iter().map(|(name, _)| name);
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(moved("/a/2", true), "/a/2/x /a/1/x /a/0/x /ab/1");
    assert_eq!(moved("/a/0", false), "/a/0/x /a/2/x /a/1/x /ab/1");
    for (pointer, up) in [("/a/0", true), ("/a/2", false), ("/a", true), ("", false)] {
        assert_eq!(moved(pointer, up), "/a/1/x /a/2/x /a/0/x /ab/1", "{pointer}");
    }
}

#[test]
fn members_of_a_sparse_object_come_and_go() {
    let model = Model::try_from(json!({
        "model_type": "data/Thing",
        "title": "Thing",
        "schema": {"type": "object", "properties": {
            "name": {"type": "string"},
            "values": {"type": "object", "sparse": true, "additionalProperties": true,
                "properties": {
                    "on": {"type": "boolean"},
                    "size": {"type": "integer"},
                    "hidden": {"type": "string", "displayable": false},
                    "tags": {"type": "array", "items": {"type": "string"}}
                }}
        }}
    }))
    .unwrap();
    let base = json!({"name": "x", "values": {"on": false, "hidden": "h", "more": 1}});
    let base = base.as_object().unwrap();
    let drawn = to_pairs(&model, base);
    assert_eq!(drawn, pairs(&[("/name", "x"), ("/values/on", "false")]));
    let back =
        |pairs: &[Pair]| Value::Object(from_pairs(&model, pairs, Some(base)))["values"].clone();
    assert_eq!(back(&drawn), base["values"]);

    let mut picked = drawn;
    picked.push((pick_name("/values"), "size".to_owned()));
    let mut added = add_row(&picked, "/values");
    assert_eq!(value_of(&added, "/values/size"), Some(""));
    // Left empty it is none.
    assert_eq!(back(&added), base["values"]);
    added.push(("/values/size".to_owned(), "3".to_owned()));
    assert_eq!(back(&added)["size"], 3);
    let removed = remove_row(&added, "/values/on");
    assert_eq!(back(&removed), json!({"size": 3, "hidden": "h", "more": 1}));
    let none = remove_row(&removed, "/values/size");
    assert_eq!(back(&none), json!({"hidden": "h", "more": 1}));
    // Nothing picked, nothing added.
    let nothing = pairs(&[("/name", "x"), ("_pick:/values", "")]);
    assert_eq!(add_row(&nothing, "/values"), nothing);
}

#[test]
fn a_new_instance_keeps_what_its_form_hides_or_locks() {
    let start = json!({
        "name": "n", "link": "/l", "fixed": "f", "hidden": "h", "any": 1,
        "part": {"a": 1, "b": "hidden"}, "tags": ["t"], "on": true
    });
    let kept = kept_of_new(&model(), start.as_object().unwrap());
    let wanted =
        json!({"link": "/l", "fixed": "f", "hidden": "h", "any": 1, "part": {"b": "hidden"}});
    assert_eq!(Value::Object(kept), wanted);
    let data = read_back(&[("/name", "m"), ("/part/a", "2")], Some(&wanted));
    assert_eq!(data["part"], json!({"a": 2, "b": "hidden"}));
    assert_eq!((&data["hidden"], &data["name"]), (&json!("h"), &json!("m")));
    assert_eq!(data.get("on"), None);
}

#[test]
fn texts_become_values_of_their_types() {
    let posted = [
        ("/name", " a "),
        ("/size", " +7 "),
        ("/share", "1e2"),
        ("/on", "false"),
        ("/notes", "a\r\nb\rc"),
        ("/mail", " a@example.com "),
        ("/tags/0", "x"),
        ("/part/a", "-1"),
    ];
    let wanted = json!({
        "name": " a ", "size": 7, "share": 100.0, "on": false, "notes": "a\nb\nc",
        "mail": "a@example.com", "tags": ["x"], "part": {"a": -1}
    });
    assert_eq!(read_back(&posted, None), wanted);
}

#[test]
fn empty_texts_are_not_set() {
    let posted = [
        ("/name", ""),
        ("/size", ""),
        ("/on", ""),
        ("/token", ""),
        ("/token:do", "keep"),
        ("/part/a", ""),
        ("/tags/0", ""),
        ("/rows/0/a", ""),
        ("/rows/0/ports/0", ""),
    ];
    assert_eq!(read_back(&posted, None), json!({}));
    let base = json!({"name": "x", "size": 1, "on": true, "tags": ["t"], "rows": [{"a": "r"}]});
    assert_eq!(read_back(&posted, Some(&base)), json!({}));
}

#[test]
fn what_a_field_can_not_say_stays_for_the_validator() {
    let posted = [
        ("/size", "1.5"),
        ("/share", "inf"),
        ("/on", "yes"),
        ("/colour", "red"),
        ("/rows/0/colour", "red"),
        ("/rows", "x"),
        ("/name/x", "y"),
        ("/name:do", "clear"),
        ("/rows/01/a", "z"),
        ("_remove", "/x"),
        ("csrf", "x"),
    ];
    let data = read_back(&posted, None);
    let wanted = json!({
        "size": "1.5", "share": "inf", "on": "yes", "colour": "red", "rows/0/colour": "red",
        "rows": "x", "name/x": "y", "name:do": "clear", "rows/01/a": "z"
    });
    assert_eq!(data, wanted);
    let errors = crate::model::validate(&model(), data.as_object().unwrap());
    assert_eq!(errors.len(), 1 + wanted.as_object().unwrap().len(), "and /name is required");
    let large = read_back(&[("/size", "9223372036854775808")], None);
    assert_eq!(large, json!({"size": 9_223_372_036_854_775_808_u64}));
}

#[test]
fn what_the_form_does_not_govern_comes_from_the_stored_instance() {
    let base = json!({
        "name": "old", "kind": "k", "link": "/x", "fixed": "f", "hidden": "h", "any": [1],
        "open": {"z": 1}, "part": {"a": 1, "b": "keep"}, "unseen": [{"name": "n"}]
    });
    let posted = [
        ("/name", "new"),
        ("/link", "/evil"),
        ("/fixed", "evil"),
        ("/hidden", "evil"),
        ("/part/a", "2"),
        ("/part/b", "evil"),
    ];
    let mut wanted = base.clone();
    wanted["name"] = json!("new");
    wanted["part"]["a"] = json!(2);
    assert_eq!(read_back(&posted, Some(&base)), wanted);
    // A property that the model has lost would make every save fail.
    let base = json!({"name": "old", "gone": 1});
    assert_eq!(read_back(&[("/name", "new")], Some(&base)), json!({"name": "new"}));
}

#[test]
fn an_immutable_field_is_read_when_it_is_sent_and_kept_when_it_is_not() {
    let base = json!({"kind": "k", "codes": ["c"]});
    assert_eq!(read_back(&[("/kind", "new")], None), json!({"kind": "new"}));
    let sent = [("/kind", "new"), ("/codes/0", "d"), ("/codes-2", "")];
    assert_eq!(read_back(&sent, Some(&base)), json!({"kind": "new", "codes": ["d"]}));
    assert_eq!(read_back(&[("/codes-2", "")], Some(&base)), base);
    assert!(is_editable(&model(), "kind", false) && !is_editable(&model(), "kind", true));
    for name in ["link", "fixed", "hidden", "any", "nothing"] {
        assert!(!is_editable(&model(), name, false), "{name}");
    }
}

#[test]
fn a_secret_is_kept_replaced_or_cleared() {
    let set = json!({"token": MASK, "part": {"key": MASK}});
    let unset = json!({});
    let cases: [(Option<&str>, &str, &Value, Option<&str>); 12] = [
        (Some("keep"), "", &set, Some(MASK)),
        (Some("keep"), "typed", &set, Some(MASK)),
        (Some("keep"), "", &unset, None),
        (Some("keep"), "typed", &unset, Some("typed")),
        (Some("replace"), "new", &set, Some("new")),
        (Some("replace"), "", &set, Some(MASK)),
        (Some("replace"), MASK, &set, Some(MASK)),
        (Some("replace"), MASK, &unset, None),
        (Some("clear"), "typed", &set, Some("")),
        (Some("other"), "", &set, Some(MASK)),
        (None, "new", &set, Some("new")),
        (None, "", &set, Some(MASK)),
    ];
    for (action, text, base, wanted) in cases {
        for at in ["/token", "/part/key"] {
            let do_name = secret_action_name(at);
            let mut posted = vec![(at, text)];
            posted.extend(action.map(|a| (do_name.as_str(), a)));
            let data = read_back(&posted, Some(base));
            let found = pointer::get(data.as_object().unwrap(), at).and_then(Value::as_str);
            assert_eq!(found, wanted, "{at} {action:?} {text}");
        }
    }
}

#[test]
fn a_filled_form_holds_no_secret() {
    let data = json!({"token": "s3cret", "part": {"key": "s3cret"}, "tags": ["t"]});
    let filled = to_pairs(&model(), data.as_object().unwrap());
    assert_eq!(value_of(&filled, "/tags/0"), Some("t"));
    assert_eq!(value_of(&filled, "/token"), Some(""));
    assert_eq!(value_of(&filled, "/token:do"), Some("keep"));
    assert!(filled.iter().all(|(_, text)| !text.contains("s3cret")));
    let secret = filled.iter().filter(|(name, _)| is_secret_input(&model(), name));
    let secret: Vec<&str> = secret.map(|(name, _)| name.as_str()).collect();
    assert_eq!(secret, ["/token", "/part/key"]);
}

#[test]
fn rows_come_and_go() {
    let form =
        pairs(&[("/name", "n"), ("/rows/0/a", "x"), ("/rows/1/ports/0", "1"), ("/rows2", "")]);
    assert_eq!(row_count(&form, "/rows"), 2);
    let form = add_row(&form, "/rows");
    assert_eq!(row_count(&form, "/rows"), 3);
    assert_eq!(form.last().unwrap().0, "/rows/2");
    let form = add_row(&remove_row(&form, "/rows/0"), "/rows/0/ports");
    let wanted = pairs(&[
        ("/name", "n"),
        ("/rows/0/ports/0", "1"),
        ("/rows2", ""),
        ("/rows/1", ""),
        ("/rows/0/ports/1", ""),
    ]);
    assert_eq!(form, wanted);
    assert_eq!(remove_row(&form, "/rows/x"), form);
    assert_eq!(remove_row(&form, ""), form);
}

#[test]
fn rows_that_are_empty_are_dropped_and_the_others_move_up() {
    let form = [
        ("/rows/0/a", ""),
        ("/rows/3/b", "hidden"),
        ("/rows/3/ports/0", ""),
        ("/rows/3/ports/2", "x"),
        ("/rows/10/a", "last"),
        ("/tags/5", ""),
    ];
    let wanted = json!({"rows": [{"b": "hidden", "ports": ["x"]}, {"a": "last"}]});
    assert_eq!(read_back(&form, None), wanted);
    let tidied = tidy(&model(), &pairs(&form));
    assert_eq!(
        tidied,
        pairs(&[("/rows/0/b", "hidden"), ("/rows/0/ports/0", "x"), ("/rows/1/a", "last")])
    );
    // The errors of the instance stand at the fields of the tidied form.
    let errors = crate::model::validate(&model(), wanted.as_object().unwrap());
    assert!(errors.iter().any(|e| e.field == "/rows/0/ports/0"), "{errors:?}");
}

#[test]
fn a_list_whose_last_row_was_removed_is_removed() {
    let base = json!({"tags": ["a"], "rows": [{"a": "x"}], "name": "n"});
    assert_eq!(read_back(&[("/name", "n")], Some(&base)), json!({"name": "n"}));
}

#[test]
fn a_huge_index_makes_no_huge_form() {
    let form = pairs(&[("/rows/999999999/a", "x"), ("/tags/99999999999999999999", "y")]);
    assert_eq!(row_count(&form, "/rows"), 1);
    let data = from_pairs(&model(), &form, None);
    assert_eq!(data["rows"], json!([{"a": "x"}]));
    let deep = pairs(&[(&"/rows/0".repeat(100_000), "x")]);
    assert_eq!(from_pairs(&model(), &deep, None).len(), 1);
}

#[test]
fn an_object_is_not_there_because_of_what_it_asks_for() {
    let model = |required: bool| {
        let part = json!({"type": "object", "required": required, "properties": {
            "tags": {"type": "array", "required": true, "items": {"type": "string"}}
        }});
        let name = json!({"type": "string"});
        let schema = json!({"type": "object", "properties": {"name": name, "part": part}});
        let file = json!({"model_type": "data/Thing", "title": "Thing", "schema": schema});
        Model::try_from(file).unwrap()
    };
    assert!(from_pairs(&model(false), &[], None).is_empty());
    let asked = from_pairs(&model(true), &[], None);
    assert_eq!(Value::Object(asked), json!({"part": {"tags": []}}));
}

#[test]
fn what_a_form_can_not_tell_apart_stays_if_nothing_was_changed() {
    let base =
        json!({"name": "", "tags": [], "rows": [{}, {"a": ""}], "part": {}, "notes": "a\nb"});
    let mut form = to_pairs(&model(), base.as_object().unwrap());
    for (name, text) in &mut form {
        if name == "/notes" {
            // As every browser posts it.
            *text = "a\r\nb".to_owned();
        }
    }
    let data = from_pairs(&model(), &form, base.as_object());
    assert_eq!(Value::Object(data), base);
}

/// A model with open objects: one without named members, and entries with some.
fn open_model() -> Model {
    Model::try_from(json!({
        "model_type": "data/Thing",
        "title": "Thing",
        "schema": {"type": "object", "properties": {
            "name": {"type": "string"},
            "more": {"type": "object"},
            "rows": {"type": "array", "items": {"type": "object", "additionalProperties": true,
                "properties": {"name": {"type": "string"}}}}
        }}
    }))
    .unwrap()
}

#[test]
fn what_no_schema_names_is_json_text_and_moves_with_its_entry() {
    let model = open_model();
    let base = json!({
        "more": {"a": {"b": [1]}},
        "rows": [{"name": "x", "on": true}, {"name": "y"}]
    });
    let base = base.as_object().unwrap();
    let drawn = to_pairs(&model, base);
    assert_eq!(
        value_of(&drawn, "/more/*"),
        Some("{\n  \"a\": {\n    \"b\": [\n      1\n    ]\n  }\n}")
    );
    assert_eq!(value_of(&drawn, "/rows/0/*"), Some("{\n  \"on\": true\n}"));
    assert_eq!(value_of(&drawn, "/rows/1/*"), Some(""));
    assert_eq!(from_pairs(&model, &drawn, Some(base)), *base);

    let moved = from_pairs(&model, &move_row(&drawn, "/rows/1", true), Some(base));
    assert_eq!(moved["rows"], json!([{"name": "y"}, {"name": "x", "on": true}]));
    let back = |posted: &[(&str, &str)]| Value::Object(from_pairs(&model, &pairs(posted), None));
    let typed = [("/more/*", " {\"a\": {}} "), ("/rows/3/name", "z"), ("/rows/3/*", "{\"b\": []}")];
    // What is typed is there, however hollow.
    assert_eq!(back(&typed), json!({"more": {"a": {}}, "rows": [{"name": "z", "b": []}]}));
    assert_eq!(back(&[("/more/*", "{}"), ("/rows/0/*", "")]), json!({}));
    // A named member is the one of its own input.
    let both = [("/rows/0/name", "z"), ("/rows/0/*", "{\"name\": \"other\"}")];
    assert_eq!(back(&both), json!({"rows": [{"name": "z"}]}));
}

#[test]
fn text_that_is_no_object_is_refused_at_its_field() {
    let model = open_model();
    for text in ["{", "[1]", "7", "\"a\"", "null"] {
        let posted = pairs(&[("/more/*", text), ("/rows/0/name", "z"), ("/rows/0/*", text)]);
        let data = from_pairs(&model, &posted, None);
        let errors = crate::model::validate(&model, &data);
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["/more", "/rows/0"], "{text}");
        assert!(errors[0].message.contains("such as {"), "{}", errors[0].message);
    }
    let stray = from_pairs(&model, &pairs(&[("/name/*", "{}"), ("/*", "{}")]), None);
    assert_eq!(crate::model::validate(&model, &stray).len(), 2);
}
