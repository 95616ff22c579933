//! Properties of the model language that hold for any model and any instance: the validator
//! judges as JSON Schema does, and a form gives back what it was filled with.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::Union;
use serde_json::{Map, Value, json};
use tenantry::domain::policies::{Policy, shown as shown_by};
use tenantry::model::form::{
    from_pairs, is_drawn, is_editable, is_open, more_name, tidy, to_pairs,
};
use tenantry::model::{Kind, MASK, Model, Property, validate};

const CAP: usize = 1024;
const CAP_LONG: usize = 8192;

/// No control characters, as a regular expression that both engines read alike.
const PLAIN: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
/// The same, but for what text of several lines needs.
const LINES: &str = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

// ---- Models -------------------------------------------------------------------------------

const NAMES: [&str; 6] = ["a", "b", "c", "name", "x-y", "z_1"];

fn maybe(strategy: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    proptest::option::weighted(0.4, strategy).boxed()
}

/// An object of the keywords that were drawn.
fn keywords(kind: &str, pairs: Vec<(&str, Option<Value>)>) -> Value {
    let mut object = json!({"type": kind});
    for (key, value) in pairs {
        if let Some(value) = value {
            object[key] = value;
        }
    }
    object
}

fn flags() -> BoxedStrategy<(Option<Value>, Option<Value>)> {
    let flag = || maybe(any::<bool>().prop_map(Value::from));
    (flag(), flag()).boxed()
}

/// Kept out, because JSON Schema has nothing to compare them with: the named formats, which are
/// checked one by one in formats.rs (all but multiline, which is a matter of characters only).
fn string_property() -> BoxedStrategy<Value> {
    let choices = subsequence(vec!["ab", "é", "12", "a b"], 1..=4).prop_map(|values| {
        let choices: Vec<Value> =
            values.iter().map(|v| json!({"value": v, "title": format!("The {v}")})).collect();
        keywords("string", vec![("choices", Some(Value::from(choices)))])
    });
    let names = subsequence(vec!["ab", "é", "12"], 1..=3)
        .prop_map(|values| keywords("string", vec![("enum", Some(json!(values)))]));
    let patterns = ["^[a-z]+$", "[0-9]", "^(ab|é)*$", "^.{1,3}$", "\\d\\w", "b|^a"];
    let free = (
        maybe((0..4_usize).prop_map(Value::from)),
        maybe((4..9_usize).prop_map(Value::from)),
        maybe(select(patterns.to_vec()).prop_map(Value::from)),
        any::<bool>(),
        maybe(Just(Value::from("multiline"))),
    )
        .prop_map(|(min, max, pattern, valid_re, format)| {
            let name = if valid_re { "valid_re" } else { "pattern" };
            let pairs =
                vec![("minLength", min), ("maxLength", max), (name, pattern), ("format", format)];
            keywords("string", pairs)
        });
    Union::new_weighted(vec![(1, choices.boxed()), (1, names.boxed()), (3, free.boxed())]).boxed()
}

fn number_property() -> BoxedStrategy<Value> {
    let limits = |low: BoxedStrategy<Value>, high: BoxedStrategy<Value>| (maybe(low), maybe(high));
    let whole =
        limits((-9..0_i64).prop_map(Value::from).boxed(), (0..9_i64).prop_map(Value::from).boxed())
            .prop_map(|(low, high)| keywords("integer", vec![("minimum", low), ("maximum", high)]));
    let any =
        limits((-9.0..0.0).prop_map(Value::from).boxed(), (0.0..9.0).prop_map(Value::from).boxed())
            .prop_map(|(low, high)| keywords("number", vec![("minimum", low), ("maximum", high)]));
    prop_oneof![whole, any].boxed()
}

fn array_property(items: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let unique = maybe(any::<bool>().prop_map(Value::from));
    let least = maybe((0..2_usize).prop_map(Value::from));
    let most = maybe((2..4_usize).prop_map(Value::from));
    (proptest::option::weighted(0.9, items), least, most, unique)
        .prop_map(|(items, least, most, unique)| {
            let pairs = vec![
                ("items", items),
                ("minItems", least),
                ("maxItems", most),
                ("uniqueItems", unique),
            ];
            keywords("array", pairs)
        })
        .boxed()
}

