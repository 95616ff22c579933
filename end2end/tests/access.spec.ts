// Users, roles and profiles in the console: what each role is offered, and axe on the screens.
import { PASSWORD, logInAs } from "./support/account";
import { CUSTOMER, PROVIDER, SYSTEM_USER } from "./support/api";
import { expectAccessible, expectNoSidewaysScroll } from "./support/axe";
import { PASSWORD as ADMINS } from "./support/server";
import { expect, heading, modelPath, open, signIn, test } from "./support/fixtures";

// Colours are judged as they end up, not on their way there.
test.use({ contextOptions: { reducedMotion: "reduce" } });

const PROFILE = "data/AccessProfile";
const ROLE = "data/Role";

let made = 0;
const another = () => `person-${process.pid}-${Date.now()}-${(made += 1)}`;

test("an operator reads everything and is offered no change of it", async ({ api, page, complaints }) => {
  const username = another();
  await api.add(SYSTEM_USER, PROVIDER, { username, role: "Operator", password: PASSWORD });
  await page.goto("/");
  await logInAs(page, { username });
  await expect(heading(page, "Dashboard")).toBeVisible();
  await expect(page.getByRole("table", { name: /^Webex connections in need/ })).toBeVisible();
  await expect(page.getByRole("link", { name: /^Authorise/ })).toHaveCount(0);
  for (const model of [CUSTOMER, "data/User", "data/ServicePack", SYSTEM_USER]) {
    await open(page, modelPath(model));
    const main = page.getByRole("main");
    await expect(main.getByRole("table").getByRole("row").nth(1)).toBeVisible();
    for (const name of [/^Add/, /^Delete/, /^Move/, /^Load/]) {
      await expect(main.getByRole("link", { name })).toHaveCount(0);
      await expect(main.getByRole("button", { name })).toHaveCount(0);
    }
  }
  await open(page, modelPath(CUSTOMER));
  await page.getByRole("main").getByRole("table").getByRole("rowheader").first().getByRole("link").click();
  await expect(page.getByRole("button", { name: /^Save/ })).toHaveCount(0);
  await expectAccessible(page, "a customer, for an operator");
  // Who knows the address is told so.
  complaints.expectStatus(403);
  await page.goto(modelPath(CUSTOMER, "add"));
  await expect(page.getByRole("main")).toContainText("Your role");
});

test("an auditor of the demonstration has the log, and a file of it", async ({ page, complaints }) => {
  await page.goto("/");
  await logInAs(page, { username: "auditor" }, ADMINS);
  await expect(heading(page, "Dashboard")).toBeVisible();
  await expect(page.getByRole("heading", { level: 2 })).toContainText(["What there is", "Latest transactions"]);
  await expect(page.getByRole("heading", { name: "Licences near full" })).toHaveCount(0);
  const pages = page.getByRole("navigation", { name: "Pages", exact: true });
  await expect(pages.getByRole("link")).toHaveText(["Dashboard", "Tree", "Hierarchy nodes", "Transactions"]);
  await open(page, "/transactions");
  await page.getByTitle(/^All \d+ of this list$/).click();
  const loaded = page.waitForEvent("download");
  await page.getByRole("button", { name: /^CSV/ }).click();
  const file = await (await loaded).createReadStream();
  let text = "";
  for await (const chunk of file) text += String(chunk);
  expect(text).toContain("auditor logged in (console)");
  complaints.expectStatus(403);
  await page.goto(modelPath(SYSTEM_USER));
  await expect(heading(page, "Not allowed")).toBeVisible();
});

test("a program's role has no console", async ({ api, page, complaints }) => {
  const username = another();
  await api.add(SYSTEM_USER, PROVIDER, { username, role: "ApiClient", password: PASSWORD });
  complaints.expectStatus(403);
  await page.goto("/");
  await logInAs(page, { username });
  await expect(page.getByRole("alert")).toContainText("console");
});

const screens = [
  { name: "users", path: modelPath(SYSTEM_USER) },
  { name: "add a user", path: modelPath(SYSTEM_USER, "add", { hierarchy: PROVIDER }) },
  { name: "roles", path: modelPath(ROLE) },
  { name: "add a role", path: modelPath(ROLE, "add", { hierarchy: PROVIDER }) },
  { name: "profiles", path: modelPath(PROFILE) },
  { name: "add a profile", path: modelPath(PROFILE, "add", { hierarchy: PROVIDER }) },
];

