// A user of the test's own, and the codes of its second factor.
import { createHmac } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test as base, type Place } from "./fixtures";
import type { Api } from "./api";

export const PASSWORD = "seven lanterns under water";
export const ANOTHER = "nine kettles over the fence";

export type User = { username: string };

export const test = base.extend<{ user: User }>({
  user: async ({ api, place }: { api: Api; place: Place }, use, { testId, repeatEachIndex }) => {
    const username = `user-${testId.slice(-12)}-${repeatEachIndex}`;
    const data = { username, password: PASSWORD, role: "CustomerAdmin" };
    const pkid = await api.add("data/SystemUser", place.path, data);
    await use({ username });
    await api.call("DELETE", `/api/data/SystemUser/${pkid}/`);
  },
});

/** Fills in the log-in form and sends it. */
export async function logInAs(page: Page, user: User, password = PASSWORD): Promise<void> {
  await page.getByLabel("User name").fill(user.username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** A section of the account's page. */
export function section(page: Page, name: string) {
  return page.getByRole("region", { name, exact: true });
}

/** Sets the second factor up; answers its key and the recovery codes. */
export async function setUp(page: Page): Promise<{ key: string; recovery: string[] }> {
  const factor = section(page, "Second factor");
  await factor.getByLabel("Your password").fill(PASSWORD);
  await factor.getByRole("button", { name: "Set up…" }).click();
  await expect(factor.getByRole("img", { name: "QR code with the key" })).toBeVisible();
  const key = (await factor.locator(".factor-key").innerText()).replaceAll(" ", "");
  await factor.getByRole("textbox", { name: "Code" }).fill(codeOf(key));
  await factor.getByRole("button", { name: "Turn on" }).click();
  const codes = factor.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  return { key, recovery: await codes.allInnerTexts() };
}

/** The code that an authenticator app shows, or the one that comes `later` steps after it. */
export function codeOf(key: string, later = 0): string {
  const bits = [...key].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g)!.map((byte) => parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const mac = createHmac("sha1", Buffer.from(bytes)).update(counter).digest();
  const number = mac.readUInt32BE(mac[19]! & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}
