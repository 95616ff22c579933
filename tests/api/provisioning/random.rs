//! Whatever is done, in whatever order and by however many at once: no limit is exceeded, every
//! count is that of the rows behind it, and what is refused is refused for a reason.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use proptest::{
    collection::vec,
    prelude::*,
    sample::{select, subsequence},
    test_runner::Config,
};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::rules::{Model, PACKS, Quantity, SERVICES, SITES, TENANTS, User};
use crate::support::{Place, SERVICE_PACKS, TestApp, USERS, wanted};

const PEOPLE: usize = 8;
const CLIENTS: usize = 4;

/// Something that a client does. Numbers are indexes.
#[derive(Clone, Debug)]
enum Deed {
    LimitTenant(usize, Vec<(usize, Quantity)>),
    LimitSite(usize, Vec<(usize, Quantity)>),
    PutPack(usize, usize, Quantity, bool),
    ChangePack(usize, usize, Quantity),
    RemovePack(usize, usize),
    Content(usize, Vec<usize>),
    Assign {
        user: usize,
        services: Vec<usize>,
        packs: Vec<usize>,
        remove: bool,
    },
    AssignMany {
        users: Vec<usize>,
        services: Vec<usize>,
        packs: Vec<usize>,
        remove: bool,
    },
    Move(usize, usize),
    Delete(usize),
    /// Reads a tenant's licences; every answer has to hold together.
    Look(usize),
}

fn quantities() -> impl Strategy<Value = Quantity> {
    prop_oneof![1 => Just(Quantity::Unlimited), 6 => (0..7_u64).prop_map(Quantity::Limited)]
}

fn limits() -> impl Strategy<Value = Vec<(usize, Quantity)>> {
    let services: Vec<usize> = (0..SERVICES.len()).collect();
    (subsequence(services, 1..=3), vec(quantities(), 3))
        .prop_map(|(services, quantities)| services.into_iter().zip(quantities).collect())
}

/// Services and packs, at least one of them.
fn things() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    let services: Vec<usize> = (0..SERVICES.len()).collect();
    let packs: Vec<usize> = (0..PACKS.len()).collect();
    (subsequence(services, 0..=2), subsequence(packs, 0..=3).prop_shuffle())
        .prop_filter("nothing", |(services, packs)| !services.is_empty() || !packs.is_empty())
}

fn deeds() -> impl Strategy<Value = Deed> {
    let (tenant, site) = (0..TENANTS.len(), 0..SITES.len());
    let (pack, user) = (0..PACKS.len(), 0..PEOPLE);
    let services: Vec<usize> = (0..SERVICES.len()).collect();
    let people: Vec<usize> = (0..PEOPLE).collect();
    prop_oneof![
        3 => (tenant.clone(), limits()).prop_map(|(t, l)| Deed::LimitTenant(t, l)),
        3 => (site.clone(), limits()).prop_map(|(s, l)| Deed::LimitSite(s, l)),
        2 => (tenant.clone(), pack.clone(), quantities(), any::<bool>())
            .prop_map(|(t, p, q, auto)| Deed::PutPack(t, p, q, auto)),
        2 => (tenant.clone(), pack.clone(), quantities())
            .prop_map(|(t, p, q)| Deed::ChangePack(t, p, q)),
        1 => (tenant.clone(), pack.clone()).prop_map(|(t, p)| Deed::RemovePack(t, p)),
        1 => (pack, subsequence(services, 0..=3)).prop_map(|(p, s)| Deed::Content(p, s)),
        8 => (user.clone(), things(), select(vec![false, false, true])).prop_map(
            |(user, (services, packs), remove)| Deed::Assign { user, services, packs, remove }
        ),
        2 => (subsequence(people, 1..=4), things(), select(vec![false, false, true])).prop_map(
            |(users, (services, packs), remove)| {
                Deed::AssignMany { users, services, packs, remove }
            }
        ),
        2 => (user.clone(), site).prop_map(|(u, s)| Deed::Move(u, s)),
        1 => user.prop_map(Deed::Delete),
        2 => tenant.prop_map(Deed::Look),
    ]
}

