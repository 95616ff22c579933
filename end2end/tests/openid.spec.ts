// The log-in at an OpenID provider: a real one of other hands, in the real browser.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { expect, heading, modelPath, open, test as base } from "./support/fixtures";
import { CLIENT, OpenIdProvider } from "./support/provider";
import { Server, USERNAME, PASSWORD } from "./support/server";

type Openid = { provider: OpenIdProvider; server: Server };

const test = base.extend<object, { openid: Openid }>({
  openid: [
    async ({}, use) => {
      let url = "";
      const provider = await OpenIdProvider.start(() => `${url}/login/openid/callback`);
      const folder = await mkdtemp(join(tmpdir(), "tenantry-openid-"));
      const mapping = join(folder, "mapping.json");
      const line = (value: string, role: string, node: string) => ({
        claim: "groups",
        value,
        role,
        node,
      });
      await writeFile(
        mapping,
        JSON.stringify([
          line("tenantry-admins", "ProviderAdmin", "sys.Northwind Telecom"),
          line("tenantry-operators", "Operator", "sys.Northwind Telecom"),
          line("tenantry-elsewhere", "Operator", "sys"),
          line("lost", "Operator", "sys.Nowhere"),
        ]),
      );
      const server = await Server.start(undefined, {
        TENANTRY_OIDC_ISSUER: provider.issuer,
        TENANTRY_OIDC_CLIENT_ID: CLIENT.id,
        TENANTRY_OIDC_CLIENT_SECRET: CLIENT.secret,
        TENANTRY_OIDC_MAPPING: mapping,
        TENANTRY_OIDC_NAME: "the lab",
      });
      url = server.url;
      await use({ provider, server });
      await server.stop();
      await provider.stop();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 60_000 },
  ],
  baseURL: async ({ openid }, use) => use(openid.server.url),
});

test.beforeEach(async ({ page, openid }) => {
  // The provider's pages want a font from the world outside, and have no icon.
  await page.route(/fonts\.(googleapis|gstatic)\.com/, (route) => route.fulfill({ body: "" }));
  await page.route(`${openid.provider.issuer}/favicon.ico`, (route) => route.fulfill({ body: "" }));
});

/** To the provider and, as that person, back. */
async function logIn(page: Page, person: string, from = "/login") {
  await page.goto(from);
  await page.getByRole("link", { name: "Log in with the lab" }).click();
  await enter(page, person);
}

