//! Configuration templates: a model like any other, and what they do to creates and modifies.

use serde_json::{Value, json};

use crate::support::{PASSWORD, Place, SPARK, TestApp, at};

const TEMPLATES: &str = "/api/data/ConfigurationTemplate/";

fn template(name: &str, defaults: &Value, fixed: &Value) -> Value {
    json!({
        "name": name,
        "model_type": "relation/SparkCustomer",
        "defaults": defaults,
        "fixed": fixed,
    })
}

/// A provider's template "Standard" and a customer below it.
async fn with_standard() -> (TestApp, Place, Place) {
    let app = TestApp::start().await;
    let provider = app.provider("Provider").await;
    let customer = app.customer(&provider, "Customer").await;
    let standard = template(
        "Standard",
        &json!({ "email_domain": "example.com", "dirsync_enabled": true }),
        &json!({ "default_calling_behaviour": "Cisco Jabber app" }),
    );
    app.post(&at(TEMPLATES, &provider), &standard).await.expect(201);
    (app, provider, customer)
}

#[tokio::test]
async fn defaults_fill_and_fixed_values_replace_on_create() {
    let (app, _, customer) = with_standard().await;
    let body = json!({
        "name": "One", "email_domain": "", "default_calling_behaviour": "Third-Party app"
    });
    let path = format!("{}&template_name=Standard", at(SPARK, &customer));
    let made = app.post(&path, &body).await.expect(201).json();
    let pkid = made["pkid"].as_str().unwrap();
    let wanted = json!({
        "name": "One", "default_calling_behaviour": "Cisco Jabber app",
        "email_domain": "example.com", "dirsync_enabled": true
    });
    assert_eq!(app.given(&format!("{SPARK}{pkid}/")).await, wanted);
    let set = json!({ "name": "Two", "email_domain": "two.example", "dirsync_enabled": false });
    let made = app.post(&path, &set).await.expect(201).json();
    let data = app.data(&format!("{SPARK}{}/", made["pkid"].as_str().unwrap())).await;
    assert_eq!(data["email_domain"], "two.example");
    assert_eq!(data["dirsync_enabled"], false);
    let plain = app.spark(&customer, &json!({ "name": "Three" })).await;
    assert_eq!(app.given(&format!("{SPARK}{plain}/")).await, json!({ "name": "Three" }));
}

