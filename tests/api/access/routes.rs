//! Every route of the two APIs × every role × its own node, below it, beside it and above it. The
//! routes are those of the program: one without a row here fails.

use serde_json::{Value, json};
use tenantry::{
    api::routes::{self, Route, Surface},
    model::Model,
    store::{NewInstance, StoreError},
};

use super::world::{Role, Seen, World};
use crate::{
    support::{Answer, PASSWORD, Place},
    transfer::loading::form,
};

/// What a route is about, and so where it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// The node of `hierarchy`.
    Place,
    /// The instance of the path.
    One,
    /// Neither: the caller's own views and the like.
    Nothing,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    None,
    Empty,
    /// Hrefs of which none is there, beside something to change.
    Hrefs,
    /// A filter.
    Filter,
    /// A saved view.
    View,
    /// What is given to users of which none is there.
    Wanted,
    /// What is given to one user.
    Items,
    /// A transaction that isn't there.
    Version,
    /// A file that nobody can read.
    File,
}

/// Any of these operations is enough; none is asked for where there are none.
type Operations = &'static [&'static str];

struct Row {
    method: &'static str,
    /// Behind the path of a model.
    rest: &'static str,
    needs: Operations,
    about: About,
    body: Body,
}

const fn row(
    method: &'static str,
    rest: &'static str,
    needs: Operations,
    about: About,
    body: Body,
) -> Row {
    Row { method, rest, needs, about, body }
}

/// The routes that models have.
const MODEL: [Row; 38] = [
    row("GET", "", &["Read"], About::Place, Body::None),
    row("POST", "", &["Create"], About::Place, Body::Empty),
    row("DELETE", "", &["Delete"], About::Place, Body::Hrefs),
    row("GET", "/bulk_update", &["Bulk Update"], About::Place, Body::None),
    row("POST", "/bulk_update", &["Bulk Update"], About::Place, Body::Hrefs),
    row("GET", "/views", &["Read"], About::Nothing, Body::None),
    row("POST", "/views", &["Read"], About::Nothing, Body::View),
    row("DELETE", "/views/{pkid}", &[], About::One, Body::None),
    row("GET", "/add", &["Create"], About::Place, Body::None),
    row("GET", "/schema", &["Read"], About::Place, Body::None),
    row("GET", "/help", &["Read"], About::Place, Body::None),
    row("GET", "/choices", &["Read"], About::Place, Body::None),
    row("GET", "/configuration_template", &["Configuration Template"], About::Place, Body::None),
    row("GET", "/field_display_policy", &["Field Display Policy"], About::Place, Body::None),
    row("GET", "/{pkid}", &["Read"], About::One, Body::None),
    row("PUT", "/{pkid}", &["Update"], About::One, Body::Empty),
    row("DELETE", "/{pkid}", &["Delete"], About::One, Body::None),
    row("POST", "/{pkid}/restore", &["Update"], About::One, Body::Version),
    row("GET", "/{pkid}/help", &["Read"], About::One, Body::None),
    row("GET", "/{pkid}/export", &["Export"], About::One, Body::None),
    row("GET", "/export/{pkid}", &["Export"], About::One, Body::None),
    row("POST", "/export", &["Export"], About::Place, Body::Filter),
    row(
        "POST",
        "/export_bulkload_template",
        &["Export Bulkload Template"],
        About::Place,
        Body::Empty,
    ),
    row("POST", "/import", &["Create", "Update"], About::Place, Body::File),
    // Workflows of relation/SparkCustomer.
    row("POST", "/{pkid}/+RefreshAccessToken", &["Update"], About::One, Body::None),
    row("POST", "/{pkid}/+SyncWebexTeamsRolesLicences", &["Update"], About::One, Body::None),
    row("POST", "/{pkid}/+SyncWebexTeamsUsers", &["Update"], About::One, Body::None),
    // Of data/User.
    row("POST", "/services", &["Update"], About::Place, Body::Wanted),
    row("DELETE", "/services", &["Update"], About::Place, Body::Wanted),
    row("POST", "/{pkid}/services", &["Update"], About::One, Body::Items),
    row("DELETE", "/{pkid}/services", &["Update"], About::One, Body::Items),
    // Of data/SystemUser.
    row("DELETE", "/{pkid}/second_factor", &["Update"], About::One, Body::None),
    // Of tool/Transaction; somebody else has asked for those that are tried.
    row("GET", "/{pkid}/poll", &["Read"], About::One, Body::None),
    row("GET", "/{pkid}/events", &["Read"], About::One, Body::None),
    row("GET", "/{pkid}/errors.xlsx", &["Read"], About::One, Body::None),
    row("POST", "/{pkid}/cancel", &["Update"], About::One, Body::None),
    row("POST", "/{pkid}/replay", &["Update"], About::One, Body::None),
    row("POST", "/{pkid}/apply", &["Read"], About::One, Body::None),
];

