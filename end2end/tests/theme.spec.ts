// Theme and density: switched at once, kept, and right in the very first HTML.
import { type Page } from "@playwright/test";
import { expect, open, signIn, test } from "./support/fixtures";

test.use({ colorScheme: "light" });
test.beforeEach(async ({ context }) => signIn(context));

const background = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);

/** How light a colour of the page is, by what the browser paints. */
async function lightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const context = document.createElement("canvas").getContext("2d")!;
    context.fillStyle = getComputedStyle(document.body).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return (red! + green! + blue!) / 3;
  });
}

async function choose(page: Page, name: string): Promise<void> {
  await page.getByLabel("Appearance").click();
  await page.getByRole("button", { name }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name })).toBeHidden();
}

test("the theme is switched at once and stays over a reload, without a flash", async ({ page }) => {
  await open(page, "/");
  const html = page.locator("html");
  await expect(html).toHaveAttribute("data-theme", "system");
  const light = await background(page);
  expect(await lightness(page)).toBeGreaterThan(200);

  await choose(page, "Dark");
  await expect(html).toHaveAttribute("data-theme", "dark");
  expect(await lightness(page)).toBeLessThan(60);
  const answer = await page.reload();
  // What the server sends is dark already: nothing has to run for it.
  expect(await answer?.text()).toMatch(/<html[^>]* data-theme="dark"/);
  expect(await lightness(page)).toBeLessThan(60);
  await page.getByLabel("Appearance").click();
  await expect(page.getByRole("button", { name: "Dark (in use)" })).toBeVisible();

  await page.getByRole("button", { name: "Light" }).click();
  await expect(html).toHaveAttribute("data-theme", "light");
  expect(await background(page)).toBe(light);
});

test("the system's theme is followed while nothing else is chosen", async ({ page }) => {
  await open(page, "/");
  expect(await lightness(page)).toBeGreaterThan(200);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => lightness(page)).toBeLessThan(60);
  await choose(page, "Light");
  await expect.poll(() => lightness(page)).toBeGreaterThan(200);
  await choose(page, "As the system");
  await expect.poll(() => lightness(page)).toBeLessThan(60);
  const answer = await page.reload();
  expect(await answer?.text()).toMatch(/<html[^>]* data-theme="system"/);
});

test("compact rows are lower, and stay so", async ({ page }) => {
  await open(page, "/models/relation/SparkCustomer");
  const row = page.getByRole("row", { name: /Granite Insurance/ });
  const height = async () => (await row.boundingBox())?.height ?? 0;
  const normal = await height();
  await choose(page, "Compact");
  await expect.poll(height).toBeLessThan(normal);
  const compact = await height();
  const answer = await page.reload();
  expect(await answer?.text()).toMatch(/<html[^>]* data-density="compact"/);
  expect(await height()).toBe(compact);
});