#[tokio::test]
async fn queued_writes_have_it_applied_and_an_unknown_one_is_refused_at_once() {
    let (app, _, customer) = with_standard().await;
    let path = format!("{}&nowait=true", at(SPARK, &customer));
    let chosen = format!("{path}&template_name=Standard");
    let queued = app.post(&chosen, &json!({ "name": "One" })).await.expect(202).json();
    let href = queued["href"].as_str().unwrap();
    assert_eq!(app.ended(href).await["status"], "Success");
    let row = app.get(SPARK).await.json()["resources"][0].clone();
    assert_eq!(row["data"]["default_calling_behaviour"], "Cisco Jabber app");
    let pkid = row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();

    let own = format!("{SPARK}{pkid}/?nowait=true");
    let chosen = format!("{own}&template_name=Standard");
    let queued = app.put(&chosen, &json!({ "name": "Two" })).await.expect(202).json();
    let href = queued["href"].as_str().unwrap();
    assert_eq!(app.ended(href).await["status"], "Success");
    let data = app.data(&format!("{SPARK}{pkid}/")).await;
    assert_eq!((&data["name"], &data["dirsync_enabled"]), (&json!("Two"), &json!(true)));

    let before = app.contents().await;
    let unknown =
        app.post(&format!("{path}&template_name=Other"), &json!({ "name": "Three" })).await;
    unknown.expect_fault(404, "not_found", &[("template_name", "not_found")]);
    // A value of a template is judged before the write is queued, as any other.
    let wrong = template("Wrong", &json!({ "email_domain": "no domain" }), &json!({}));
    app.post(&format!("{}&nowait=true", at(TEMPLATES, &customer)), &wrong).await.expect_fault(
        400,
        "validation",
        &[("/defaults/email_domain", "format")],
    );
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn a_modify_takes_one_under_each_of_its_parameters() {
    let (app, provider, customer) = with_standard().await;
    let list = app.get(&at(TEMPLATES, &provider)).await.expect(200).json();
    let own = list["resources"][0]["meta"]["references"]["self"][0]["pkid"].clone();
    let own = own.as_str().unwrap();
    for (number, choice) in [
        "template_name=Standard".to_owned(),
        format!("template={own}"),
        "configuration_template=Standard".to_owned(),
        format!("configuration_template={own}"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("Customer {number}");
        let pkid = app.spark(&customer, &json!({ "name": name })).await;
        let path = format!("{SPARK}{pkid}/");
        app.put(&format!("{path}?{choice}"), &json!({ "name": name })).await.expect(200);
        let data = app.data(&path).await;
        assert_eq!(data["default_calling_behaviour"], "Cisco Jabber app", "{choice}");
        assert_eq!(data["email_domain"], "example.com", "{choice}");
    }
}

#[tokio::test]
async fn the_nearest_of_that_name_is_taken_and_one_out_of_the_way_is_unknown() {
    let (app, provider, customer) = with_standard().await;
    let near = template("Standard", &json!({ "email_domain": "near.example" }), &json!({}));
    app.post(&at(TEMPLATES, &customer), &near).await.expect(201);
    let beside = app.customer(&provider, "Beside").await;
    let other = template("Other", &json!({ "email_domain": "other.example" }), &json!({}));
    app.post(&at(TEMPLATES, &beside), &other).await.expect(201);
    let nodes = json!({ "name": "Nodes", "model_type": "data/HierarchyNode",
        "defaults": { "description": "A node" } });
    app.post(&at(TEMPLATES, &provider), &nodes).await.expect(201);

    let path = at(SPARK, &customer);
    let body = json!({ "name": "One" });
    let made = app.post(&format!("{path}&template_name=Standard"), &body).await.expect(201).json();
    let pkid = made["pkid"].as_str().unwrap();
    let wanted = json!({ "name": "One", "email_domain": "near.example" });
    assert_eq!(app.given(&format!("{SPARK}{pkid}/")).await, wanted);

    let before = app.contents().await;
    // Beside, of another model, and not at all.
    for name in ["Other", "Nodes", "Nothing", "standard"] {
        app.post(&format!("{path}&template_name={name}"), &body).await.expect_fault(
            404,
            "not_found",
            &[("template_name", "not_found")],
        );
    }
    app.post(&format!("{path}&template=000000000000000000000000"), &body).await.expect_fault(
        404,
        "not_found",
        &[("template", "not_found")],
    );
    app.put(&format!("{SPARK}{pkid}/?configuration_template=Other"), &body).await.expect_fault(
        404,
        "not_found",
        &[("configuration_template", "not_found")],
    );
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn a_template_is_held_to_its_model() {
    let app = TestApp::start().await;
    let provider = app.provider("Provider").await;
    let path = at(TEMPLATES, &provider);
    let cases = [
        (json!({ "nonsense": 1 }), json!({}), "/defaults/nonsense", "unknown_property"),
        (json!({ "dirsync_enabled": "yes" }), json!({}), "/defaults/dirsync_enabled", "wrong_type"),
        (
            json!({}),
            json!({ "default_calling_behaviour": "Carrier pigeon" }),
            "/fixed/default_calling_behaviour",
            "not_a_choice",
        ),
        (json!({}), json!({ "account_email": "nobody" }), "/fixed/account_email", "format"),
        (json!({ "token": "hunter2" }), json!({}), "/defaults/token", "secret"),
        (json!({}), json!({ "http_proxy": "********" }), "/fixed/http_proxy", "secret"),
        (json!({ "token_link": "/oauth" }), json!({}), "/defaults/token_link", "read_only"),
        (json!({ "notes": null }), json!({}), "/defaults/notes", "wrong_type"),
        (json!({ "name": " " }), json!({}), "/defaults/name", "required"),
    ];
    for (defaults, fixed, field, code) in cases {
        let answer = app.post(&path, &template("T", &defaults, &fixed)).await;
        let answer = answer.expect_fault(400, "validation", &[(field, code)]);
        assert!(!answer.text().contains("hunter2"), "{answer}");
    }
    for model_type in ["relation/Nothing", "tool/Transaction", "data/ConfigurationTemplate"] {
        let mut body = template("T", &json!({}), &json!({}));
        body["model_type"] = json!(model_type);
        app.post(&path, &body).await.expect_fault(
            400,
            "validation",
            &[("/model_type", "not_a_choice")],
        );
    }
    let mut body = template("T", &json!({}), &json!({}));
    body["defaults"] = json!("all of them");
    app.post(&path, &body).await.expect_fault(400, "validation", &[("/defaults", "wrong_type")]);
    assert_eq!(app.total(TEMPLATES).await, 0);

    // What is refused at the creation is refused afterwards.
    let made = app.post(&path, &template("T", &json!({}), &json!({}))).await.expect(201).json();
    let own = format!("{TEMPLATES}{}/", made["pkid"].as_str().unwrap());
    let body = template("T", &json!({ "refresh_token": "x" }), &json!({}));
    app.put(&own, &body).await.expect_fault(
        400,
        "validation",
        &[("/defaults/refresh_token", "secret")],
    );
    let mut body = template("T", &json!({}), &json!({}));
    body["model_type"] = json!("data/HierarchyNode");
    app.put(&own, &body).await.expect_fault(400, "validation", &[("/model_type", "immutable")]);
}

#[tokio::test]
async fn names_are_unique_for_a_model_at_a_node_and_sites_have_none() {
    let (app, provider, customer) = with_standard().await;
    let again = template("Standard", &json!({}), &json!({}));
    app.post(&at(TEMPLATES, &provider), &again).await.expect_fault(
        409,
        "taken",
        &[("/name", "taken")],
    );
    let other = json!({ "name": "Standard", "model_type": "data/HierarchyNode" });
    app.post(&at(TEMPLATES, &provider), &other).await.expect(201);
    app.post(&at(TEMPLATES, &customer), &again).await.expect(201);
    let site = app.site(&customer, "Site").await;
    app.post(&at(TEMPLATES, &site), &again).await.expect_fault(
        400,
        "validation",
        &[("hierarchy", "wrong_place")],
    );
}

#[tokio::test]
async fn the_add_form_is_filled_by_the_template() {
    let (app, _, customer) = with_standard().await;
    let path = format!("{SPARK}add/?hierarchy={}", customer.pkid);
    let form = app.get(&format!("{path}&template_name=Standard")).await.expect(200).json();
    let wanted = json!({
        "email_domain": "example.com", "dirsync_enabled": true,
        "default_calling_behaviour": "Cisco Jabber app", "sync": false
    });
    assert_eq!(form["data"], wanted);
    assert_eq!(form["meta"]["configuration_template"]["name"], "Standard");
    let properties = &form["schema"]["properties"];
    assert_eq!(properties["default_calling_behaviour"]["readonly"], true);
    assert_eq!(properties["email_domain"].get("readonly"), None);
    app.get(&format!("{path}&template_name=Other")).await.expect_fault(
        404,
        "not_found",
        &[("template_name", "not_found")],
    );
}

#[tokio::test]
async fn a_templates_own_add_form_has_the_fields_of_its_model() {
    let (app, provider, _) = with_standard().await;
    let path = format!("{TEMPLATES}add/?hierarchy={}", provider.pkid);
    let form = app.get(&path).await.expect(200).json();
    let model_type = &form["schema"]["properties"]["model_type"];
    let choices: Vec<&str> = model_type["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|choice| choice["value"].as_str().unwrap())
        .collect();
    assert_eq!(
        choices,
        [
            "data/AccessProfile",
            "data/FieldDisplayPolicy",
            "data/HierarchyNode",
            "data/Role",
            "data/Schedule",
            "data/Service",
            "data/ServicePack",
            "data/SystemUser",
            "data/User",
            "data/UserService",
            "relation/SparkCustomer"
        ]
    );
    assert_eq!(form["schema"]["properties"]["defaults"].get("properties"), None);

    let chosen = format!("{path}&model_type=relation/SparkCustomer");
    let form = app.get(&chosen).await.expect(200).json();
    assert_eq!(form["data"], json!({ "model_type": "relation/SparkCustomer" }));
    for part in ["defaults", "fixed"] {
        let fields = form["schema"]["properties"][part]["properties"].as_object().unwrap();
        assert!(fields.contains_key("email_domain"), "{part}");
        for none in ["token", "refresh_token", "http_proxy", "https_proxy", "token_link"] {
            assert!(!fields.contains_key(none), "{none}");
        }
        assert_eq!(fields["name"].get("required"), None);
        assert_eq!(fields["sync"].get("default"), None);
    }
    let form = app.get(&format!("{path}&model_type=relation/Nothing")).await.expect(200).json();
    assert_eq!(form["data"], json!({}));
}

#[tokio::test]
async fn the_usable_ones_are_listed_the_nearest_first() {
    let (app, provider, customer) = with_standard().await;
    for name in ["Beta", "alpha"] {
        let near = template(name, &json!({}), &json!({}));
        app.post(&at(TEMPLATES, &customer), &near).await.expect(201);
    }
    let nodes = json!({ "name": "Nodes", "model_type": "data/HierarchyNode" });
    app.post(&at(TEMPLATES, &customer), &nodes).await.expect(201);
    let site = app.site(&customer, "Site").await;
    let list = |place: Place| {
        let call = app.call("GET", &at(&format!("{SPARK}configuration_template/"), &place));
        async move { call.send().await.expect(200).json() }
    };
    let answer = list(customer.clone()).await;
    let parts: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(parts, ["meta", "resources", "actions"]);
    assert_eq!(answer["meta"]["model_type"], "relation/SparkCustomer");
    let names = |answer: &Value| -> Vec<String> {
        let rows = answer["resources"].as_array().unwrap();
        rows.iter().map(|row| row["data"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&answer), ["alpha", "Beta", "Standard"]);
    let row = &answer["resources"][2];
    assert_eq!(row["meta"]["model_type"], "data/ConfigurationTemplate");
    assert_eq!(row["data"]["hierarchy_friendly_name"], provider.path.as_str());
    let create = &answer["actions"][0]["create"];
    assert_eq!(create["method"], "POST");
    assert_eq!(create["href"], at(TEMPLATES, &customer).as_str());
    assert_eq!(names(&list(provider).await), ["Standard"]);
    // A site has none of its own, so none can be created there.
    let answer = list(site).await;
    assert_eq!(names(&answer), ["alpha", "Beta", "Standard"]);
    assert_eq!(answer["actions"], json!([]));

    let unknown = format!("{SPARK}configuration_template/?hierarchy=sys.Nobody");
    app.get(&unknown).await.expect_fault(404, "not_found", &[("hierarchy", "not_found")]);
    for path in [
        "/api/tool/Transaction/configuration_template/",
        "/api/data/ConfigurationTemplate/configuration_template/",
        "/api/tool/Transaction/field_display_policy/",
    ] {
        app.get(path).await.expect_fault(405, "not_offered", &[]);
    }
}

#[tokio::test]
async fn what_stands_above_the_caller_is_usable_and_what_stands_beside_it_is_not() {
    let (app, _, customer) = with_standard().await;
    app.account("carla", &customer).await;
    let path = at(&format!("{SPARK}configuration_template/"), &customer);
    let answer = app.call("GET", &path).basic("carla", PASSWORD).send().await.expect(200).json();
    assert_eq!(answer["resources"][0]["data"]["name"], "Standard");
    let path = format!("{}&template_name=Standard", at(SPARK, &customer));
    let made = app.call("POST", &path).basic("carla", PASSWORD).json(&json!({ "name": "One" }));
    made.send().await.expect(201);
    // Which doesn't show it to the caller as an instance.
    let list = app.call("GET", TEMPLATES).basic("carla", PASSWORD).send().await.expect(200);
    assert_eq!(list.json()["pagination"]["total"], 0);
}
