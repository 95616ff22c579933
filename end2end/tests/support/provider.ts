// An OpenID provider of other hands on loopback, with people who need no password: whoever types a
// name there is that person.
import { createServer, type Server as HttpServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

export const CLIENT = { id: "tenantry", secret: "a client secret of the tests" };

/** What the provider knows of people, by the name that they type. */
const PEOPLE: Record<string, Record<string, unknown>> = {
  ada: { preferred_username: "ada", given_name: "Ada", groups: ["staff", "tenantry-operators"] },
  grace: { preferred_username: "grace", groups: ["tenantry-admins"] },
  // Somebody here has that name and a password.
  imposter: { preferred_username: "admin", groups: ["tenantry-admins"] },
  nobody: { preferred_username: "nobody", groups: ["staff"] },
  lost: { preferred_username: "lost", groups: ["lost"] },
};

export class OpenIdProvider {
  private constructor(
    private readonly server: HttpServer,
    readonly issuer: string,
    /** What people are, changed by tests. */
    readonly people: typeof PEOPLE,
    /** Alters the nonce of the next log-in. */
    readonly spoilt: { nonce: boolean },
  ) {}

  /** `redirect` is where it sends browsers back to, known once the program runs. */
  static async start(redirect: () => string): Promise<OpenIdProvider> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const people = structuredClone(PEOPLE);
    const spoilt = { nonce: false };
    let provider: Provider | undefined;
    const made = () =>
      new Provider(issuer, {
        clients: [
          {
            client_id: CLIENT.id,
            client_secret: CLIENT.secret,
            redirect_uris: [redirect()],
            response_types: ["code"],
            grant_types: ["authorization_code"],
          },
        ],
        // In the ID token, as most providers do.
        conformIdTokenClaims: false,
        claims: { openid: ["sub"], profile: ["preferred_username", "given_name", "groups"] },
        findAccount: (_, id) => ({
          accountId: id,
          claims: async () => ({ sub: id, ...people[id] }),
        }),
        cookies: { keys: ["a key of the tests"] },
        // The library complains of each of these on a plain http:// origin of a test.
        features: { devInteractions: { enabled: true } },
      });
    server.on("request", (request, response) => {
      provider ??= made();
      const url = new URL(request.url ?? "/", issuer);
      if (spoilt.nonce && url.pathname === "/auth") {
        url.searchParams.set("nonce", "another-nonce");
        request.url = url.pathname + url.search;
        spoilt.nonce = false;
      }
      void provider.callback()(request, response);
    });
    return new OpenIdProvider(server, issuer, people, spoilt);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