fn object_property(member: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let members = subsequence(NAMES.to_vec(), 1..=3).prop_flat_map(move |names| {
        let properties = vec(member.clone(), names.len());
        properties.prop_map(move |p| {
            let members: Map<String, Value> =
                names.iter().map(|n| (*n).to_owned()).zip(p).collect();
            Value::Object(members)
        })
    });
    let open = maybe(any::<bool>().prop_map(Value::from));
    (proptest::option::weighted(0.9, members), open)
        .prop_map(|(members, open)| {
            keywords("object", vec![("properties", members), ("additionalProperties", open)])
        })
        .boxed()
}

/// A property without the flags that all kinds have.
fn bare_property() -> BoxedStrategy<Value> {
    let leaf = Union::new_weighted(vec![
        (5, string_property()),
        (2, number_property()),
        (1, Just(json!({"type": "boolean"})).boxed()),
        (1, Just(json!({"type": "any"})).boxed()),
    ]);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let inner = with_flags(inner.boxed());
        prop_oneof![array_property(inner.clone()), object_property(inner)]
    })
    .boxed()
}

fn with_flags(bare: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    (bare, flags())
        .prop_map(|(mut property, (required, displayable))| {
            for (key, flag) in [("required", required), ("displayable", displayable)] {
                if let Some(flag) = flag {
                    property[key] = flag;
                }
            }
            property
        })
        .boxed()
}

fn model_file() -> BoxedStrategy<Value> {
    let property = with_flags(bare_property());
    let open = any::<bool>();
    let fields = subsequence(NAMES.to_vec(), 1..=5).prop_flat_map(move |names| {
        let count = names.len();
        (Just(names), vec(property.clone(), count))
    });
    let lists = (vec(any::<bool>(), 3), vec(any::<bool>(), NAMES.len()));
    (fields, open, lists)
        .prop_map(|((names, properties), open, (secrets, managed))| {
            let mut schema = json!({"type": "object", "properties": {"id": {"type": "string"}}});
            if open {
                schema["additionalProperties"] = json!(true);
            }
            for (name, property) in names.iter().zip(properties) {
                schema["properties"][name] = property;
            }
            for (i, secret) in secrets.iter().enumerate() {
                if *secret {
                    schema["properties"][format!("secret{i}")] =
                        json!({"type": "string", "is_password": true, "required": i == 0});
                }
            }
            let managed: Vec<&str> = names
                .iter()
                .zip(managed)
                .filter(|(_, managed)| *managed)
                .map(|(name, _)| *name)
                .take(1)
                .collect();
            json!({
                "model_type": "data/Random", "title": "Random", "summary_attrs": ["id"],
                "managed": managed, "schema": schema
            })
        })
        .boxed()
}

/// A model that shows itself by its file when a case fails.
#[derive(Clone)]
struct Random(Model);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.source)
    }
}

fn a_model() -> BoxedStrategy<Random> {
    model_file()
        .prop_map(|file| {
            let model = Model::try_from(file.clone());
            Random(model.unwrap_or_else(|error| panic!("{error} in {file}")))
        })
        .boxed()
}

// ---- Instances ----------------------------------------------------------------------------

/// Texts around every limit and pattern that the models above have. The byte order mark is left
/// out: JavaScript's patterns call it a space and Unicode doesn't.
fn text() -> BoxedStrategy<String> {
    let known = [
        "",
        "ab",
        "é",
        "12",
        "a b",
        "ab\u{301}",
        "👩‍👧",
        "שלום",
        " ",
        "a\nb",
        "\u{0}",
        "\u{85}",
        MASK,
    ];
    let long = select(vec![CAP, CAP + 1, CAP_LONG, CAP_LONG + 1])
        .prop_flat_map(|n| select(vec!["a", "é"]).prop_map(move |c| c.repeat(n)));
    Union::new_weighted(vec![
        (4, select(known.to_vec()).prop_map(str::to_owned).boxed()),
        (4, "[a-zé0-9 ]{0,9}".boxed()),
        (1, any::<String>().prop_filter("mark", |s| !s.contains('\u{feff}')).boxed()),
        (1, long.boxed()),
    ])
    .boxed()
}

