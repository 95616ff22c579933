// What a scanner would try: script that is stored or reflected, writes from another origin, redirects
// that lead away, paths that leave the folder of files, sessions that somebody planted.
import { once } from "node:events";
import { createServer, request as httpRequest, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { Api, CUSTOMER, type Data, NODE, PROVIDER } from "./support/api";
import { expect, login, modelPath, signIn, test as base } from "./support/fixtures";
import { LAB_MODELS, PASSWORD, Server, USERNAME } from "./support/server";
import { CREWING, recorded } from "./support/webex";

/** Ends what it may stand in and becomes an element that runs a script. */
const MARKER = `'"></script></textarea></title><img src=x onerror=__x=1>`;
/** The same where names are shorter. */
const SHORT = `"><img src=x onerror=__x=1>`;

/** A server of its own: what is stored here would be in the way of other tests. */
const test = base.extend<{}, { server: Server; api: Api }>({
  server: [
    async ({}, use) => {
      const server = await Server.start(LAB_MODELS);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  api: [async ({ server }, use) => use(new Api(server)), { scope: "worker" }],
});

/** Nothing of the marker has become an element, and nothing of it has run. */
async function isHarmless(page: Page, path: string): Promise<void> {
  const found = await page.evaluate(() => ({
    ran: "__x" in window,
    elements: document.querySelectorAll("img[src='x'], [onerror], [onload]").length,
    // Nothing that is stored may become a link that runs.
    links: [...document.querySelectorAll("a[href], form[action]")]
      .map((each) => each.getAttribute("href") ?? each.getAttribute("action") ?? "")
      .filter((href) => /^\s*(javascript|data|vbscript):/i.test(href)),
  }));
  expect(found, path).toEqual({ ran: false, elements: 0, links: [] });
}

function failOnDialogs(page: Page): void {
  page.on("dialog", (dialog) => {
    throw new Error(`a dialog was opened: ${dialog.message()}`);
  });
}

/** Puts the marker into every text of a value that the schema leaves free; tells how many there are. */
function poisoned(schema: any, value: any, marker: string): { value: any; count: number } {
  if (schema.type === "string") {
    const free = !schema.enum && !schema.pattern && !schema.format && !schema.readOnly;
    const fits = (schema.maxLength ?? Infinity) >= marker.length;
    return free && fits ? { value: marker, count: 1 } : { value, count: 0 };
  }
  let count = 0;
  if (schema.type === "object" && schema.properties) {
    const made: Data = { ...(value ?? {}) };
    for (const [name, property] of Object.entries<any>(schema.properties)) {
      if (made[name] === undefined && property.type !== "string") continue;
      const part = poisoned(property, made[name], marker);
      if (part.count > 0) made[name] = part.value;
      count += part.count;
    }
    return { value: made, count };
  }
  return { value, count };
}

/** The models with instances that can be changed, and what they take. */
async function models(api: Api): Promise<[string, any][]> {
  const { paths, components } = await api.call("GET", "/api/openapi.json");
  return Object.keys(paths)
    .filter((path) => path.endsWith("/{pkid}") && paths[path].put && path !== "/api/tool/DataMove/{pkid}")
    .map((path) => path.slice("/api/".length, -"/{pkid}".length))
    .map((model) => [model, components.schemas[model.replaceAll("/", ".")]]);
}

/** Tries the marker in each text field by itself, so that one that is refused keeps out no other. */
async function poison(api: Api, model: string, schema: any, pkid: string): Promise<number> {
  let stored = 0;
  for (const [name, property] of Object.entries<any>(schema.properties)) {
    for (const marker of [MARKER, SHORT]) {
      const data = await api.get(model, pkid);
      const part = poisoned(property, data[name], marker);
      if (part.count === 0) continue;
      try {
        await api.call("PUT", `/api/${model}/${pkid}/`, { ...data, [name]: part.value });
        stored += part.count;
        break;
      } catch (refusal) {
        expect(String(refusal), `${model} ${name}`).toMatch(/: 4\d\d /);
      }
    }
  }
  return stored;
}

test("script that is stored in any text field of any model stays text", async ({
  page,
  api,
  context,
  complaints,
}) => {
  test.setTimeout(240_000);
  // Not all models have all pages.
  complaints.expectStatus(400, 404, 405);
  failOnDialogs(page);
  await signIn(context);
  // Models that the demonstration has nothing of.
  await api.add("lab/Widget", PROVIDER, { name: "Widget", size: 1 }).catch(() => undefined);
  let stored = 0;
  const pages = ["/", "/hierarchy", "/transactions", "/tenants"];
  for (const [model, schema] of await models(api)) {
    const [first] = await api.list(model, "sys");
    if (!first) continue;
    stored += await poison(api, model, schema, first.pkid);
    const path = modelPath(model, first.pkid);
    pages.push(modelPath(model), path, `${path}/delete`, modelPath(model, "bulk_update", { pkid: first.pkid }));
    pages.push(modelPath(model, "add"), modelPath(model, "compare", { pkid: first.pkid }));
    pages.push(modelPath(model, "", { columns: Object.keys(schema.properties).join(",") }));
    pages.push(`/api/${model}/help`, `/api/${model}/${first.pkid}/help`);
  }
  // A check that finds nothing to store finds nothing at all.
  expect(stored).toBeGreaterThan(15);
  for (const { pkid } of (await api.list("tool/Transaction", "sys")).slice(0, 5)) {
    pages.push(`/transactions/${pkid}`);
  }
  let shown = 0;
  for (const path of pages) {
    await page.goto(path);
    await isHarmless(page, path);
    if ((await page.locator("body").innerText()).includes("onerror=__x=1")) shown += 1;
  }
  expect(shown, "pages that show what was stored").toBeGreaterThan(5);
});

test("names that Webex sends, and names of files, stay text", async ({ page, api, context, server, place }) => {
  test.setTimeout(120_000);
  failOnDialogs(page);
  await signIn(context);
  await api.call("POST", "/simulator/v1/control", {
    renames: [{ organization: CREWING.uuid, name: MARKER }],
  });
  const pkid = await api.add(CUSTOMER, place.path, recorded(CREWING));
  await page.goto(modelPath(CUSTOMER, pkid));
  await page.getByRole("link", { name: /^Authorise/ }).first().click();
  await isHarmless(page, "the simulator's log-in");
  await page.getByRole("button", { name: "Log in" }).click();
  await isHarmless(page, "the simulator's consent");
  await page.getByRole("button", { name: "Accept" }).click();
  await expect(page.locator(".done-notice")).toBeVisible();
  for (const act of ["SyncWebexTeamsRolesLicences", "SyncWebexTeamsUsers"]) {
    await api.call("POST", `/api/${CUSTOMER}/${pkid}/+${act}/`, {});
  }
  const paths = [`/webex/${pkid}`, `/webex/${pkid}/licenses`, `/webex/${pkid}/users`];
  for (const path of [...paths, modelPath("device/spark/User"), modelPath("device/spark/License")]) {
    await page.goto(path);
    await isHarmless(page, path);
  }
  await page.goto(`/webex/${pkid}/users`);
  await expect(page.locator("main")).toContainText("onerror=__x=1");

  const form = new FormData();
  form.set("file", new File(["name\nOne\n"], `${SHORT}.csv`, { type: "text/csv" }));
  const credentials = Buffer.from(`${USERNAME}:${PASSWORD}`).toString("base64");
  const sent = await fetch(`${server.url}/api/lab/Widget/import/?hierarchy=${PROVIDER}`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
    body: form,
  });
  const answer: any = await sent.json();
  expect(sent.status, JSON.stringify(answer)).toBe(202);
  await page.goto(`/transactions/${answer.transaction_id}`);
  await isHarmless(page, "the transaction of a load");
  await expect(page.locator("main")).toContainText("onerror=__x=1");
});

test("script in an address stays text", async ({ page, context, complaints }) => {
  complaints.expectStatus(400, 404, 405);
  failOnDialogs(page);
  await signIn(context);
  const marked = encodeURIComponent(MARKER);
  const list = modelPath(CUSTOMER);
  const parameters = [
    "search", "filter_text", "filter_field", "filter_condition", "order_by", "direction", "hierarchy",
    "columns", "limit", "skip", "done", "transaction", "draft", "template_name", "policy_name",
  ];
  const paths = [
    ...parameters.map((name) => `${list}?${name}=${marked}`),
    `${list}?filter_field=name&filter_condition=contains&filter_text=${marked}`,
    `${list}/add?model_type=${marked}&hierarchy=${marked}`,
    `${list}/${marked}`, `/models/${marked}`, `/models/data/${marked}/add`, `/transactions/${marked}`,
    `/transactions?search=${marked}`, `/tenants/${marked}`, `/webex/${marked}`, `/${marked}`,
    `/hierarchy?open=${marked}`, `/api/docs/${marked}`, `/oauth/webex/authorize/${marked}`,
    `/oauth/webex/callback?state=${marked}&code=${marked}&error=${marked}&error_description=${marked}`,
  ];
  for (const path of paths) {
    await page.goto(path);
    await isHarmless(page, path);
  }
  await context.clearCookies();
  for (const path of [`/login?next=${marked}`, `/login?next=/${marked}`]) {
    await page.goto(path);
    await isHarmless(page, path);
  }
  // What is no page is no HTML either.
  for (const path of [`/api/${marked}`, `/api/data/User/?search=${marked}`, `/api/v1/tenants/${marked}`]) {
    const answer = await context.request.get(path, { headers: { accept: "text/html" } });
    expect(answer.headers()["content-type"], path).toBe("application/json");
    expect(answer.headers()["x-content-type-options"], path).toBe("nosniff");
  }
});

/** A page of somebody else's, on another port: another origin, but the same site to cookies. */
async function elsewhere(html: (path: string) => string): Promise<{ url: string; http: HttpServer }> {
  const http = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(html(request.url ?? "/"));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, http };
}

test("another origin's page writes nothing", async ({ page, api, context, server, complaints, place }) => {
  complaints.expectStatus(400, 401, 403, 405, 415);
  await signIn(context);
  const pkid = await api.add(CUSTOMER, place.path, { name: "Stays" });
  const before = JSON.stringify([await api.get(CUSTOMER, pkid), await api.get(NODE, place.pkid)]);
  const own = modelPath(CUSTOMER, pkid);
  const posts: [string, Data][] = [
    [`${own}/delete`, { pkid }],
    [own, { "/name": "Changed" }],
    [modelPath(CUSTOMER, "add", { hierarchy: place.path }), { "/name": "Planted" }],
    [modelPath(CUSTOMER, "delete", { pkid }), { expected_total: "1" }],
    ["/preferences", { theme: "dark", next: "/" }],
    ["/logout", {}],
  ];
  const { url, http } = await elsewhere((path) => {
    const [target, fields] = posts[Number(path.slice(1))] ?? ["/", {}];
    const inputs = Object.entries(fields)
      .map(([name, value]) => `<input name="${name}" value="${String(value)}">`)
      .join("");
    return `<form id="f" method="post" action="${server.url}${target}">${inputs}</form>`;
  });
  try {
    for (const at of posts.keys()) {
      const tab = await context.newPage();
      await tab.goto(`${url}/${at}`);
      const answered = tab.waitForResponse((response) => response.request().method() === "POST");
      await tab.evaluate(() => (document.getElementById("f") as HTMLFormElement).submit());
      expect((await answered).status(), posts[at]?.[0]).toBe(403);
      await tab.close();
    }
    // As scripts would: with the cookies, in the forms that need no leave, and in those that do.
    await page.goto(`${url}/9`);
    const tries = await page.evaluate(
      async ([base, pkid, path]) => {
        const body = JSON.stringify({ name: "Planted" });
        const all: [string, RequestInit][] = [
          [`/api/relation/SparkCustomer/?hierarchy=${encodeURIComponent(path!)}`, { method: "POST", body }],
          [`/api/relation/SparkCustomer/${pkid}/`, { method: "DELETE" }],
          [`/api/relation/SparkCustomer/${pkid}/`, { method: "PUT", body }],
          [`/api/v01/auth/logout`, { method: "POST" }],
          [`/fn/save`, { method: "POST", body: "ask=1" }],
        ];
        const outcomes: string[] = [];
        for (const [target, init] of all) {
          for (const mode of ["no-cors", "cors"] as const) {
            const sent = fetch(base + target, { ...init, mode, credentials: "include" });
            outcomes.push(await sent.then((answer) => answer.type, () => "refused"));
          }
        }
        return outcomes;
      },
      [server.url, pkid, place.path],
    );
    // Nothing of an answer is ever read.
    expect(tries.every((type) => ["opaque", "refused"].includes(type)), tries.join(" ")).toBe(true);
    complaints.expectRefusedByBrowser();
  } finally {
    http.close();
  }
  const after = JSON.stringify([await api.get(CUSTOMER, pkid), await api.get(NODE, place.pkid)]);
  expect(after).toBe(before);
  expect(await api.names(CUSTOMER, place.path)).toEqual(["Stays"]);
  // The session is still there, too.
  await page.goto(own);
  await expect(page).toHaveURL(server.url + own);
});

test("no page is shown within another's", async ({ page, context, server, complaints }) => {
  complaints.expectRefusedByBrowser();
  await signIn(context);
  for (const path of ["/", modelPath(CUSTOMER), "/login", "/api/docs", "/api/data/User/help", "/api/data/User"]) {
    const headers = (await context.request.get(path, { maxRedirects: 0 })).headers();
    expect(headers["x-frame-options"], path).toBe("DENY");
    expect(headers["content-security-policy"], path).toContain("frame-ancestors 'none'");
  }
  const { url, http } = await elsewhere(() => `<iframe src="${server.url}/"></iframe>`);
  try {
    await page.goto(url);
    const frame = page.frames().find((each) => each !== page.mainFrame());
    await expect.poll(() => frame?.url()).toMatch(/^chrome-error:/);
  } finally {
    http.close();
  }
});

const AWAY = [
  "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%5cevil.example",
  "https:evil.example", "/\t/evil.example", "javascript:alert(1)", " //evil.example", "/%0d%0aset-cookie:a=b",
  "http://127.0.0.1@evil.example/", "///evil.example",
];

test("after the log-in nobody is led away", async ({ context, server, page }) => {
  for (const next of AWAY) {
    await context.clearCookies();
    const answer = await context.request.post("/login", {
      form: { username: USERNAME, password: PASSWORD, next },
      maxRedirects: 0,
    });
    expect(answer.status(), next).toBe(303);
    const location = answer.headers().location ?? "";
    expect(new URL(location, server.url).origin, `${next} -> ${location}`).toBe(server.url);
    // Who is logged in already is led on at once.
    const on = await context.request.get(`/login?next=${encodeURIComponent(next)}`, { maxRedirects: 0 });
    expect(new URL(on.headers().location ?? "", server.url).origin, next).toBe(server.url);
    const back = await context.request.get(
      `/oauth/webex/callback?state=${encodeURIComponent(next)}&code=1`,
      { maxRedirects: 0 },
    );
    const to = back.headers().location;
    if (to) expect(new URL(to, server.url).origin, next).toBe(server.url);
  }
  await context.clearCookies();
  await page.goto("/login?next=//evil.example/");
  await login(page);
  await expect(page).toHaveURL(`${server.url}/`);
});

/** As it is written: browsers and libraries would tidy the path up. */
async function raw(server: Server, path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(server.url);
  const request = httpRequest({ hostname, port, path, method: "GET" });
  request.end();
  const [response] = await once(request, "response");
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  return { status: response.statusCode, body: Buffer.concat(parts).toString("latin1") };
}

test("no path leaves the folder of files", async ({ server }) => {
  const up = ["..", "%2e%2e", "..%2f", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e", "..%00", "..;", ".%2e"];
  const targets = ["etc/passwd", "Cargo.toml", "tenantry.db", "assets.json", "debug/tenantry.d"];
  for (const part of up) {
    for (const target of targets) {
      for (const start of ["/", "/pkg/", "/api/", "/pkg/snippets/"]) {
        const path = `${start}${`${part}/`.repeat(4)}${target}`;
        const { status, body } = await raw(server, path);
        // A page that asks for the log-in, or nothing; never a file.
        expect([303, 400, 401, 404], path).toContain(status);
        expect(body, path).not.toMatch(/root:.*:0:0:|\[workspace\]|SQLite format|"wasm"/);
      }
    }
  }
  for (const path of ["/assets.json", "/tenantry.key", "/favicon.svg%00.txt", "/pkg/..", "/.git/config"]) {
    expect([303, 400, 404], path).toContain((await raw(server, path)).status);
  }
});

test("a session that somebody planted is taken over by nobody", async ({ page, context, server }) => {
  const planted = "a".repeat(43);
  await context.addCookies([{ name: "sessionid", value: planted, url: server.url }]);
  await page.goto("/login");
  await login(page);
  await expect(page).toHaveURL(`${server.url}/`);
  const session = async () =>
    (await context.cookies()).find((cookie) => cookie.name === "sessionid")?.value ?? "";
  const first = await session();
  expect(first).not.toBe(planted);
  expect(first.length).toBeGreaterThan(20);
  const holds = async (token: string) =>
    (await fetch(`${server.url}/api/data/User`, { headers: { cookie: `sessionid=${token}` } })).status;
  expect(await holds(planted)).toBe(401);
  expect(await holds(first)).toBe(200);
  // Nor is one that did hold: whoever logs in over it gets another.
  await context.request.post("/login", { form: { username: USERNAME, password: PASSWORD, next: "/" } });
  expect(await session()).not.toBe(first);
  expect(await holds(await session())).toBe(200);
});
