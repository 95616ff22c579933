// What every test builds on: a server for the worker, a node of the test's own, and a page whose
// console must stay quiet.
import { test as base, expect, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { Api, CUSTOMER, NODE, PROVIDER, WIDGET } from "./api";
import { LAB_MODELS, PASSWORD, Server, USERNAME } from "./server";

/** A customer node that exists for one test. */
export type Place = { name: string; path: string; pkid: string };

/** What the browser complained about. Every complaint fails the test, unless it was announced. */
export class Complaints {
  private readonly expected: RegExp[] = [];
  private readonly heard: string[] = [];

  /** Answers of these statuses belong to the test: the browser reports each as an error. */
  expectStatus(...statuses: number[]): void {
    for (const status of statuses) {
      this.expected.push(new RegExp(`the server responded with a status of ${status} `));
    }
  }

  /** What the browser refuses to do for a page of another origin belongs to the test. */
  expectRefusedByBrowser(): void {
    this.expected.push(/CORS policy|Failed to load resource: net::ERR_|frame-ancestors|X-Frame-Options/);
  }

  listen(page: Page): void {
    page.on("pageerror", (error) => this.heard.push(error.stack ?? error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.heard.push(message.text());
    });
  }

  unexpected(): string[] {
    return this.heard.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
  }
}

type TestFixtures = { complaints: Complaints; place: Place };
type WorkerFixtures = { server: Server; api: Api };

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start(LAB_MODELS);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  api: [async ({ server }, use) => use(new Api(server)), { scope: "worker" }],
  baseURL: async ({ server }, use) => use(server.url),
  complaints: async ({}, use) => {
    const complaints = new Complaints();
    await use(complaints);
    expect(complaints.unexpected(), "errors in the browser's console").toEqual([]);
  },
  page: async ({ page, complaints }, use) => {
    complaints.listen(page);
    await use(page);
  },
  place: async ({ api }, use, { testId, repeatEachIndex }) => {
    const name = `Test ${testId.slice(-12)} ${repeatEachIndex}`;
    const pkid = await api.add(NODE, PROVIDER, { name, node_type: "customer" });
    const path = `${PROVIDER}.${name}`;
    await use({ name, path, pkid });
    for (const model of [CUSTOMER, WIDGET, NODE]) await api.removeAll(model, path);
    await api.call("DELETE", `/api/${NODE}/${pkid}/`);
  },
});

export { expect };

/** The page's own address of a model, and what is below it. */
export function modelPath(model: string, below = "", query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `/models/${model}${below && `/${below}`}${search && `?${search}`}`;
}

/** Waits until WebAssembly has taken the page over. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html[data-hydrated]")).toBeAttached({ timeout: 15_000 });
}

/** Opens a page and waits until it runs. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

/** Logs in through the form, with or without JavaScript. */
export async function login(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel("User name").fill(USERNAME);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** Gives the browser a session without going through the form. */
export async function signIn(context: BrowserContext): Promise<void> {
  const response = await context.request.post("/noninteractivelogin/", {
    data: { username: USERNAME, password: PASSWORD },
  });
  expect(response.status()).toBe(200);
}

/** Ends the browser's session on the server; the browser doesn't hear of it. */
export async function endSession(context: BrowserContext, server: Server): Promise<void> {
  const cookies = await context.cookies();
  const value = (name: string) => cookies.find((cookie) => cookie.name === name)?.value ?? "";
  const response = await fetch(`${server.url}/api/v01/auth/logout`, {
    method: "POST",
    headers: {
      cookie: `sessionid=${value("sessionid")}`,
      "x-csrftoken": value("csrftoken"),
    },
  });
  expect(response.status).toBe(200);
}

/** The one heading of the page. */
export function heading(page: Page, name: string | RegExp): Locator {
  return page.getByRole("heading", { level: 1, name });
}

/** The first cell of every row, in order. */
export function rowNames(page: Page): Locator {
  return page.locator("main tbody tr > th");
}
