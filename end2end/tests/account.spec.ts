// One's own account: what is done there, and axe on each of its states.
import { ANOTHER, PASSWORD, codeOf, logInAs, section, setUp, test } from "./support/account";
import { expectAccessible, expectNoSidewaysScroll } from "./support/axe";
import { endSession, expect, heading, modelPath, open } from "./support/fixtures";

// Colours are judged as they end up, not on their way there.
test.use({ contextOptions: { reducedMotion: "reduce" } });

test.beforeEach(async ({ page, user }) => {
  await page.goto("/");
  await logInAs(page, user);
  await expect(heading(page, "Dashboard")).toBeVisible();
});

test("the menu leads there, and a new token is shown once", async ({ page, user }) => {
  await open(page, "/");
  await page.getByLabel(`Account of ${user.username}`).click();
  await page.getByRole("link", { name: "Your account" }).click();
  await expect(heading(page, "Your account")).toBeFocused();
  const tokens = section(page, "API tokens");
  await tokens.getByLabel("Name").fill("Nightly");
  await tokens.getByLabel("May do").selectOption({ label: "Everything you may do" });
  await tokens.getByRole("button", { name: "Make token" }).click();
  const token = await tokens.locator(".new-token code").innerText();
  await expect(tokens.getByRole("button", { name: "Copy: The new token" })).toBeVisible();
  const api = await fetch(`${new URL(page.url()).origin}/api/data/HierarchyNode/?limit=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(api.status).toBe(200);
  await expectAccessible(page, "a new token");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page, "a new token");
  await open(page, "/account");
  await expect(tokens.getByRole("rowheader", { name: "Nightly" })).toBeVisible();
  await expect(page.locator(".new-token")).toHaveCount(0);
  await tokens.getByRole("button", { name: "Revoke the token Nightly" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The token is revoked" })).toBeVisible();
});

test("a wrong old password is said at its field, the right one changes it", async ({
  page,
  complaints,
}) => {
  complaints.expectStatus(400);
  await open(page, "/account");
  const password = section(page, "Password");
  await password.getByLabel("Your password").fill("not the password");
  await password.getByLabel("New password").fill(ANOTHER);
  await password.getByRole("button", { name: "Change password" }).click();
  await expect(password.getByLabel("Your password")).toHaveAccessibleDescription(
    "That isn't your password.",
  );
  await expect(password.getByLabel("New password")).toHaveValue("");
  await expectAccessible(page, "a wrong password");
  await password.getByLabel("Your password").fill(PASSWORD);
  await password.getByLabel("New password").fill(ANOTHER);
  await password.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();
});

test("a session that ends in mid-form asks for the code too, and loses nothing", async ({
  page,
  context,
  server,
  api,
  place,
  complaints,
}) => {
  complaints.expectStatus(401);
  await open(page, "/account");
  const { key } = await setUp(page);
  const pkid = await api.add("relation/SparkCustomer", place.path, { name: "Long form" });
  await open(page, modelPath("relation/SparkCustomer", pkid));
  const notes = page.getByRole("textbox", { name: "Please Note" });
  await notes.fill("Typed for an hour");
  await endSession(context, server);
  await page.getByRole("button", { name: "Save and stay" }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  const code = dialog.getByLabel("Code of your second factor");
  await expect(dialog.getByLabel("Password")).toBeFocused();
  await expect(code).toBeHidden();
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Log in" }).click();
  await expect(code).toBeFocused();
  await expectAccessible(page, "the code in the dialog");
  await code.fill("000000");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toHaveText("That password or code isn't right.");
  await code.fill(codeOf(key, 1));
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.locator(".done-notice")).toContainText("Your changes are saved.");
  await expect(notes).toHaveValue("Typed for an hour");
  expect(await api.get("relation/SparkCustomer", pkid)).toMatchObject({ notes: "Typed for an hour" });
});

test("another session is listed, and ends everywhere else", async ({ page, browser, user, server }) => {
  const context = await browser.newContext({ baseURL: server.url });
  const other = await context.newPage();
  await other.goto("/account");
  await logInAs(other, user);
  await expect(heading(other, "Your account")).toBeVisible();
  await open(page, "/account");
  const sessions = section(page, "Sessions");
  await expect(sessions.getByRole("row")).toHaveCount(3);
  await expect(sessions.getByText("This one")).toHaveCount(1);
  await sessions.getByRole("button", { name: "Log out everywhere else" }).click();
  await expect(page.getByText("All your other sessions have ended.")).toBeVisible();
  await expect(sessions.getByRole("row")).toHaveCount(2);
  await other.goto("/account");
  await expect(heading(other, "Log in to Tenantry")).toBeVisible();
  await context.close();
});

test("a second factor is set up, asked for and turned off", async ({ page, user, complaints }) => {
  complaints.expectStatus(401);
  await open(page, "/account");
  await expectAccessible(page, "account");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page, "account");
  const { key, recovery } = await setUp(page);
  await expectAccessible(page, "recovery codes");
  await expectNoSidewaysScroll(page, "recovery codes");
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.getByLabel(`Account of ${user.username}`).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await logInAs(page, user);
  await expect(heading(page, "Enter your code")).toBeVisible();
  await expectAccessible(page, "code");
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(page, "code");
  await page.getByLabel("Code").fill("000000");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toContainText("wrong, or was used already");
  await page.getByLabel("Code").fill(codeOf(key, 1));
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(heading(page, "Dashboard")).toBeVisible();
  await open(page, "/account");
  const factor = section(page, "Second factor");
  await expect(factor.getByText("10 recovery codes are left.")).toBeVisible();
  await factor.getByLabel("Your password").fill(PASSWORD);
  await factor.getByLabel("Code").fill(recovery[0]!);
  await factor.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByText("The second factor is turned off.")).toBeVisible();
});
