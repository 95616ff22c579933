// The console's files and links, as a browser's cache and a crawler see them.
import { createHash } from "node:crypto";
import { get as httpGet, type IncomingHttpHeaders } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { CUSTOMER } from "./support/api";
import { expect, signIn, test } from "./support/fixtures";

type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

/** As it comes over the wire, not decompressed on the way. */
function fetchRaw(url: string, encoding: string): Promise<Answer> {
  return new Promise((answered, failed) => {
    httpGet(url, { headers: { "accept-encoding": encoding } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () =>
        answered({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
    }).on("error", failed);
  });
}

/** The addresses of files below /pkg that a page names. */
async function packageFiles(url: string): Promise<string[]> {
  const { body } = await fetchRaw(`${url}/login`, "identity");
  const found = body.toString().match(/\/pkg\/[\w.-]+\.(?:css|js|wasm)/g) ?? [];
  return [...new Set(found)];
}

test("files have hashed names, are cached for good, and come compressed", async ({ server }) => {
  const files = await packageFiles(server.url);
  expect(files.map((path) => path.split(".").at(-1)).sort()).toEqual(["css", "js", "wasm"]);
  const types = { css: "text/css", js: "text/javascript", wasm: "application/wasm" };
  for (const path of files) {
    expect(path).toMatch(/\.[0-9a-f]{8,}\.(css|js|wasm)$/);
    const plain = await fetchRaw(server.url + path, "identity");
    const brotli = await fetchRaw(server.url + path, "gzip, deflate, br");
    const gzip = await fetchRaw(server.url + path, "gzip");
    for (const answer of [plain, brotli, gzip]) {
      expect(answer.status).toBe(200);
      expect(answer.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      expect(answer.headers["content-type"]).toContain(types[path.split(".").at(-1) as "css"]);
      expect(answer.headers.vary).toContain("accept-encoding");
    }
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(brotli.headers["content-encoding"]).toBe("br");
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(brotliDecompressSync(brotli.body).equals(plain.body), `${path}: brotli`).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body), `${path}: gzip`).toBe(true);
    expect(brotli.body.length).toBeLessThan(gzip.body.length);
    const hash = createHash("sha256").update(plain.body).digest("hex");
    expect(hash.startsWith(path.split(".").at(-2)!), `${path} is named by ${hash}`).toBe(true);
  }
});

test("other files are cached for a while, pages not at all, and nothing else is a file", async ({
  server,
}) => {
  const icon = await fetchRaw(`${server.url}/favicon.svg`, "identity");
  expect(icon.status).toBe(200);
  expect(icon.headers["cache-control"]).toMatch(/^public, max-age=\d+$/);
  const robots = await fetchRaw(`${server.url}/robots.txt`, "identity");
  expect(robots.body.toString()).toContain("Disallow");
  const page = await fetchRaw(`${server.url}/login`, "identity");
  expect(page.headers["cache-control"]).toBe("no-store");
  for (const path of ["/pkg/nothing.js", "/assets.json", "/pkg/..%2fassets.json", "/pkg/"]) {
    expect((await fetchRaw(server.url + path, "identity")).status, path).not.toBe(200);
  }
});

test("no link of the console leads nowhere", async ({ context, api, server }) => {
  test.setTimeout(90_000);
  await signIn(context);
  const most = 160;
  // Pages that differ only by the instance or the node are one kind: a few of each will do.
  const kindOf = (path: string) => {
    const url = new URL(path, server.url);
    const names = [...new Set(url.searchParams.keys())].sort().join("&");
    const tab = url.searchParams.get("tab") ?? "";
    return `${url.pathname.replace(/[0-9a-f-]{20,}/g, ":id")}?${names}${tab}`;
  };
  const [customer] = await api.list(CUSTOMER, "sys");
  const waiting = ["/", "/hierarchy", "/transactions", `/models/${CUSTOMER}/${customer!.pkid}`];
  const seen = new Set(waiting);
  const kinds = new Map<string, number>();
  const broken: string[] = [];
  let visited = 0;
  for (let path = waiting.shift(); path && visited < most; path = waiting.shift()) {
    const kind = kindOf(path);
    const before = kinds.get(kind) ?? 0;
    if (before >= 3) continue;
    kinds.set(kind, before + 1);
    visited += 1;
    const response = await context.request.get(path);
    if (response.status() !== 200 || response.url().includes("/login")) {
      broken.push(`${response.status()} ${path}`);
      continue;
    }
    if (!response.headers()["content-type"]?.startsWith("text/html")) continue;
    for (const [, href] of (await response.text()).matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)) {
      const url = new URL(href!.replaceAll("&amp;", "&"), new URL(path, server.url));
      const next = url.pathname + url.search;
      if (url.origin !== server.url || seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  expect(broken).toEqual([]);
  expect(visited).toBeGreaterThan(25);
  const shapes = [...kinds.keys()].join("\n");
  for (const shape of ["/add?", "/:id/delete?", "/transactions/:id?", "tabapi", "/hierarchy?hierarchy"]) {
    expect(shapes).toContain(shape);
  }
});
