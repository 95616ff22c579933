// A server of its own for each worker: the real program, on a free port, over an empty folder.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const USERNAME = "admin";
export const PASSWORD = "correct horse battery staple";

const root = resolve(import.meta.dirname, "../../..");
const binary = process.env.TENANTRY_BIN ?? join(root, "target/release/tenantry");

export class Server {
  private constructor(
    private readonly program: ChildProcess,
    private readonly folder: string,
    private readonly said: string[],
    readonly url: string,
  ) {}

  /** `models` is a folder of further model files, `more` stands in its environment too. */
  static async start(models?: string, more: Record<string, string> = {}): Promise<Server> {
    if (!existsSync(binary)) {
      throw new Error(`${binary} isn't there; \`cargo xtask test --only e2e\` builds it`);
    }
    const folder = await mkdtemp(join(tmpdir(), "tenantry-e2e-"));
    const options = ["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir", folder];
    if (models) options.push("--models-dir", models);
    const program = spawn(binary, options, {
      env: { ...process.env, TENANTRY_ADMIN_PASSWORD: PASSWORD, TENANTRY_LOG: "warn", ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // The worker may be ended without its fixtures' leave.
    process.once("exit", () => program.kill("SIGKILL"));
    const said: string[] = [];
    const url = await new Promise<string>((found, failed) => {
      const hear = (chunk: Buffer) => {
        said.push(chunk.toString());
        const match = /Tenantry is at (http:\S+)/.exec(said.join(""));
        if (match?.[1]) found(match[1].replace(/\/$/, ""));
      };
      program.stdout?.on("data", hear);
      program.stderr?.on("data", hear);
      program.once("error", failed);
      program.once("exit", (code) =>
        failed(new Error(`the server ended with ${code}: ${said.join("")}`)),
      );
    });
    return new Server(program, folder, said, url);
  }

  /** Ends it, and complains about what it would rather not have said. */
  async stop(): Promise<void> {
    if (this.program.exitCode === null) {
      const ended = once(this.program, "exit");
      this.program.kill("SIGTERM");
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
    const log = this.said.join("");
    if (/panicked at|ERROR/.test(log) || this.program.exitCode !== 0) {
      throw new Error(`the server ended with ${this.program.exitCode} and said:\n${log}`);
    }
  }
}

export const LAB_MODELS = join(root, "end2end/models");
