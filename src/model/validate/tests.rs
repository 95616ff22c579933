//! What is judged how, type by type, and in which words.

use serde_json::json;

use super::*;

fn model(properties: &Value) -> Model {
    let file = json!({
        "model_type": "data/Thing",
        "title": "Thing",
        "summary_attrs": ["id"],
        "schema": {"type": "object", "properties": {"id": {"type": "string"}}}
    });
    let mut file = file;
    for (name, property) in properties.as_object().unwrap() {
        file["schema"]["properties"][name] = property.clone();
    }
    Model::try_from(file).unwrap()
}

/// Errors as `pointer code`.
fn codes(model: &Model, data: &Value) -> Vec<String> {
    validate(model, data.as_object().unwrap())
        .into_iter()
        .map(|e| format!("{} {}", e.field, e.code))
        .collect()
}

/// The errors of one property, `x`, for each value.
fn table(property: &Value, cases: &[(Value, &str)]) {
    let model = model(&json!({"x": property}));
    for (value, code) in cases {
        let found = codes(&model, &json!({"x": value}));
        let wanted: Vec<String> =
            if code.is_empty() { Vec::new() } else { vec![format!("/x {code}")] };
        let shown: String = value.to_string().chars().take(60).collect();
        assert_eq!(found, wanted, "{property} {shown}");
    }
}

fn message(property: &Value, value: Value) -> String {
    let model = model(&json!({"x": property}));
    let property = model.root.property("x").unwrap();
    let mut errors = validate_property(property, "/x", Some(&value));
    assert_eq!(errors.len(), 1);
    errors.remove(0).message
}

#[test]
fn strings() {
    table(
        &json!({"type": "string"}),
        &[
            (json!("a"), ""),
            (json!(""), ""),
            (json!(" "), ""),
            (json!(1), "wrong_type"),
            (json!(null), "wrong_type"),
            (json!([]), "wrong_type"),
            (json!("a".repeat(1024)), ""),
            (json!("é".repeat(1024)), ""),
            (json!("a".repeat(1025)), "too_long"),
            (json!("a\u{0}"), "control_character"),
            (json!("a\nb"), "control_character"),
            (json!("\u{7f}"), "control_character"),
            (json!("\u{85}"), "control_character"),
            // Emoji with joiners, right-to-left with its marks, combining marks.
            (json!("👩‍👩‍👧 \u{202e}שלום\u{200f} e\u{301}"), ""),
        ],
    );
    table(
        &json!({"type": "string", "minLength": 2, "maxLength": 3}),
        &[
            (json!(""), ""),
            (json!("é"), "too_short"),
            (json!("éé"), ""),
            (json!("éééé"), "too_long"),
        ],
    );
    table(
        &json!({"type": "string", "format": "multiline"}),
        &[
            (json!("a\r\n\tb"), ""),
            (json!("a\u{b}"), "control_character"),
            (json!("a".repeat(8192)), ""),
            (json!("a".repeat(8193)), "too_long"),
        ],
    );
    table(
        &json!({"type": "string", "choices": [{"value": "a", "title": "A"}]}),
        &[(json!("a"), ""), (json!(""), ""), (json!("A"), "not_a_choice")],
    );
    for key in ["pattern", "valid_re"] {
        table(
            &json!({"type": "string", key: "b+"}),
            &[(json!("abc"), ""), (json!(""), ""), (json!("ac"), "pattern")],
        );
    }
    table(
        &json!({"type": "string", "format": "email"}),
        &[(json!("a@example.com"), ""), (json!(""), ""), (json!("a"), "format")],
    );
}

#[test]
fn what_is_required_must_say_something() {
    let required = json!({"type": "string", "required": true, "title": "Customer Name"});
    table(
        &required,
        &[(json!("a"), ""), (json!(""), "required"), (json!(" \u{3000}"), "required")],
    );
    assert_eq!(message(&required, json!("")), "Customer Name is required.");
    for kind in ["any", "string", "integer", "number", "boolean", "object", "array"] {
        let model = model(&json!({"x": {"type": kind, "required": true}}));
        assert_eq!(codes(&model, &json!({})), ["/x required"], "{kind}");
    }
}

#[test]
fn the_mask_stands_for_a_secret_whatever_its_form() {
    let secret = json!({"type": "string", "is_password": true, "format": "uri", "required": true});
    table(
        &secret,
        &[
            (json!(MASK), ""),
            (json!(""), "required"),
            (json!("********x"), "format"),
            (json!(7), "wrong_type"),
        ],
    );
    table(
        &json!({"type": "string", "store_encrypted": true}),
        &[(json!("a".repeat(8192)), ""), (json!("a".repeat(8193)), "too_long")],
    );
    table(&json!({"type": "string", "minLength": 9}), &[(json!(MASK), "too_short")]);
}

