// Users, roles and profiles in the console: what each role is offered, and axe on the screens.
import { PASSWORD, logInAs } from "./support/account";
import { CUSTOMER, PROVIDER } from "./support/api";
import { expectAccessible, expectNoSidewaysScroll } from "./support/axe";
import { expect, heading, modelPath, open, signIn, test } from "./support/fixtures";

// Colours are judged as they end up, not on their way there.
test.use({ contextOptions: { reducedMotion: "reduce" } });

const USER = "data/SystemUser";
const PROFILE = "data/AccessProfile";
const ROLE = "data/Role";

let made = 0;
const another = () => `person-${process.pid}-${Date.now()}-${(made += 1)}`;

test("an operator reads everything and is offered no change of it", async ({ api, page, complaints }) => {
  const username = another();
  await api.add(USER, PROVIDER, { username, role: "Operator", password: PASSWORD });
  await page.goto("/");
  await logInAs(page, { username });
  await expect(heading(page, "Dashboard")).toBeVisible();
  for (const model of [CUSTOMER, "data/User", "data/ServicePack", USER]) {
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
  await page.goto(modelPath(CUSTOMER, "/add"));
  await expect(page.getByRole("main")).toContainText("Your role");
});

test("a program's role has no console", async ({ api, page, complaints }) => {
  const username = another();
  await api.add(USER, PROVIDER, { username, role: "ApiClient", password: PASSWORD });
  complaints.expectStatus(403);
  await page.goto("/");
  await logInAs(page, { username });
  await expect(page.getByRole("alert")).toContainText("console");
});

const screens = [
  { name: "users", path: modelPath(USER) },
  { name: "add a user", path: modelPath(USER, "/add", { hierarchy: PROVIDER }) },
  { name: "roles", path: modelPath(ROLE) },
  { name: "add a role", path: modelPath(ROLE, "/add", { hierarchy: PROVIDER }) },
  { name: "profiles", path: modelPath(PROFILE) },
  { name: "add a profile", path: modelPath(PROFILE, "/add", { hierarchy: PROVIDER }) },
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

test("axe: a shipped profile", async ({ api, context, page }) => {
  await signIn(context);
  const profiles = await api.list(PROFILE, "sys");
  const profile = profiles.find((row) => row.data.name === "CustomerAdmin");
  await open(page, modelPath(PROFILE, `/${profile!.pkid}`));
  await expectAccessible(page, "a shipped profile");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page, "a shipped profile");
});

test("axe: the description of the interface", async ({ page }) => {
  // The page of all shapes is long, and axe looks at each element of it.
  test.setTimeout(180_000);
  for (const path of ["/api/docs", "/api/docs/shapes"]) {
    await page.goto(path);
    await expectAccessible(page, path);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSidewaysScroll(page, path);
  }
});
