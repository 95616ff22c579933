//! The calls below `/api/v1`, and their shapes.

use serde_json::{Value, json};

use super::call::{Call, Faults, schema};

fn text() -> Value {
    json!({ "type": "string" })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

/// A read, which takes its criteria in the query string or in a body.
fn read(summary: &str, own: &[(&str, Value)]) -> Call {
    let mut criteria = json!({ "hierarchy": text(), "format": text() });
    let mut call = Call::read(summary, Faults::Provisioning)
        .refuses(&[413, 415, 416])
        .takes(&["hierarchy", "format"]);
    for (name, kind) in own {
        criteria[*name] = kind.clone();
        call = call.takes_own(json!({ "name": name, "in": "query", "schema": kind }));
    }
    call.optional_body(json!({
        "description": "Criteria; they stand in place of those in the query string.",
        "type": "object",
        "properties": criteria,
        "additionalProperties": false,
    }))
}

fn write(summary: &str) -> Call {
    Call::write(summary, Faults::Provisioning)
}

fn recorded(call: Call, status: u16) -> Call {
    call.with_header(status, "X-Transaction-ID", "TransactionId")
}

/// The call at the rest of a path below `/api/v1`.
pub fn call(method: &str, rest: &str) -> Option<Call> {
    let flag = || json!({ "type": "boolean" });
    let limit = || ("sizeLimit", json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }));
    let tenant = "/tenants/{tenant}";
    let group = "/tenants/{tenant}/groups/{group}";
    let user = "/tenants/{tenant}/groups/{group}/users/{user}";
    if let Some(rest) = rest.strip_prefix(user) {
        return of_user(method, rest);
    }
    if let Some(rest) = rest.strip_prefix(group) {
        return Some(match (method, rest) {
            ("GET", "/licenses") => licences("Licences of a site", &[], "SiteLicences"),
            ("PUT", "/licenses") => set("Set licences of a site"),
            ("GET", "/users") => read("Users of a site", &[limit()]).answers(
                200,
                "The users.",
                object(&["users"], json!({ "users": list(schema("Person")) })),
            ),
            _ => return None,
        });
    }
    if let Some(rest) = rest.strip_prefix(tenant) {
        return of_tenant(method, rest);
    }
    Some(match (method, rest) {
        ("GET", "/configs/service_packs") => {
            let kinds = json!({ "type": "integer", "minimum": 0, "maximum": 2 });
            read("Service packs as configured", &[("authorization", kinds)]).answers(
                200,
                "By technical name.",
                configs("service_packs", "PackConfig"),
            )
        }
        ("GET", "/configs/service_packs/{name}") => read("A service pack as configured", &[])
            .answers(200, "All of it.", schema("PackConfigDetail")),
        ("GET", "/configs/user_services") => {
            let flags = ["for_hg", "for_ivr", "for_cc", "for_enduser"].map(|name| (name, flag()));
            read("User services as configured", &flags).answers(
                200,
                "By technical name.",
                configs("user_services", "ServiceConfig"),
            )
        }
        ("GET", "/configs/user_services/{name}") => read("A user service as configured", &[])
            .answers(200, "All of it.", schema("ServiceConfigDetail")),
        ("GET", "/tenants") => read("Tenants", &[limit()]).answers(
            200,
            "The tenants.",
            object(&["tenants"], json!({ "tenants": list(schema("Tenant")) })),
        ),
        _ => return None,
    })
}

fn configs(name: &str, of: &str) -> Value {
    let mut properties = json!({});
    properties[name] = list(schema(of));
    object(&[name], properties)
}

fn of_tenant(method: &str, rest: &str) -> Option<Call> {
    let packs = || object(&["servicePacks"], json!({ "servicePacks": list(schema("PackDetail")) }));
    Some(match (method, rest) {
        ("GET", "") => {
            read("A tenant", &[]).answers(200, "With its counts.", schema("TenantDetail"))
        }
        ("GET", "/licenses") => licences(
            "Licences of a tenant",
            &[("includeServicePacks", json!({ "type": "boolean" }))],
            "TenantLicences",
        ),
        ("PUT", "/licenses") => set("Set licences of a tenant"),
        ("GET", "/service_packs") => {
            read("Service packs of a tenant", &[]).answers(200, "The packs.", packs())
        }
        ("POST", "/service_packs") => recorded(
            write("Put service packs to a tenant")
                .told("All of them, or none.")
                .body(schema("NewPacks"))
                .answers(201, "The packs.", packs()),
            201,
        ),
        ("GET", "/service_packs/{name}") => {
            read("A service pack of a tenant", &[]).answers(200, "The pack.", schema("PackDetail"))
        }
        ("PUT", "/service_packs/{name}") => {
            recorded(
                write("Change the quantity of a service pack")
                    .body(schema("PackQuantity"))
                    .answers(200, "The pack.", schema("PackDetail")),
                200,
            )
        }
        ("DELETE", "/service_packs/{name}") => recorded(
            write("Take a service pack away from a tenant").never(&[413, 415, 416]).answers(
                200,
                "The pack as it was.",
                schema("PackDetail"),
            ),
            200,
        ),
        ("GET", "/groups") => read("Sites of a tenant", &[]).answers(
            200,
            "The sites.",
            object(&["groups"], json!({ "groups": list(schema("Group")) })),
        ),
        _ => return None,
    })
}