fn number() -> BoxedStrategy<Value> {
    prop_oneof![
        (-10..10_i64).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-10.0..10.0).prop_map(Value::from),
        select(vec![0.0, -0.0, 1.0, 1e300, -1e300, 9.3e18]).prop_map(Value::from),
    ]
    .boxed()
}

/// Any JSON, for open parts and for what doesn't belong where it stands.
fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let key = prop_oneof![select(NAMES.to_vec()).prop_map(str::to_owned), text()];
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((key, inner), 0..3).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
    .boxed()
}

/// A value that mostly fits; `strays` of a hundred don't try to.
fn value_of(property: &Property, strays: u32) -> BoxedStrategy<Value> {
    let fitting = match property.kind {
        Kind::Any => anything(),
        Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Integer => (-9..9_i64).prop_map(Value::from).boxed(),
        Kind::Number => {
            prop_oneof![(-9..9_i64).prop_map(Value::from), (-9.0..9.0).prop_map(Value::from)]
                .boxed()
        }
        Kind::String if property.is_secret() => {
            select(vec![MASK, "s3cret"]).prop_map(Value::from).boxed()
        }
        Kind::String if !property.choices.is_empty() => {
            let choices: Vec<String> = property.choices.iter().map(|c| c.value.clone()).collect();
            let others = select(vec!["ab", "12", "AB"]).prop_map(Value::from);
            prop_oneof![6 => select(choices).prop_map(Value::from), 1 => others].boxed()
        }
        Kind::String => {
            // Texts that fit the patterns above, and the length limits around them.
            let known = select(vec!["ab", "abab", "ééé", "a1b", "12a", "", "abababab"]);
            prop_oneof![3 => known.prop_map(Value::from), 1 => text().prop_map(Value::from)].boxed()
        }
        Kind::Array => {
            let item = property.items.as_ref().map_or_else(anything, |i| value_of(i, strays));
            vec(item, 0..4).prop_map(Value::from).boxed()
        }
        Kind::Object => object_of(property, strays).prop_map(Value::Object).boxed(),
    };
    if strays == 0 {
        return fitting;
    }
    Union::new_weighted(vec![(100 - strays, fitting), (strays, anything())]).boxed()
}

/// A value that is there in some of a hundred cases, or in none, or in all.
fn there<T: Clone + std::fmt::Debug + 'static>(
    percent: u32,
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<T>> {
    match percent {
        0 => Just(None).boxed(),
        100 => value.prop_map(Some).boxed(),
        _ => proptest::option::weighted(f64::from(percent) / 100.0, value).boxed(),
    }
}

fn object_of(property: &Property, strays: u32) -> BoxedStrategy<Map<String, Value>> {
    let members: Vec<BoxedStrategy<Option<(String, Value)>>> = property
        .properties
        .iter()
        .map(|(name, member)| {
            let name = name.clone();
            let percent = if member.required { 100 - strays } else { 60 };
            let value = value_of(member, strays).prop_map(move |v| (name.clone(), v));
            there(percent, value)
        })
        .collect();
    let percent = if property.additional_properties { 30 } else { strays };
    let other = there(percent, (text(), anything()));
    let named: Vec<String> = property.properties.iter().map(|(n, _)| n.clone()).collect();
    (members, other)
        .prop_map(move |(members, other)| {
            let mut object: Map<String, Value> = members.into_iter().flatten().collect();
            if let Some((key, value)) = other
                && !named.contains(&key)
            {
                object.insert(key, value);
            }
            object
        })
        .boxed()
}

