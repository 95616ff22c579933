"""What schemathesis can't know: which instances and nodes there are. Made-up names alone would only ever
meet 404."""

import os
import random

import requests
import schemathesis

BASE = os.environ["TENANTRY_BASE"]
AUTH = ("admin", os.environ["TENANTRY_ADMIN_PASSWORD"])

# The same choices in every run.
CHANCE = random.Random(6)

NAMES = {}


def get(path):
    answer = requests.get(BASE + path, auth=AUTH, timeout=30)
    answer.raise_for_status()
    return answer.json()


def listed(path, read):
    """What a list has, asked for anew every fifty times: the run adds and deletes."""
    asked, found = NAMES.get(path, (50, []))
    if asked >= 50:
        asked, found = 0, read(get(path))
    NAMES[path] = (asked + 1, found)
    return found


def pkids(model):
    rows = listed(f"/api/{model}/?limit=20", lambda body: body["resources"])
    return [row["meta"]["references"]["self"][0]["pkid"] for row in rows]


def nodes():
    rows = listed("/api/data/HierarchyNode/?limit=50", lambda body: body["resources"])
    return [row["meta"]["references"]["self"][0]["pkid"] for row in rows]


def tenants():
    rows = listed("/api/v1/tenants/", lambda body: body["tenants"])
    return [row["tenant_id"] for row in rows]


def groups(tenant):
    rows = listed(f"/api/v1/tenants/{tenant}/groups/", lambda body: body["groups"])
    return [row["group_id"] for row in rows]


def users(tenant, group):
    path = f"/api/v1/tenants/{tenant}/groups/{group}/users/"
    return [row["user_id"] for row in listed(path, lambda body: body["users"])]


def model_of(path):
    """data/User of /api/data/User/{pkid}, where that is a model's path."""
    parts = path.removeprefix("/api/").split("/")
    for end in (3, 2):
        name = "/".join(parts[:end])
        if len(parts) >= end and parts[end - 1][:1].isupper():
            return name
    return None


def one(values):
    return CHANCE.choice(values) if values else None


def mostly():
    return CHANCE.random() < 0.7


def path_parameters(path, known):
    if "pkid" in known:
        model = model_of(path)
        if model == "tool/DataMove":
            model = "data/User"
        if model:
            known["pkid"] = one(pkids(model)) or known["pkid"]
    if "tenant" in known:
        known["tenant"] = one(tenants()) or known["tenant"]
        if "group" in known:
            known["group"] = one(groups(known["tenant"])) or known["group"]
        if "user" in known:
            known["user"] = one(users(known["tenant"], known["group"])) or known["user"]
    if "name" in known and path.startswith("/api/v1"):
        configured = "user_services" if "user_services" in path else "service_packs"
        rows = listed(f"/api/v1/configs/{configured}/", lambda body: body[configured])
        known["name"] = one([row["technical_name"] for row in rows]) or known["name"]


def query(known):
    for name in ("hierarchy", "context_hierarchy"):
        if name in known:
            known[name] = one(nodes()) or known[name]
    if "model_type" in known:
        known["model_type"] = "data/User"
    # What depends on each other, or on names, is seldom made up right.
    for name in SELDOM_RIGHT:
        known.pop(name, None)


SELDOM_RIGHT = (
    ["order_by", "columns", "version", "tag_version", "choice_title", "field"]
    + ["template", "template_name", "configuration_template", "policy", "policy_name"]
    + ["filter_field", "filter_text", "filter_condition", "ignore_case"]
)


def selected(path, body):
    model = model_of(path)
    if model == "tool/DataMove":
        model = "data/User"
    found = pkids(model) if model else []
    if found:
        body["hrefs"] = [f"/api/{model}/{one(found)}"]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts what there is in the place of what was made up, in most cases and in parts."""
    path = case.operation.path
    if isinstance(case.path_parameters, dict) and mostly():
        path_parameters(path, case.path_parameters)
    if isinstance(case.query, dict) and mostly():
        query(case.query)
    if isinstance(case.body, dict) and "hrefs" in case.body and mostly():
        selected(path, case.body)