/// The program with two tenants, and the pkids of what they have.
struct World {
    app: TestApp,
    packs: Vec<String>,
    users: Vec<String>,
    sites: Vec<Place>,
}

impl World {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let provider = app.provider("Telco").await;
        for name in SERVICES {
            app.service("user", name).await;
        }
        let mut packs = Vec::new();
        for pack in &PACKS {
            let services: Vec<&str> = pack.services.iter().map(|s| SERVICES[*s]).collect();
            let options: Vec<Value> =
                pack.options.iter().map(|p| json!({ "name": PACKS[*p].name })).collect();
            let exclusive: Vec<&str> = pack.exclusive.iter().map(|p| PACKS[*p].name).collect();
            let more = json!({
                "authorization": pack.authorization,
                "options": options,
                "exclusive": exclusive,
            });
            packs.push(app.pack(&provider, pack.name, &services, more).await);
        }
        let mut tenants = BTreeMap::new();
        for tenant in TENANTS {
            tenants.insert(tenant, app.tenant_named(&provider, tenant, tenant).await);
        }
        let mut sites = Vec::new();
        for (tenant, site) in SITES {
            sites.push(app.site(&tenants[tenant], site).await);
        }
        let mut users = Vec::new();
        for number in 0..PEOPLE {
            users.push(app.user(&sites[number % SITES.len()], &format!("u{number}")).await);
        }
        Self { app, packs, users, sites }
    }

    /// Does it, and answers for each of its items whether it was done. A refusal without a reason
    /// fails.
    async fn act(&self, deed: &Deed) -> Vec<bool> {
        let app = &self.app;
        match deed {
            Deed::LimitTenant(tenant, limits) => {
                self.limit(&format!("/api/v1/tenants/{}/", TENANTS[*tenant]), limits).await
            }
            Deed::LimitSite(site, limits) => self.limit(&site_path(*site), limits).await,
            Deed::PutPack(tenant, pack, quantity, auto) => {
                let path = format!("/api/v1/tenants/{}/service_packs/", TENANTS[*tenant]);
                let body = json!({
                    "servicePacksFromConfig": [
                        { "name": PACKS[*pack].name, "quantity": quantity.to_json() }
                    ],
                    "auto_auth_services": auto,
                });
                whole(&app.post(&path, &body).await)
            }
            Deed::ChangePack(tenant, pack, quantity) => {
                let body = json!({ "quantity": quantity.to_json() });
                whole(&app.put(&pack_path(*tenant, *pack), &body).await)
            }
            Deed::RemovePack(tenant, pack) => whole(&app.delete(&pack_path(*tenant, *pack)).await),
            Deed::Content(pack, services) => {
                let href = format!("{SERVICE_PACKS}{}", self.packs[*pack]);
                let mut data = app.data(&href).await;
                let services: Vec<Value> =
                    services.iter().map(|s| json!({ "name": SERVICES[*s] })).collect();
                data["content"] = json!({ "services": services });
                whole(&app.put(&href, &data).await)
            }
            Deed::Assign { user, services, packs, remove } => {
                let path = format!("{USERS}{}/services/", self.users[*user]);
                let body = named(services, packs);
                let method = if *remove { "DELETE" } else { "POST" };
                let answer = app.call(method, &path).json(&body).send().await;
                if answer.status == 404 {
                    return vec![false; services.len() + packs.len()];
                }
                assert!([200, 207, 400].contains(&answer.status), "{answer}");
                let answer = answer.json();
                let mut done = items(&answer["userServices"]);
                done.extend(items(&answer["servicePacks"]));
                done
            }
            Deed::AssignMany { users, services, packs, remove } => {
                let mut body = named(services, packs);
                let hrefs: Vec<String> =
                    users.iter().map(|user| format!("{USERS}{}", self.users[*user])).collect();
                body["hrefs"] = json!(hrefs);
                let method = if *remove { "DELETE" } else { "POST" };
                let path = format!("{USERS}services/");
                let answer = app.call(method, &path).json(&body).send().await.expect(200).json();
                let rows = answer["sub_transactions"].as_array().unwrap();
                rows.iter()
                    .map(|row| {
                        assert!(row["message"].as_str().unwrap().len() > 8, "{row}");
                        row["status"] == "Success"
                    })
                    .collect()
            }
            Deed::Move(user, site) => {
                let path = format!(
                    "/api/tool/DataMove/{}/?model_type=data/User&context_hierarchy={}",
                    self.users[*user], self.sites[*site].pkid
                );
                whole(&app.call("POST", &path).send().await)
            }
            Deed::Delete(user) => {
                whole(&app.delete(&format!("{USERS}{}", self.users[*user])).await)
            }
            Deed::Look(tenant) => {
                let path = format!("/api/v1/tenants/{}/licenses/", TENANTS[*tenant]);
                let body = app.get(&path).await.expect(200).json();
                for line in body["userServices"].as_array().unwrap() {
                    holds_together(line);
                }
                Vec::new()
            }
        }
    }

    async fn limit(&self, path: &str, limits: &[(usize, Quantity)]) -> Vec<bool> {
        let list: Vec<Value> = limits
            .iter()
            .map(|(s, q)| json!({ "name": SERVICES[*s], "allocated": q.to_json() }))
            .collect();
        let answer =
            self.app.put(&format!("{path}licenses/"), &json!({ "userServices": list })).await;
        assert!([200, 207, 400].contains(&answer.status), "{answer}");
        items(&answer.json()["userServices"])
    }

    /// What is licensed, given, put and held, read over the API.
    async fn read(&self) -> Model {
        let mut model = Model::default();
        for (index, tenant) in TENANTS.iter().enumerate() {
            let path = format!("/api/v1/tenants/{tenant}/licenses/?includeServicePacks=true");
            let body = self.app.get(&path).await.expect(200).json();
            model.licences.extend(
                quantities_of(&body["userServices"], &SERVICES).map(|(s, q)| ((index, s), q)),
            );
            let names = PACKS.map(|pack| pack.name);
            model.put.extend(
                quantities_of(&body["servicePacks"], &names).map(|(pack, q)| ((index, pack), q)),
            );
        }
        for site in 0..SITES.len() {
            let body = self.app.get(&format!("{}licenses/", site_path(site))).await;
            let body = body.expect(200).json();
            model.shares.extend(
                quantities_of(&body["userServices"], &SERVICES).map(|(s, q)| ((site, s), q)),
            );
        }
        model.licences.retain(|_, q| *q != Quantity::Limited(0));
        model.shares.retain(|_, q| *q != Quantity::Limited(0));
        for pkid in &self.packs {
            let data = self.app.data(&format!("{SERVICE_PACKS}{pkid}")).await;
            let services = data["content"]["services"].as_array().cloned().unwrap_or_default();
            model.contents.push(services.iter().map(|s| index(&SERVICES, &s["name"])).collect());
        }
        for pkid in &self.users {
            let answer = self.app.get(&format!("{USERS}{pkid}")).await;
            if answer.status == 404 {
                model.users.push(None);
                continue;
            }
            let answer = answer.json();
            let place = &answer["meta"]["path"].as_array().unwrap().last().unwrap();
            let site = SITES.iter().position(|(_, name)| name == *place).unwrap();
            let held = |list: &str| answer["data"][list].as_array().cloned().unwrap_or_default();
            let names = PACKS.map(|pack| pack.name);
            model.users.push(Some(User {
                site,
                services: held("services").iter().map(|s| index(&SERVICES, s)).collect(),
                packs: held("service_packs").iter().map(|p| index(&names, p)).collect(),
            }));
        }
        model
    }

    /// Every count that the API answers is that of the rows behind it.
    async fn check_counts(&self, model: &Model) {
        for (tenant, name) in TENANTS.iter().enumerate() {
            let path = format!("/api/v1/tenants/{name}/licenses/?includeServicePacks=true");
            let body = self.app.get(&path).await.expect(200).json();
            for (service, name) in SERVICES.iter().enumerate() {
                let line = line(&body["userServices"], name);
                let (given, packed) = (model.given(tenant, service), model.packed(tenant, service));
                if model.licence(tenant, service) == Quantity::Limited(0) {
                    assert_eq!((line.get("currentlyAllocated"), given + packed), (None, 0));
                } else {
                    assert_eq!(line["currentlyAllocated"], given, "{line}");
                    assert_eq!(line["packsAllocated"], packed, "{line}");
                }
            }
            for pack in body["servicePacks"].as_array().unwrap() {
                let index = index(&PACKS.map(|pack| pack.name), &pack["name"]);
                assert_eq!(pack["currentlyAllocated"], model.holders(tenant, index), "{pack}");
                let allowed = model.maximum_allowed(tenant, index).to_json();
                assert_eq!(pack["maximumAllowed"], allowed, "{pack}");
            }
        }
        for site in 0..SITES.len() {
            let body = self.app.get(&format!("{}licenses/", site_path(site))).await.json();
            for (service, name) in SERVICES.iter().enumerate() {
                let line = line(&body["userServices"], name);
                let in_use = model.in_use(site, service);
                if model.share(site, service) == Quantity::Limited(0) {
                    assert_eq!((line.get("inUse"), in_use), (None, 0));
                } else {
                    assert_eq!(line["inUse"], in_use, "{line}");
                }
            }
        }
    }
}