/// A model, and an instance in which few or many things are wrong.
fn case() -> impl Strategy<Value = (Random, Map<String, Value>)> {
    (a_model(), select(vec![0, 0, 5, 20])).prop_flat_map(|(model, strays)| {
        let instance = object_of(&model.0.root, strays);
        (Just(model), instance)
    })
}

// ---- The dialect as JSON Schema, draft 4 ---------------------------------------------------

fn to_draft_4(model: &Model) -> Value {
    let mut schema = object_schema(&model.root);
    schema["$schema"] = json!("http://json-schema.org/draft-04/schema#");
    // What an open part may hold: ours beyond JSON Schema are the control characters, also in
    // names, and the length of texts.
    schema["definitions"] = json!({"open": {"anyOf": [
        {"type": ["null", "boolean", "number"]},
        {"type": "string", "pattern": LINES, "maxLength": CAP_LONG},
        {"type": "array", "items": {"$ref": "#/definitions/open"}},
        {
            "type": "object",
            "patternProperties": {PLAIN: {"$ref": "#/definitions/open"}},
            "additionalProperties": false
        }
    ]}});
    schema
}

fn schema_of(property: &Property) -> Value {
    match property.kind {
        // Ours: null is no value.
        Kind::Any => json!({"allOf": [{"$ref": "#/definitions/open"}, {"not": {"type": "null"}}]}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::String => string_schema(property),
        Kind::Integer | Kind::Number => {
            let mut schema = json!({"type": "number"});
            if property.kind == Kind::Integer {
                // Ours: what an i64 holds.
                schema["type"] = json!("integer");
                schema["allOf"] = json!([{"minimum": i64::MIN, "maximum": i64::MAX}]);
            }
            for (key, limit) in [("minimum", property.minimum), ("maximum", property.maximum)] {
                if let Some(limit) = limit {
                    schema[key] = json!(limit);
                }
            }
            schema
        }
        Kind::Array => {
            let open = || json!({"$ref": "#/definitions/open"});
            let items = property.items.as_ref().map_or_else(open, |i| schema_of(i));
            let mut schema =
                json!({"type": "array", "items": items, "uniqueItems": property.unique_items});
            for (key, count) in [("minItems", property.min_items), ("maxItems", property.max_items)]
            {
                if let Some(count) = count {
                    schema[key] = json!(count);
                }
            }
            schema
        }
        Kind::Object => object_schema(property),
    }
}

fn string_schema(property: &Property) -> Value {
    let multiline = property.format.is_some();
    let cap = if multiline || property.is_secret() { CAP_LONG } else { CAP };
    // Ours: a length where the schema is silent, and no control characters.
    let characters = json!({"pattern": if multiline { LINES } else { PLAIN }});
    let mut says = json!({
        "type": "string",
        "maxLength": property.max_length.unwrap_or(cap),
        "allOf": [characters]
    });
    if let Some(min) = property.min_length {
        says["minLength"] = json!(min);
    }
    if let Some(pattern) = &property.pattern {
        says["pattern"] = json!(pattern);
    }
    if !property.choices.is_empty() {
        let values: Vec<&str> = property.choices.iter().map(|c| c.value.as_str()).collect();
        says["enum"] = json!(values);
    }
    // Ours: a secret may be its mask, and an empty text is one that isn't set.
    let mut ways = vec![says];
    if property.is_secret() {
        ways.push(json!({"enum": [MASK]}));
    }
    if property.required {
        return json!({"allOf": [{"anyOf": ways}, {"pattern": "\\S"}]});
    }
    ways.push(json!({"enum": [""]}));
    json!({"anyOf": ways})
}

fn object_schema(property: &Property) -> Value {
    let members: Map<String, Value> =
        property.properties.iter().map(|(n, p)| (n.clone(), schema_of(p))).collect();
    let required: Vec<&str> =
        property.properties.iter().filter(|(_, p)| p.required).map(|(n, _)| n.as_str()).collect();
    let mut schema =
        json!({"type": "object", "properties": members, "additionalProperties": false});
    if property.additional_properties {
        // The named ones fit the pattern too, so it must not narrow them: a name of theirs is
        // let through here and judged under "properties".
        let names = property.properties.iter().map(|(n, _)| format!("{n}$"));
        let others = names.fold(String::new(), |all, name| format!("{all}(?!{name})"));
        let key = format!("^{others}{}", &PLAIN[1..]);
        schema["patternProperties"] = json!({key: {"$ref": "#/definitions/open"}});
    }
    // Draft 4 knows no empty list here.
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

// ---- Properties ----------------------------------------------------------------------------

/// What a form shows of a value: outside of lists the displayable properties, in their entries
/// all, because hidden ones are posted along; and what open objects hold beyond them.
fn shown(property: &Property, value: &Value, entry: bool) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter_map(|(name, value)| {
                let Some(member) = property.property(name) else {
                    return is_open(property).then(|| (name.clone(), value.clone()));
                };
                (entry || is_drawn(member)).then(|| (name.clone(), shown(member, value, entry)))
            })
            .collect(),
        Value::Array(entries) => {
            let items = property.items.as_deref();
            entries.iter().filter_map(|e| items.map(|i| shown(i, e, true))).collect()
        }
        other => other.clone(),
    }
}