fn of_user(method: &str, rest: &str) -> Option<Call> {
    Some(match (method, rest) {
        ("GET", "") => read("A user", &[]).answers(200, "The user.", schema("Person")),
        ("GET", "/services") => {
            read("What a user holds", &[]).answers(200, "Services and packs.", schema("Holdings"))
        }
        ("POST", "/services") => assign("Give a user services and packs"),
        ("DELETE", "/services") => assign("Take services and packs back from a user"),
        ("GET", "/properties/integrated_client_package") => read(
            "The Webex package of a user",
            &[("mode", text()), ("not_assigned_raises_404", json!({ "type": "boolean" }))],
        )
        .answers(
            200,
            "Empty where there is none.",
            json!({ "type": "object", "properties": { "package": text() }, "additionalProperties": false }),
        ),
        _ => return None,
    })
}

fn licences(summary: &str, own: &[(&str, Value)], shape: &str) -> Call {
    let file = json!({ "type": "string", "format": "binary" });
    read(summary, own)
        .answers(200, "The lines, or the file that was asked for.", schema(shape))
        .answers_as(200, "", crate::domain::transfer::file::XLSX, file)
        .answers_as(200, "", crate::domain::transfer::file::CSV, text())
}

/// Items that are judged one by one.
fn items(call: Call, shape: &str) -> Call {
    let refused = json!({ "anyOf": [schema(shape), schema("Errors")] });
    let call = call
        .answers(200, "All of it is done.", schema(shape))
        .answers(207, "Some of it is done.", schema(shape))
        .answers(400, "None of it is done, or the call is wrong.", refused);
    recorded(recorded(recorded(call, 200), 207), 400)
}

fn set(summary: &str) -> Call {
    items(write(summary).body(schema("Limits")), "Updated")
}

fn assign(summary: &str) -> Call {
    items(write(summary).body(wanted()), "Assigned")
}

/// What a user is to be given, or to give back.
pub fn wanted() -> Value {
    let names = list(json!({
        "type": "object",
        "required": ["name"],
        "properties": { "name": { "type": "string", "minLength": 1 } },
        "additionalProperties": false,
    }));
    json!({
        "type": "object",
        "properties": { "userServices": names, "servicePacks": names },
    })
}