#[test]
fn numbers() {
    table(
        &json!({"type": "integer"}),
        &[
            (json!(i64::MIN), ""),
            (json!(i64::MAX), ""),
            (json!(9_223_372_036_854_775_808_u64), "too_large"),
            (json!(1e300), "too_large"),
            (json!(-1e300), "too_small"),
            (json!(1.0), "wrong_type"),
            (json!("1"), "wrong_type"),
            (json!(true), "wrong_type"),
        ],
    );
    table(
        &json!({"type": "number", "minimum": -0.5, "maximum": 10}),
        &[
            (json!(-0.5), ""),
            (json!(10), ""),
            (json!(10.0), ""),
            (json!(-0.6), "too_small"),
            (json!(11), "too_large"),
            (json!(u64::MAX), "too_large"),
            (json!(null), "wrong_type"),
        ],
    );
    let level = json!({
        "type": "integer", "title": "Level",
        "choices": [{"value": 0, "title": "Off"}, {"value": 7}]
    });
    table(
        &level,
        &[(json!(0), ""), (json!(7), ""), (json!(1), "not_a_choice"), (json!("0"), "wrong_type")],
    );
    assert_eq!(message(&level, json!(1)), "Level must be one of: 0 (Off), 7.");
    let maximum = json!({"type": "integer", "title": "Size", "maximum": 10});
    assert_eq!(message(&maximum, json!(11)), "Size must be 10 or less.");
}

#[test]
fn booleans_objects_and_values_of_any_type() {
    table(
        &json!({"type": "boolean"}),
        &[(json!(false), ""), (json!("false"), "wrong_type"), (json!(0), "wrong_type")],
    );
    table(&json!({"type": "object"}), &[(json!({"a": null}), ""), (json!([]), "wrong_type")]);
    table(
        &json!({"type": "any"}),
        &[
            (json!({"a": [1, "x\ny"]}), ""),
            (json!(null), "wrong_type"),
            (json!([{"a": "\u{0}"}]), "control_character"),
            (json!({"\n": 1}), "control_character"),
            (json!(["a".repeat(8193)]), "too_long"),
        ],
    );
}

#[test]
fn arrays() {
    let list = json!({
        "type": "array", "title": "Tags", "minItems": 1, "maxItems": 3, "uniqueItems": true,
        "items": {"type": "any"}
    });
    table(
        &list,
        &[
            (json!(["a"]), ""),
            (json!([1, "1", true]), ""),
            (json!([]), "too_few_items"),
            (json!([1, 2, 3, 4]), "too_many_items"),
            (json!("a"), "wrong_type"),
        ],
    );
    let model = model(&json!({"x": list}));
    for twice in [json!([1, 1.0]), json!([{"a": 1, "b": 2}, {"b": 2, "a": 1.0}]), json!([0, -0.0])]
    {
        assert_eq!(codes(&model, &json!({"x": twice})), ["/x/1 duplicate_item"], "{twice}");
    }
    let none = codes(&model, &json!({"x": ["a,b", ["a", "b"], ["a,b"]]}));
    assert_eq!(none, [""; 0]);
    assert_eq!(message(&list, json!([1, 2, 3, 4])), "Tags can have at most 3 entries; it has 4.");
}

#[test]
fn errors_stand_in_the_order_of_the_schema_with_their_pointers() {
    let rows = json!({
        "type": "array",
        "items": {"type": "object", "properties": {
            "name": {"type": "string", "required": true},
            "size": {"type": "integer"}
        }}
    });
    let model = model(&json!({"first": {"type": "string", "required": true}, "rows": rows}));
    let data = json!({
        "a/b~c": 1,
        "rows": [{"size": 1.5}, 7, {"name": "x", "other": 2}],
        "id": 5
    });
    assert_eq!(
        codes(&model, &data),
        [
            "/id wrong_type",
            "/first required",
            "/rows/0/name required",
            "/rows/0/size wrong_type",
            "/rows/1 wrong_type",
            "/rows/2/other unknown_property",
            "/a~1b~0c unknown_property",
        ]
    );
}

#[test]
fn messages_say_the_way_out() {
    let choice = json!({
        "type": "string", "title": "Default Calling Behaviour",
        "choices": [{"value": "a", "title": "App"}, {"value": "b", "title": "Jabber"}]
    });
    let wanted = "Default Calling Behaviour must be one of: App, Jabber.";
    assert_eq!(message(&choice, json!("c")), wanted);
    let pattern = json!({
        "type": "string", "title": "Name", "pattern": "^a$",
        "description": "Only an a. It can't be changed."
    });
    let wanted = "Name isn't in the form that is expected here: Only an a.";
    assert_eq!(message(&pattern, json!("b")), wanted);
    let link = json!({"type": "string", "title": "Page", "format": "link"});
    let wanted = "Page must be a link that begins with https://, http:// or a single /.";
    assert_eq!(message(&link, json!("javascript:x")), wanted);
}

#[test]
fn hostile_input_gets_a_short_answer() {
    let model = model(&json!({"x": {"type": "array", "items": {"type": "string"}}}));
    let data = json!({"x": vec![1; 100_000]});
    assert_eq!(codes(&model, &data).len(), MAX_ERRORS);
    let name = "n".repeat(1_000_000);
    let data = json!({ name: 1 });
    let errors = validate(&model, data.as_object().unwrap());
    assert!(errors[0].field.len() < 200 && errors[0].message.len() < 200);
}