/// The tools: about users here.
const TOOLS: [Row; 4] = [
    row("GET", "/api/tool/DataMove", &[], About::Place, Body::None),
    row("POST", "/api/tool/DataMove", &["Move"], About::Place, Body::Hrefs),
    row("POST", "/api/tool/DataMove/{pkid}", &["Move"], About::One, Body::Empty),
    row("GET", "/api/view/ExportData/add", &[], About::Place, Body::None),
];
const MOVED: &str = "data/User";

/// An instance of every model at every node, put where they are kept: most models couldn't be added
/// at most of them. Its pkid is made of both.
pub async fn fill(world: &World) {
    let app = &world.app;
    let models: Vec<String> = app.app.models.iter().map(|m| m.model_type.clone()).collect();
    app.app
        .store
        .write(move |tx| {
            let root = tx.root_node()?.unwrap();
            let mut nodes = vec![root];
            let mut next = 0;
            while let Some(node) = nodes.get(next).cloned() {
                nodes.extend(tx.child_nodes(node.id, 100)?);
                next += 1;
            }
            // Enough for what reads the catalogue on its way.
            let data = json!({
                "name": "it",
                "status": "Success",
                "user_id": "it",
                "family": "user",
                "technical_name": "it",
                "display_name": "it",
                "authorization": 1,
            });
            for node in &nodes {
                for model in &models {
                    tx.insert_instance(&NewInstance {
                        pkid: &pkid(model, &node.pkid),
                        model,
                        node_id: node.id,
                        created: "2026-01-01T00:00:00Z",
                        data: &data.to_string(),
                    })?;
                }
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

pub fn pkid(model: &str, node: &str) -> String {
    format!("{}-{node}", model.replace('/', "-"))
}

/// What is asked, of what and where.
struct Case<'c> {
    route: &'c Route,
    row: &'c Row,
    model: &'c Model,
    place: &'c Place,
    seen: Seen,
}

impl Case<'_> {
    async fn ask(&self, world: &World, role: Role) -> Answer {
        let own = world.home(role).own;
        let pkid = pkid(&self.model.model_type, &self.place.pkid);
        let mut path = self.route.path.replace("{pkid}", &pkid) + "?";
        if self.row.about == About::Place {
            path += &format!("hierarchy={}&", self.place.pkid);
        }
        if self.route.path.starts_with("/api/tool/DataMove") {
            path += &format!("model_type={MOVED}&context_hierarchy={}", own.pkid);
        }
        // A version that nobody has: what is allowed changes nothing.
        let call = world
            .app
            .call(self.row.method, &path)
            .basic(&role.name(), PASSWORD)
            .header("if-match", "\"999\"");
        let href = format!("/api/{}/none", self.model.model_type);
        let call = match self.row.body {
            Body::None => call,
            Body::Empty => call.json(&json!({})),
            Body::Hrefs => call.json(&json!({ "hrefs": [href], "name": "else" })),
            Body::Filter => call.json(&json!({ "filter": {}, "expected_total": 100_000 })),
            Body::Items => call.json(&json!({ "servicePacks": [{ "name": "x" }] })),
            Body::Version => call.json(&json!({ "transaction_id": "none" })),
            Body::View => call.json(&json!({ "name": "Mine", "query": "limit=1" })),
            Body::Wanted => {
                call.json(&json!({ "hrefs": [href], "servicePacks": [{ "name": "x" }] }))
            }
            Body::File => {
                let (kind, bytes) = form("file", "sheet.xlsx", b"no sheet");
                call.header("content-type", &kind).bytes(bytes)
            }
        };
        call.send().await
    }

    /// The status that the role's answer has; `None` where it is let in, whatever comes of it.
    fn expected(&self, role: Role) -> Option<u16> {
        let permitted = self.row.needs.is_empty()
            || self.row.needs.iter().any(|needed| role.gives(&self.model.model_type, needed));
        let inherited = self.model.inherited && self.row.about == About::One;
        let reads = ["Read", "Export"].iter().any(|op| self.row.needs.contains(op));
        let visible = match self.seen {
            _ if self.row.about == About::Nothing => true,
            Seen::Within => true,
            Seen::Above => inherited,
            Seen::Beside => false,
        };
        // Views belong to their makers, and nobody has one of that pkid.
        if self.row.rest.starts_with("/views/") || !visible {
            return Some(404);
        }
        // What holds from above is read here and changed there.
        let from_above = self.seen == Seen::Above && inherited;
        (!permitted || from_above && !reads).then_some(403)
    }
}

#[tokio::test]
async fn every_route_of_models_answers_as_the_role_and_the_place_say() {
    let world = World::start().await;
    for role in Role::ALL {
        world.app.system_user(&role.name(), world.home(role).own, &role.name()).await;
    }
    fill(&world).await;
    let routes = routes::all(&world.app.app);
    let mut wrong = Vec::new();
    for route in routes.iter().filter(|route| route.surface == Surface::Model) {
        let (row, model) = match &route.model_type {
            Some(model_type) => {
                let rest = route.path.strip_prefix(&format!("/api/{model_type}")).unwrap();
                (find(&MODEL, route, rest), model_type.as_str())
            }
            None => match route.path.strip_prefix("/api/tool/Transaction") {
                Some(rest) => (find(&MODEL, route, rest), "tool/Transaction"),
                None => (find(&TOOLS, route, &route.path), MOVED),
            },
        };
        let model = world.app.app.model(model).unwrap();
        for role in Role::ALL {
            for (seen, place) in world.home(role).places() {
                let case = Case { route, row, model: &model, place, seen };
                let answer = case.ask(&world, role).await;
                let status = answer.status;
                let right = match case.expected(role) {
                    // What a model doesn't offer is said of the model, whoever asks.
                    _ if !route.offered => status == 405,
                    Some(403) => [403, 405].contains(&status),
                    Some(404) => [404, 405].contains(&status),
                    Some(other) => status == other,
                    // The version that it names isn't there, which it hears as it may.
                    None if row.body == Body::Version => status == 404,
                    None => ![401, 403, 404].contains(&status),
                };
                if !right {
                    let expected = case.expected(role);
                    wrong.push(format!("{role:?} {seen:?}, not {expected:?}: {answer}"));
                }
            }
        }
    }
    let shown: Vec<String> = wrong.iter().take(25).cloned().collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), shown.join("\n"));
}

