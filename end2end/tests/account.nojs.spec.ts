// One's own account in a browser that runs no script at all.
import { ANOTHER, PASSWORD, codeOf, logInAs, section, setUp, test } from "./support/account";
import { expect, heading } from "./support/fixtures";

test("password, token, second factor and log-in", async ({ page, user, complaints }) => {
  complaints.expectStatus(400, 401);
  await page.goto("/account");
  await logInAs(page, user);
  await expect(heading(page, "Your account")).toBeVisible();
  const password = section(page, "Password");
  await password.getByLabel("Your password").fill(PASSWORD);
  await password.getByLabel("New password").fill("passwordpassword");
  await password.getByRole("button", { name: "Change password" }).click();
  await expect(password.getByText("The password is easy to guess")).toBeVisible();
  const tokens = section(page, "API tokens");
  await tokens.getByLabel("Name").fill("Nightly");
  await tokens.getByRole("button", { name: "Make token" }).click();
  await expect(tokens.locator(".new-token")).toContainText(/^tnt_/);
  const { key } = await setUp(page);
  await page.goto("/account");
  await password.getByLabel("Your password").fill(PASSWORD);
  await password.getByLabel("New password").fill(ANOTHER);
  await password.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  await page.getByLabel(`Account of ${user.username}`).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await logInAs(page, user, ANOTHER);
  await page.getByLabel("Code").fill(codeOf(key, 1));
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(heading(page, "Dashboard")).toBeVisible();
});