for (const screen of screens) {
  test(`axe: ${screen.name}`, async ({ context, page }) => {
    await signIn(context);
    await open(page, screen.path);
    await expectAccessible(page, screen.name);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page, screen.name);
  });
}

test("what a profile gives is ticked, by keyboard too, and stays as it was saved", async ({ api, context, page }) => {
  await signIn(context);
  const name = another();
  await open(page, modelPath(PROFILE, "add", { hierarchy: PROVIDER }));
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("group", { name: "Miscellaneous Permissions" }).getByLabel("Login").uncheck();
  await page.getByRole("button", { name: "Add to Permissions" }).click();
  const line = page.getByRole("group", { name: "Permissions 1" });
  const operations = line.getByRole("group", { name: "Operations" });
  await expect(operations.getByRole("checkbox")).toHaveCount(10);
  await expect(line.getByRole("button", { name: /Operations/ })).toHaveCount(0);
  const type = line.getByLabel("Type");
  await expect(page.locator(`datalist[id="${await type.getAttribute("list")}"] option[value="data/*"]`)).toBeAttached();
  await type.fill("data/User");
  await page.keyboard.press("Tab");
  await expect(operations.getByLabel("Create", { exact: true })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await operations.getByLabel("Export", { exact: true }).check();
  // A line more leaves what is ticked.
  await page.getByRole("button", { name: "Add to Permissions" }).click();
  await expect(operations.getByRole("checkbox", { checked: true })).toHaveCount(2);
  await expectAccessible(page, "a profile with lines");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page, "a profile with lines");
  await page.getByRole("button", { name: "Remove Permissions 2" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator(".done-notice")).toBeVisible();
  const made = (await api.list(PROFILE, PROVIDER)).find((row) => row.data.name === name)!;
  expect(made.data).toMatchObject({
    miscellaneous_permissions: ["Api Root"],
    permissions: [{ type: "data/User", operations: ["Read", "Export"] }],
  });
  await open(page, modelPath(PROFILE, made.pkid));
  await expect(operations.getByRole("checkbox", { checked: true })).toHaveCount(2);
  await expect(operations.getByLabel("Read")).toBeChecked();
  // Nothing was changed, so leaving asks nothing.
  page.on("dialog", (dialog) => expect(dialog.message()).toBe("no question"));
  await page.getByRole("link", { name: "Access profiles" }).first().click();
  await expect(heading(page, "Access profiles")).toBeVisible();
});

test("help is where one looks for it", async ({ context, page }) => {
  await signIn(context);
  for (const [path, title] of [
    [modelPath(SYSTEM_USER), "System users"],
    [modelPath(SYSTEM_USER, "add", { hierarchy: PROVIDER }), "System users"],
    ["/transactions", "Transactions"],
    ["/account", "The API"],
  ] as const) {
    await open(page, path);
    await page.getByRole("banner").getByRole("link", { name: /^Help: / }).click();
    await expect(heading(page, title)).toBeVisible();
  }
});

test("axe: a shipped profile", async ({ api, context, page }) => {
  await signIn(context);
  const profiles = await api.list(PROFILE, "sys");
  const profile = profiles.find((row) => row.data.name === "CustomerAdmin");
  await open(page, modelPath(PROFILE, profile!.pkid));
  await expectAccessible(page, "a shipped profile");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page, "a shipped profile");
});

// The overview, the shapes, calls of the program's own, of a model beside them, of a model alone, of
// one with long paths, and of the provisioning API.
const described = ["", "/shapes", "/Log-in", "/Tools", "/tool.Transaction", "/data.User", "/relation.SparkCustomer", "/Provisioning"];

for (const path of described.map((section) => `/api/docs${section}`)) {
  test(`axe: the description of the interface, ${path}`, async ({ page }) => {
    // These pages are long, and axe looks at each element of them.
    test.setTimeout(180_000);
    await page.goto(path);
    await expectAccessible(page, path);
  });
}

test("the description of the interface fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/api/docs");
  // Each of them, as the overview has them.
  const links = page.getByRole("main").locator("a[href^='/api/docs/']");
  const paths = new Set(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")!)));
  expect(paths.size).toBeGreaterThan(10);
  for (const path of ["/api/docs", ...paths]) {
    await page.goto(path);
    await expectNoSidewaysScroll(page, path);
  }
});