/// A value without what a form can't tell from nothing: empty texts, lists and objects.
fn pruned(value: &Value) -> Option<Value> {
    let value = match value {
        Value::Object(members) => {
            members.iter().filter_map(|(n, v)| Some((n.clone(), pruned(v)?))).collect()
        }
        Value::Array(entries) => entries.iter().filter_map(pruned).collect(),
        // Forms post either end of line; what is kept has one.
        Value::String(text) => Value::from(text.replace("\r\n", "\n").replace('\r', "\n")),
        other => other.clone(),
    };
    let empty = value == json!("") || value == json!([]) || value == json!({});
    (!empty).then_some(value)
}

/// The instance as the store answers it: secrets that are set are masked.
fn masked(model: &Model, mut data: Map<String, Value>) -> Map<String, Value> {
    for (name, property) in &model.root.properties {
        if property.is_secret() && data.get(name).is_some_and(|v| *v != "") {
            data.insert(name.clone(), Value::from(MASK));
        }
    }
    data
}

/// Names of inputs, such as forms have and such as they don't.
fn post_name() -> BoxedStrategy<String> {
    let tokens =
        ["a", "b", "name", "id", "secret0", "0", "1", "7", "01", "999999999", "~1", "", ":do"];
    let pointer = vec(select(tokens.to_vec()), 0..5)
        .prop_map(|t| t.iter().fold(String::new(), |all, t| all + "/" + t));
    prop_oneof![
        4 => pointer.clone(),
        1 => pointer.clone().prop_map(|p| format!("{p}:do")),
        1 => pointer.prop_map(|p| more_name(&p)),
        1 => text(),
    ]
    .boxed()
}

/// Rows of a display policy, of which some name what the model hasn't, or the same twice.
fn rows() -> BoxedStrategy<Value> {
    let name = prop_oneof![
        6 => select(NAMES.to_vec()),
        2 => select(vec!["id", "secret0", "secret1"]),
        1 => select(vec!["", "nothing"]),
    ];
    let visibility = select(vec!["visible", "hidden", "readonly", "other"]);
    let row = (name, visibility, maybe(text().prop_map(Value::from)), select(vec!["", "A", "B "]))
        .prop_map(|(name, visibility, title, group)| {
            json!({"name": name, "visibility": visibility, "title": title, "group": group})
        });
    vec(row, 0..8).prop_map(Value::from).boxed()
}