fn site_path(site: usize) -> String {
    let (tenant, name) = SITES[site];
    format!("/api/v1/tenants/{tenant}/groups/{name}/")
}

fn pack_path(tenant: usize, pack: usize) -> String {
    format!("/api/v1/tenants/{}/service_packs/{}/", TENANTS[tenant], PACKS[pack].name)
}

fn named(services: &[usize], packs: &[usize]) -> Value {
    let services: Vec<&str> = services.iter().map(|s| SERVICES[*s]).collect();
    let packs: Vec<&str> = packs.iter().map(|p| PACKS[*p].name).collect();
    wanted(&services, &packs)
}

/// A call that is done as a whole or not at all.
fn whole(answer: &crate::support::Answer) -> Vec<bool> {
    if answer.status < 300 {
        return vec![true];
    }
    assert!([400, 404].contains(&answer.status), "{answer}");
    let body = answer.json();
    let message = body["errors"][0]["message"].as_str().or(body["message"].as_str());
    assert!(message.is_some_and(|text| text.len() > 10), "{answer}");
    vec![false]
}

/// Which items were done; each of the others says why.
fn items(list: &Value) -> Vec<bool> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .map(|item| {
            let failed = item["status"] == "error";
            let (name, message) = (item["name"].as_str().unwrap(), item["message"].as_str());
            let named = message.is_some_and(|m| m.contains(name) && m.len() > name.len() + 10);
            assert_eq!(failed, named, "{item}");
            !failed
        })
        .collect()
}