/** What the provider asks for. */
async function enter(page: Page, person: string) {
  await page.locator("[name=login]").fill(person);
  await page.locator("[name=password]").fill("any");
  await page.locator("[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
}

const user = async (server: Server, name: string) => {
  const basic = Buffer.from(`${USERNAME}:${PASSWORD}`).toString("base64");
  const path = `/api/data/SystemUser/?filter_field=username&filter_text=${name}&filter_condition=equals`;
  const answer = await fetch(server.url + path, { headers: { authorization: `Basic ${basic}` } });
  const list = (await answer.json()) as { resources: { data: Record<string, string> }[] };
  return list.resources.map((row) => row.data);
};

test("who has a group comes in with its role, and to the page that was asked for", async ({
  page,
  openid,
}) => {
  await logIn(page, "ada", "/models/relation/SparkCustomer?hierarchy=sys.Northwind Telecom");
  await expect(page).toHaveURL(/\/models\/relation\/SparkCustomer\?hierarchy=sys\.Northwind(%20|\+)Telecom$/);
  await expect(page.getByRole("link", { name: "Add" })).toHaveCount(0);
  const [ada] = await user(openid.server, "ada");
  expect(ada).toMatchObject({ username: "ada", role: "Operator", first_name: "Ada" });
  expect(ada).not.toHaveProperty("password");
  // Not with any password.
  for (const password of ["", "any"]) {
    const basic = Buffer.from(`ada:${password}`).toString("base64");
    const answer = await fetch(`${openid.server.url}/api/data/HierarchyNode/`, {
      headers: { authorization: `Basic ${basic}` },
    });
    expect(answer.status).toBe(401);
  }
  // What the provider says at the next log-in holds from then on.
  openid.provider.people.ada!.groups = ["tenantry-admins"];
  await page.context().clearCookies();
  await logIn(page, "ada");
  await expect(page).toHaveURL(`${openid.server.url}/`);
  expect((await user(openid.server, "ada"))[0]).toMatchObject({ role: "ProviderAdmin" });
  openid.provider.people.ada!.groups = ["tenantry-elsewhere"];
  await page.context().clearCookies();
  await logIn(page, "ada");
  await expect(page).toHaveURL(`${openid.server.url}/`);
  const moved = await user(openid.server, "ada");
  expect(moved).toHaveLength(1);
  expect(moved[0]).toMatchObject({ role: "Operator", hierarchy_friendly_name: "sys" });
});

test("who has no group, a name of somebody else's, or a place that isn't there stays outside", async ({
  page,
  openid,
}) => {
  for (const [person, told] of [
    ["nobody", "nothing there gives you a role"],
    ["imposter", "There is another user admin"],
    ["lost", "You can't be given the role Operator at sys.Nowhere"],
  ] as const) {
    await page.context().clearCookies();
    await logIn(page, person);
    await expect(page.getByRole("alert")).toContainText(told);
    await expect(page).toHaveURL(/\/login$/);
    await page.goto("/");
    await expect(page).toHaveURL(/\/login/);
  }
  expect(await user(openid.server, "nobody")).toEqual([]);
  expect(await user(openid.server, "lost")).toEqual([]);
});

test("a log-in that is cancelled can be begun again", async ({ page, openid }) => {
  await page.goto("/login");
  await page.getByRole("link", { name: "Log in with the lab" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toContainText("was cancelled or refused there");
  await logIn(page, "grace");
  await expect(page).toHaveURL(`${openid.server.url}/`);
});

test("an answer is good for the browser that asked, once, and for its own nonce", async ({
  page,
  openid,
}) => {
  // A nonce that isn't ours.
  openid.provider.spoilt.nonce = true;
  await logIn(page, "grace");
  await expect(page.getByRole("alert")).toContainText("doesn't hold");
  await page.goto("/");
  await expect(page).toHaveURL(/\/login/);
  // It is told once.
  await expect(page.getByRole("alert")).toHaveCount(0);

  // A state that isn't ours, and none.
  for (const query of ["code=x&state=made-up", "code=x", "state=made-up&error=access_denied", ""]) {
    await page.goto(`/login/openid/callback?${query}`);
    await expect(page.getByRole("alert")).toContainText("begun in another browser");
  }

  // A browser that didn't ask.
  await page.context().clearCookies();
  await page.goto("/login");
  await page.getByRole("link", { name: "Log in with the lab" }).click();
  await page.locator("[name=login]").fill("grace");
  await page.locator("[name=password]").fill("any");
  await page.locator("[type=submit]").click();
  await page.context().clearCookies({ name: "openid" });
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert")).toContainText("begun in another browser");
  await page.goto("/");
  await expect(page).toHaveURL(/\/login/);

  // What was good once isn't again.
  const seen: string[] = [];
  page.on("request", (request) => seen.push(request.url()));
  await page.context().clearCookies();
  await logIn(page, "grace");
  await expect(page).toHaveURL(`${openid.server.url}/`);
  const back = seen.find((url) => url.includes("/login/openid/callback?"));
  expect(back).toContain("code=");
  await page.context().clearCookies({ name: "sessionid" });
  await page.goto(back!);
  await expect(page.getByRole("alert")).toContainText("has been used");
});

test("who logs in there goes on with a form whose session has ended", async ({
  page,
  context,
  openid,
  complaints,
}) => {
  complaints.expectStatus(401);
  await context.route(/fonts\.(googleapis|gstatic)\.com/, (route) => route.fulfill({ body: "" }));
  await logIn(page, "grace");
  await expect(page).toHaveURL(`${openid.server.url}/`);
  const node = modelPath("data/HierarchyNode", "add", { hierarchy: "sys.Northwind Telecom" });
  await open(page, node);
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  await name.fill("Typed for an hour");
  await page.getByRole("radio", { name: "Reseller" }).check();
  // Here and at the provider.
  await context.clearCookies();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  const goOn = dialog.getByRole("button", { name: "Go on" });
  await goOn.click();
  await expect(dialog.getByRole("alert")).toHaveText("You aren't logged in as grace.");
  await expectAccessible(page, "the dialog with another log-in");
  for (const [person, goes] of [["ada", false], ["grace", true]] as const) {
    await context.clearCookies();
    const opened = context.waitForEvent("page");
    await dialog.getByRole("link", { name: "Log in with the lab" }).click();
    const other = await opened;
    await enter(other, person);
    await expect(heading(other, "Dashboard")).toBeVisible();
    await other.close();
    await goOn.click();
    if (goes) await expect(dialog).toBeHidden();
    else await expect(dialog.getByRole("alert")).toBeVisible();
  }
  await expect(page.locator(".done-notice")).toBeVisible();
  await expect(page.getByRole("link", { name: "Typed for an hour" }).first()).toBeVisible();
});

test("nobody is led to another site by it", async ({ page, openid }) => {
  await page.goto("/login/openid?next=https://evil.example/");
  await page.locator("[name=login]").fill("grace");
  await page.locator("[name=password]").fill("any");
  await page.locator("[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL(`${openid.server.url}/`);
});
