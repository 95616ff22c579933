//! Every page of the console about models × every role × its own node, below it, beside it and above
//! it: the same answer as the API's, and nothing told of what isn't seen.

use tenantry::ui::routes::{Deed, ModelPath, ModelView};

use super::{
    routes::{fill, pkid},
    world::{Role, Seen, World},
};
use crate::support::PASSWORD;

/// Of each kind one: a customer with workflows, who is given licences, an inherited one, those of the
/// accounts, and the log.
const MODELS: [&str; 5] = [
    "relation/SparkCustomer",
    "data/User",
    "data/ServicePack",
    "data/SystemUser",
    "tool/Transaction",
];

/// What a page needs: any of these operations. A new page doesn't compile without.
fn needs(view: &ModelView) -> &'static [&'static str] {
    match view {
        ModelView::List | ModelView::Detail(_) => &["Read"],
        ModelView::Add => &["Create"],
        ModelView::Many(deed) | ModelView::One(_, deed) => match deed {
            Deed::Delete => &["Delete"],
            Deed::Modify => &["Bulk Update"],
            Deed::Move => &["Move"],
            Deed::Export => &["Export"],
            Deed::Load => &["Create", "Update"],
            Deed::Template => &["Export Bulkload Template"],
            Deed::Replay | Deed::Restore | Deed::Assign => &["Update"],
            Deed::Compare => &["Read"],
        },
    }
}

fn views(pkid: &str) -> Vec<ModelView> {
    let one = |deed| ModelView::One(pkid.to_owned(), deed);
    let plain = [ModelView::List, ModelView::Add, ModelView::Detail(pkid.to_owned())];
    let many = Deed::ALL.into_iter().map(ModelView::Many);
    plain.into_iter().chain(many).chain(Deed::ALL.into_iter().map(one)).collect()
}

#[tokio::test]
async fn every_page_of_models_answers_as_the_role_and_the_place_say() {
    let world = World::start().await;
    let app = &world.app;
    for role in Role::ALL {
        app.system_user(&role.name(), world.home(role).own, &role.name()).await;
    }
    fill(&world).await;
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let body = serde_json::json!({ "username": role.name(), "password": PASSWORD });
        let session = app.call("POST", "/noninteractivelogin").anonymous().json(&body).send().await;
        let cookie = format!("sessionid={}", session.cookie("sessionid"));
        for (seen, place) in world.home(role).places() {
            for model_type in MODELS {
                let model = app.app.model(model_type).unwrap();
                let pkid = pkid(model_type, &place.pkid);
                for view in views(&pkid) {
                    let path = ModelPath { model_type: model_type.to_owned(), view };
                    let asked = match path.pkid() {
                        Some(_) => path.href(),
                        None => format!("{}?hierarchy={}&pkid={pkid}", path.href(), place.pkid),
                    };
                    let answer = app.call("GET", &asked).cookie(&cookie).send().await;
                    let permitted =
                        needs(&path.view).iter().any(|needed| role.gives(model_type, needed));
                    let within = seen == Seen::Within;
                    let visible = within || seen == Seen::Above && model.inherited;
                    let acts = deed(&path.view).and_then(changes).is_some_and(|value| {
                        answer.text().contains(&format!("name=\"_submit\" value=\"{value}\""))
                    });
                    let right = match answer.status {
                        _ if role == Role::ApiClient => answer.status == 303,
                        // What holds from above is looked at here and changed there.
                        200 => visible && (permitted && within || !acts),
                        400 => within && permitted,
                        403 => visible && !permitted,
                        // There is no such page of each model.
                        404 | 405 => !(within && permitted && is_common(&path.view)),
                        _ => false,
                    };
                    if !right {
                        wrong.push(format!("{role:?} {seen:?}: {} to {asked}", answer.status));
                    }
                }
            }
        }
    }
    let shown: Vec<String> = wrong.iter().take(25).cloned().collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), shown.join("\n"));
}

fn deed(view: &ModelView) -> Option<Deed> {
    match view {
        ModelView::Many(deed) | ModelView::One(_, deed) => Some(*deed),
        ModelView::List | ModelView::Add | ModelView::Detail(_) => None,
    }
}

/// Whether every model has the page.
fn is_common(view: &ModelView) -> bool {
    matches!(view, ModelView::List | ModelView::Detail(_)) || deed(view) == Some(Deed::Export)
}

/// What the page's button says that changes something.
fn changes(deed: Deed) -> Option<&'static str> {
    match deed {
        Deed::Delete | Deed::Move | Deed::Load | Deed::Replay | Deed::Assign => Some(deed.as_str()),
        Deed::Modify => Some("modify"),
        Deed::Restore => Some("save_and_stay"),
        Deed::Export | Deed::Template | Deed::Compare => None,
    }
}