fn config() -> ProptestConfig {
    // No files of failed cases: the seed is printed.
    ProptestConfig {
        cases: 400,
        failure_persistence: None,
        // About half of the instances are valid, and the properties of forms want only those.
        max_global_rejects: 100_000,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_validator_judges_as_json_schema_does((Random(model), data) in case()) {
        let schema = to_draft_4(&model);
        let theirs = jsonschema::draft4::new(&schema).unwrap();
        let instance = Value::Object(data.clone());
        let errors = validate(&model, &data);
        let reasons: Vec<String> = theirs.iter_errors(&instance).map(|e| e.to_string()).collect();
        prop_assert_eq!(
            errors.is_empty(), reasons.is_empty(),
            "ours: {:?}\ntheirs: {:?}\nmodel: {}\ninstance: {}",
            errors, reasons, &model.schema, instance
        );
        // An error names a value of the instance, or one that is missing right below it.
        for error in errors {
            let place = match error.code.as_str() {
                "required" => error.field.rsplit_once('/').unwrap().0,
                // Names that nobody could read are cut.
                _ if error.field.contains('…') => "",
                _ => &error.field,
            };
            prop_assert!(instance.pointer(place).is_some(), "{:?}", error);
        }
    }

    #[test]
    fn a_form_saved_untouched_changes_nothing((Random(model), data) in case()) {
        // Secrets are masked in what is stored, and this is about stored, hence valid instances.
        prop_assume!(validate(&model, &data).is_empty());
        let data = masked(&model, data);
        let saved = from_pairs(&model, &to_pairs(&model, &data), Some(&data));
        prop_assert_eq!(Value::Object(saved), Value::Object(data));
    }

    #[test]
    fn a_display_policy_loses_nothing((Random(model), data) in case(), rows in rows()) {
        let policy = json!({"fields": rows});
        let drawn = shown_by(&model, &Policy::from_data("", policy.as_object().unwrap()));
        // It travels to the browser as any model does.
        prop_assert!(Model::try_from(Value::from(drawn.clone())).unwrap() == drawn);
        prop_assert_eq!(drawn.root.properties.len(), model.root.properties.len());
        for (name, property) in &model.root.properties {
            let shown = drawn.root.property(name).unwrap();
            if property.required {
                prop_assert_eq!(is_drawn(shown), is_drawn(property), "{}", name);
                prop_assert_eq!(
                    is_editable(&drawn, name, false), is_editable(&model, name, false), "{}", name
                );
            }
        }
        let judged = |model: &Model| {
            let errors = validate(model, &data).into_iter().map(|e| (e.field, e.code));
            errors.collect::<std::collections::BTreeSet<_>>()
        };
        prop_assert_eq!(judged(&drawn), judged(&model));

        // What it hides or locks stays, whatever is posted.
        prop_assume!(validate(&model, &data).is_empty());
        let data = masked(&model, data);
        let saved = from_pairs(&drawn, &to_pairs(&drawn, &data), Some(&data));
        prop_assert_eq!(Value::Object(saved), Value::Object(data.clone()));
        let mut forged = to_pairs(&model, &data);
        for (_, text) in &mut forged {
            text.push_str("12");
        }
        let saved = from_pairs(&drawn, &forged, Some(&data));
        for (name, _) in &drawn.root.properties {
            if !is_editable(&drawn, name, false) {
                prop_assert_eq!(saved.get(name), data.get(name), "{}", name);
            }
        }
    }

    #[test]
    fn a_form_gives_back_what_it_was_filled_with((Random(model), data) in case()) {
        prop_assume!(validate(&model, &data).is_empty());
        let told = |name: &String| {
            let secret = model.root.property(name).is_some_and(Property::is_secret);
            !secret && !model.managed.contains(name)
        };
        let mut data = data;
        data.retain(|name, _| told(name) && model.root.property(name).is_some());
        let read = from_pairs(&model, &to_pairs(&model, &data), None);
        let shown = shown(&model.root, &Value::Object(data), false);
        prop_assert_eq!(pruned(&Value::Object(read)), pruned(&shown));
    }

    #[test]
    fn any_post_is_read_without_panic(
        Random(model) in a_model(),
        posted in vec((post_name(), text()), 0..12),
        base in anything(),
    ) {
        let base = base.as_object();
        let data = from_pairs(&model, &posted, base);
        let _ = validate(&model, &data);
        // What a form with errors shows again means the same.
        let again = from_pairs(&model, &tidy(&model, &posted), None);
        prop_assert_eq!(from_pairs(&model, &posted, None), again);
    }
}