fn find<'r>(rows: &'r [Row], route: &Route, rest: &str) -> &'r Row {
    let found = rows.iter().find(|row| row.method == route.method.as_str() && row.rest == rest);
    found.unwrap_or_else(|| panic!("no row for {} {}", route.method, route.path))
}

/// What a route of the provisioning API is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// The catalogue, which is seen from everywhere.
    Catalogue,
    /// The node of `hierarchy`.
    Place,
    Tenant,
    Site,
}

const TENANT: &str = "provisioning/TenantLicenses";
const SITE: &str = "provisioning/SiteLicenses";
const NODE: &str = "data/HierarchyNode";
const PACK: &str = "data/ServicePack";
const SERVICE: &str = "data/UserService";
const USER: &str = "data/User";

/// Method, path below `/api/v1`, type, operation, and what it is about.
const PROVISIONING: [(&str, &str, &str, &str, Of); 22] = [
    ("GET", "/configs/service_packs", PACK, "Read", Of::Catalogue),
    ("GET", "/configs/service_packs/{name}", PACK, "Read", Of::Catalogue),
    ("GET", "/configs/user_services", SERVICE, "Read", Of::Catalogue),
    ("GET", "/configs/user_services/{name}", SERVICE, "Read", Of::Catalogue),
    ("GET", "/tenants", NODE, "Read", Of::Place),
    ("GET", "/tenants/{tenant}", NODE, "Read", Of::Tenant),
    ("GET", "/tenants/{tenant}/licenses", TENANT, "Read", Of::Tenant),
    ("PUT", "/tenants/{tenant}/licenses", TENANT, "Update", Of::Tenant),
    ("GET", "/tenants/{tenant}/service_packs", TENANT, "Read", Of::Tenant),
    ("POST", "/tenants/{tenant}/service_packs", TENANT, "Update", Of::Tenant),
    ("GET", "/tenants/{tenant}/service_packs/{name}", TENANT, "Read", Of::Tenant),
    ("PUT", "/tenants/{tenant}/service_packs/{name}", TENANT, "Update", Of::Tenant),
    ("DELETE", "/tenants/{tenant}/service_packs/{name}", TENANT, "Update", Of::Tenant),
    ("GET", "/tenants/{tenant}/groups", NODE, "Read", Of::Tenant),
    ("GET", "/tenants/{tenant}/groups/{group}/licenses", SITE, "Read", Of::Site),
    ("PUT", "/tenants/{tenant}/groups/{group}/licenses", SITE, "Update", Of::Site),
    ("GET", "/tenants/{tenant}/groups/{group}/users", USER, "Read", Of::Site),
    ("GET", "/tenants/{tenant}/groups/{group}/users/{user}", USER, "Read", Of::Site),
    ("GET", "/tenants/{tenant}/groups/{group}/users/{user}/services", USER, "Read", Of::Site),
    ("POST", "/tenants/{tenant}/groups/{group}/users/{user}/services", USER, "Update", Of::Site),
    ("DELETE", "/tenants/{tenant}/groups/{group}/users/{user}/services", USER, "Update", Of::Site),
    (
        "GET",
        "/tenants/{tenant}/groups/{group}/users/{user}/properties/integrated_client_package",
        USER,
        "Read",
        Of::Site,
    ),
];

