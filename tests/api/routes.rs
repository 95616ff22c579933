//! The list of routes against the program itself: each listed one is there, and no other.

use std::collections::{BTreeMap, BTreeSet};

use tenantry::api::routes::{self, Surface};

use crate::support::TestApp;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The methods of each path, with whether the route is offered and for whom it is.
type Table = BTreeMap<String, BTreeMap<String, (bool, Surface)>>;

fn table(app: &TestApp) -> Table {
    let mut table = Table::new();
    for route in routes::all(&app.app) {
        let what = (route.offered, route.surface);
        let before =
            table.entry(route.path.clone()).or_default().insert(route.method.to_string(), what);
        assert_eq!(before, None, "{} {} is listed twice", route.method, route.path);
    }
    table
}

/// The path with something in its placeholders.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        // Of what is open to all the name of something that there is.
        "{section}" => "Health",
        part if part.starts_with('{') => "some",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn what_is_listed_answers_and_what_is_not_listed_does_not() {
    let app = TestApp::start().await;
    for (path, methods) in table(&app) {
        let api = methods.values().any(|(_, surface)| *surface != Surface::Console);
        if !api {
            continue;
        }
        for method in METHODS {
            let answer = app.call(method, &filled(&path)).anonymous().send().await;
            let told = format!("{method} {path}: {answer}");
            match methods.get(method) {
                Some((true, Surface::Open)) => {
                    assert!(![404, 405].contains(&answer.status), "{told}");
                }
                // Who doesn't say who it is learns nothing, not even whether there is an instance.
                Some((true, _)) => assert_eq!(answer.status, 401, "{told}"),
                Some((false, _)) | None => assert_eq!(answer.status, 405, "{told}"),
            }
        }
    }
}

#[tokio::test]
async fn every_model_has_its_routes_and_its_own_name_in_them() {
    let app = TestApp::start().await;
    let all = routes::all(&app.app);
    for model in app.app.models.iter() {
        let own: BTreeSet<&str> = all
            .iter()
            .filter(|route| route.model_type.as_deref() == Some(&model.model_type))
            .map(|route| route.path.as_str())
            .collect();
        let base = format!("/api/{}", model.model_type);
        for rest in ["", "/{pkid}", "/schema", "/import", "/export"] {
            assert!(own.contains(format!("{base}{rest}").as_str()), "{base}{rest}");
        }
        assert!(own.iter().all(|path| path.starts_with(&base)), "{own:?}");
    }
}
