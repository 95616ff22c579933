import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * axe finds nothing on the page as it stands, in the light theme and in the dark one, where all
 * that can be different is the contrast.
 */
export async function expectAccessible(
  page: Page,
  screen: string,
  within = "html",
): Promise<void> {
  // Of what passes, which most is, axe needn't make a description of each element.
  const axe = () => new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).include(within);
  await setTheme(page, "light");
  await expectNothingFound(axe().withTags(RULES), `${screen}, light`);
  await setTheme(page, "dark");
  await expectNothingFound(axe().withRules("color-contrast"), `${screen}, dark`);
}

async function setTheme(page: Page, theme: string): Promise<void> {
  await page.evaluate((name) => document.documentElement.setAttribute("data-theme", name), theme);
}

async function expectNothingFound(axe: AxeBuilder, screen: string): Promise<void> {
  const { violations } = await axe.analyze();
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map((n) => `    ${n.target.join(" ")}: ${n.failureSummary}`).join("\n")}`,
  );
  expect(found, `axe on ${screen}`).toEqual([]);
}

/** Nothing makes the page itself scroll sideways. */
export async function expectNoSidewaysScroll(page: Page, screen: string): Promise<void> {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  const shown = page.viewportSize()?.width ?? 0;
  expect(width, `${screen}: width of the page`).toBeLessThanOrEqual(shown);
}