/// One line of a tenant: what is taken is within its limit.
fn holds_together(line: &Value) {
    let taken = ["currentlyAllocated", "packsAllocated"]
        .map(|count| line[count].as_u64().unwrap_or_default())
        .iter()
        .sum::<u64>();
    let maximum = line["allocated"]["maximum"].as_u64();
    assert!(maximum.is_none_or(|maximum| taken <= maximum), "{line}");
}

fn line<'a>(lines: &'a Value, name: &str) -> &'a Value {
    lines.as_array().unwrap().iter().find(|line| line["name"] == name).unwrap()
}

fn index(names: &[&str], name: &Value) -> usize {
    names.iter().position(|n| name == n).unwrap()
}

fn quantities_of(lines: &Value, names: &[&str]) -> impl Iterator<Item = (usize, Quantity)> {
    let read: BTreeSet<(usize, Quantity)> = lines
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| {
            let index = names.iter().position(|name| line["name"] == **name)?;
            Some((index, Quantity::of(&line["allocated"])))
        })
        .collect();
    read.into_iter()
}

/// What the rules say of it: for each of its items whether it is done.
fn judge(model: &mut Model, deed: &Deed) -> Vec<bool> {
    match deed {
        Deed::LimitTenant(tenant, limits) => {
            limits.iter().map(|(s, q)| model.limit_tenant(*tenant, *s, *q)).collect()
        }
        Deed::LimitSite(site, limits) => {
            limits.iter().map(|(s, q)| model.limit_site(*site, *s, *q)).collect()
        }
        Deed::PutPack(tenant, pack, quantity, auto) => {
            vec![model.put_pack(*tenant, *pack, *quantity, *auto)]
        }
        Deed::ChangePack(tenant, pack, quantity) => {
            vec![model.change_pack(*tenant, *pack, *quantity)]
        }
        Deed::RemovePack(tenant, pack) => vec![model.remove_pack(*tenant, *pack)],
        Deed::Content(pack, services) => vec![model.change_content(*pack, services)],
        Deed::Assign { user, services, packs, remove } => {
            model.assign(*user, services, packs, *remove)
        }
        Deed::AssignMany { users, services, packs, remove } => users
            .iter()
            .map(|user| {
                let mut tried = model.clone();
                let done = tried.assign(*user, services, packs, *remove).iter().all(|done| *done);
                if done {
                    *model = tried;
                }
                done
            })
            .collect(),
        Deed::Move(user, site) => vec![model.relocate(*user, *site)],
        Deed::Delete(user) => vec![model.users[*user].take().is_some()],
        Deed::Look(_) => Vec::new(),
    }
}