/// Bodies that say something, so that what is wrong with them isn't said first.
fn body_of(path: &str) -> Value {
    let none = json!({ "unlimited": false, "maximum": 1 });
    match path.rsplit('/').next().unwrap() {
        "licenses" => json!({ "userServices": [{ "name": "Call Forward", "allocated": none }] }),
        "services" => json!({ "servicePacks": [{ "name": "Mobile" }] }),
        "service_packs" => {
            json!({ "servicePacksFromConfig": [{ "name": "Mobile", "quantity": none }] })
        }
        _ => json!({ "quantity": none }),
    }
}

#[tokio::test]
async fn every_route_of_the_provisioning_api_answers_as_the_role_and_the_place_say() {
    let world = World::start().await;
    let app = &world.app;
    for role in Role::ALL {
        app.system_user(&role.name(), world.home(role).own, &role.name()).await;
    }
    app.service("user", "Call Forward").await;
    app.add(
        "/api/data/UserService/",
        &world.provider,
        &json!({ "technical_name": "Basic", "display_name": "Basic" }),
    )
    .await;
    app.pack(&world.provider, "Mobile", &[], json!({})).await;
    let beside = app.site(&world.other_customer, "Site").await;
    let far = app.customer(&world.other_provider, "Far").await;
    let far_site = app.site(&far, "Site").await;
    for site in [&world.site, &beside, &far_site] {
        app.user(site, "ada").await;
    }
    let mut wrong = Vec::new();
    let routes = routes::all(&app.app);
    for route in routes.iter().filter(|route| route.surface == Surface::Provisioning) {
        let path = route.path.strip_prefix("/api/v1").unwrap();
        let found = PROVISIONING.iter().find(|row| row.0 == route.method.as_str() && row.1 == path);
        let Some((method, path, type_, operation, of)) = found.copied() else {
            panic!("no row for {} {}", route.method, route.path)
        };
        for role in Role::ALL {
            let from = world.home(role).own.path.clone();
            // The tenant within the caller's sight and one that isn't.
            for (tenant, at) in [("Customer", &world.customer), ("Far", &far)] {
                let sees = at.path.starts_with(&from);
                let name = if path.contains("user_services") { "Basic" } else { "Mobile" };
                let mut asked = format!("/api/v1{path}")
                    .replace("{tenant}", tenant)
                    .replace("{group}", "Site")
                    .replace("{user}", "ada")
                    .replace("{name}", name);
                if of == Of::Place {
                    asked += &format!("?hierarchy={}", at.pkid);
                }
                let call = app.call(method, &asked).basic(&role.name(), PASSWORD);
                let call = if method == "GET" { call } else { call.json(&body_of(path)) };
                let answer = call.send().await;
                let visible = sees || of == Of::Catalogue;
                // A tenant's licences are never its own to set.
                let given = role.gives(type_, operation);
                let right = match (visible, given) {
                    (false, _) => answer.status == 404,
                    (true, false) => answer.status == 403,
                    // A pack that the tenant doesn't have isn't there, for who may look.
                    (true, true) if path.contains("service_packs/{name}") => {
                        ![401, 403].contains(&answer.status)
                    }
                    (true, true) => ![401, 403, 404].contains(&answer.status),
                };
                if !right {
                    wrong.push(format!(
                        "{role:?} of {tenant}, seen {visible}, may {given}: {answer}"
                    ));
                }
            }
        }
    }
    let shown: Vec<String> = wrong.iter().take(25).cloned().collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), shown.join("\n"));
}