/// The shapes, by name.
#[expect(clippy::too_many_lines, reason = "a table of shapes")]
pub fn schemas() -> Value {
    let count = json!({ "type": "integer", "minimum": 0 });
    let flag = json!({ "type": "boolean" });
    let named = || list(object(&["name"], json!({ "name": text() })));
    let line = |more: &[&str]| {
        let mut properties = json!({ "name": text(), "allocated": schema("Quantity") });
        for name in more {
            properties[*name] = count.clone();
        }
        list(object(&["name", "allocated"], properties))
    };
    let site = line(&["inUse"]);
    let group_line = line(&["currentlyAllocated"]);
    let user_line = line(&["currentlyAllocated", "packsAllocated"]);
    let pack = json!({
        "name": text(), "description": text(), "maximumAllowed": schema("Quantity"),
        "allocated": schema("Quantity"), "currentlyAllocated": count,
    });
    let mut pack_detail = pack.clone();
    pack_detail["services"] = list(text());
    let of_pack = ["name", "description", "maximumAllowed", "allocated", "currentlyAllocated"];
    let mut of_pack_detail = of_pack.to_vec();
    of_pack_detail.push("services");
    let limit = list(json!({
        "type": "object",
        "required": ["name", "allocated"],
        "properties": {
            "name": { "type": "string", "minLength": 1 }, "allocated": schema("Quantity"),
            "currentlyAllocated": {}, "packsAllocated": {}, "inUse": {},
        },
        "additionalProperties": false,
    }));
    let status = |states: &[&str]| {
        list(object(
            &["name", "status"],
            json!({
                "name": text(), "status": { "enum": states }, "code": { "const": 2 }, "message": text(),
            }),
        ))
    };
    let tenant = json!({
        "tenant_id": text(), "name": text(), "description": text(), "hierarchy": text(),
    });
    let of_tenant = ["tenant_id", "name", "description", "hierarchy"];
    let mut tenant_detail = tenant.clone();
    tenant_detail["groups"] = count.clone();
    tenant_detail["users"] = count.clone();
    let config = json!({
        "technical_name": text(), "display_name": text(), "description": text(),
        "no_more_assignable": flag,
    });
    let mut pack_config = config.clone();
    pack_config["authorization"] = json!({ "enum": [0, 1, 2] });
    pack_config["options"] = named();
    let mut pack_config_detail = pack_config.clone();
    pack_config["has_integrated_client"] = flag.clone();
    for name in ["content", "integrated_client", "add_data"] {
        pack_config_detail[name] = json!({ "type": "object" });
    }
    pack_config_detail["exclusive"] = list(text());
    let mut service_detail = config.clone();
    for name in ["for_hg", "for_ivr", "for_cc", "for_enduser"] {
        service_detail[name] = flag.clone();
    }
    service_detail["add_data"] = json!({ "type": "object" });
    let of_config = ["technical_name", "display_name", "description", "no_more_assignable"];
    json!({
        "Quantity": {
            "description": "Unlimited, or a maximum; 0 is not licensed.",
            "type": "object",
            "properties": {
                "unlimited": flag,
                "maximum": { "type": "integer", "minimum": 0, "maximum": i32::MAX },
            },
            "anyOf": [
                { "properties": { "unlimited": { "const": true } }, "required": ["unlimited"] },
                { "properties": { "unlimited": { "const": false } }, "required": ["maximum"] },
            ],
        },
        "Limits": {
            "type": "object",
            "properties": { "groupServices": limit, "userServices": limit },
            "additionalProperties": false,
            "minProperties": 1,
        },
        "TenantLicences": object(&["groupServices", "userServices"], json!({
            "groupServices": group_line,
            "userServices": user_line,
            "servicePacks": list(object(&of_pack, pack)),
        })),
        "SiteLicences": object(&["groupServices", "userServices"], json!({
            "groupServices": site, "userServices": site,
        })),
        "Updated": {
            "type": "object",
            "properties": {
                "groupServices": status(&["updated", "error"]),
                "userServices": status(&["updated", "error"]),
            },
            "additionalProperties": false,
        },
        "Assigned": {
            "type": "object",
            "properties": {
                "userServices": status(&["assigned", "removed", "error"]),
                "servicePacks": status(&["assigned", "removed", "error"]),
            },
            "additionalProperties": false,
        },
        "Holdings": object(&["userServices", "servicePacks"], json!({
            "userServices": list(object(&["name"], json!({ "name": text() }))),
            "servicePacks": list(object(&["name"], json!({ "name": text() }))),
        })),
        "PackDetail": object(&of_pack_detail, pack_detail),
        "NewPacks": {
            "type": "object",
            "required": ["servicePacksFromConfig"],
            "properties": {
                "servicePacksFromConfig": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["name", "quantity"],
                        "properties": {
                            "name": { "type": "string", "minLength": 1 },
                            "quantity": schema("Quantity"),
                        },
                        "additionalProperties": false,
                    },
                },
                "auto_auth_services": flag,
            },
            "additionalProperties": false,
        },
        "PackQuantity": {
            "description": "The new `quantity`, or `allocated` as it is read; what else is read may be sent back.",
            "type": "object",
            "properties": {
                "quantity": schema("Quantity"), "allocated": schema("Quantity"), "name": text(),
                "description": {}, "maximumAllowed": {}, "currentlyAllocated": {}, "services": {},
            },
            "oneOf": [{ "required": ["quantity"] }, { "required": ["allocated"] }],
            "additionalProperties": false,
        },
        "Tenant": object(&of_tenant, tenant),
        "TenantDetail": object(&of_tenant, tenant_detail),
        "Group": object(&["group_id", "name", "description", "hierarchy", "users"], json!({
            "group_id": text(), "name": text(), "description": text(), "hierarchy": text(),
            "users": count,
        })),
        "Person": object(&["user_id", "first_name", "last_name", "email"], json!({
            "user_id": text(), "first_name": text(), "last_name": text(), "email": text(),
        })),
        "PackConfig": object(&of_config, pack_config),
        "PackConfigDetail": object(&of_config, pack_config_detail),
        "ServiceConfig": object(&of_config, config),
        "ServiceConfigDetail": object(&of_config, service_detail),
    })
}