/// Something to begin with, so that there is something to run out of.
fn beginning() -> Vec<Deed> {
    let mut deeds = Vec::new();
    let all = |n: u64| (0..SERVICES.len()).map(|s| (s, Quantity::Limited(n))).collect();
    for tenant in 0..TENANTS.len() {
        deeds.push(Deed::LimitTenant(tenant, all(6)));
        for pack in 0..PACKS.len() - 1 {
            deeds.push(Deed::PutPack(tenant, pack, Quantity::Limited(3), false));
        }
    }
    deeds.extend((0..SITES.len()).map(|site| Deed::LimitSite(site, all(2))));
    deeds
}

/// Runs a case on the one runtime of all cases: what a failed one leaves behind still has it.
fn run<T>(work: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
    });
    RUNTIME.block_on(work)
}

fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() }
}

proptest! {
    #![proptest_config(cases(12))]

    /// One after the other: each thing is done exactly when the rules allow it.
    #[test]
    fn each_refusal_has_its_reason_and_each_success_too(deeds in vec(deeds(), 20..60)) {
        run(async move {
            let world = World::start().await;
            let mut model = world.read().await;
            for deed in beginning().iter().chain(&deeds) {
                let before = model.clone();
                let expected = judge(&mut model, deed);
                let done = world.act(deed).await;
                assert_eq!(done, expected, "{deed:?} at {before:?}");
            }
            model.check();
            assert_eq!(world.read().await, model);
            world.check_counts(&model).await;
        });
    }
}

proptest! {
    #![proptest_config(cases(8))]

    /// Many at once: whatever the order came to be, it all holds together, and what was refused is
    /// judged by the rules when it is tried again.
    #[test]
    fn many_clients_at_once_never_exceed_a_limit(
        clients in vec(vec(deeds(), 10..25), CLIENTS)
    ) {
        run(async move {
            let world = Arc::new(World::start().await);
            for deed in beginning() {
                world.act(&deed).await;
            }
            let running: Vec<_> = clients
                .into_iter()
                .map(|deeds| {
                    let world = Arc::clone(&world);
                    tokio::spawn(async move {
                        let mut refused = Vec::new();
                        for deed in deeds {
                            if world.act(&deed).await.contains(&false) {
                                refused.push(deed);
                            }
                        }
                        refused
                    })
                })
                .collect();
            let mut refused = Vec::new();
            for client in running {
                refused.extend(client.await.unwrap());
            }
            let mut model = world.read().await;
            model.check();
            world.check_counts(&model).await;
            for deed in &refused {
                let expected = judge(&mut model, deed);
                assert_eq!(world.act(deed).await, expected, "{deed:?}");
            }
            assert_eq!(world.read().await, model);
            world.check_counts(&model).await;
        });
    }
}
