// A throw-away Kvarten for browser work: optimised build, temporary data folder, demo data, free
// port. KVARTEN_BIN names another program, KVARTEN_URL with KVARTEN_ACCOUNTS a running server.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = process.env.KVARTEN_CACHE ?? join(homedir(), ".cache/kvarten");
export const target = process.env.CARGO_TARGET_DIR ?? join(cache, "target");

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/**
 * Starts a server with demo data for `people` people, each of whom needs `systems` systems where
 * that is given.
 *
 * Resolves, once it answers /readyz, to its address (`url`), the demo accounts (one per role:
 * `{ role, name, employee_number, email, password }`), `command(words, input)` to run the program
 * beside it, `log()` with what it has printed so far, and `stop()`, which also deletes its data.
 */
export async function startServer({ people = 400, systems, env = {} } = {}) {
  const program = process.env.KVARTEN_BIN ?? join(target, "release/kvarten");
  if (!existsSync(program)) throw new Error(`${program} is not there: run scripts/build first`);
  const data = await mkdtemp(join(tmpdir(), "kvarten-"));
  const address = `127.0.0.1:${await freePort()}`;
  const settings = {
    ...process.env,
    KVARTEN_DATA: data,
    LEPTOS_ENV: "PROD",
    LEPTOS_SITE_ADDR: address,
    LEPTOS_SITE_ROOT: process.env.LEPTOS_SITE_ROOT ?? join(target, "site"),
    ...env,
  };
  if (!env.DATABASE_URL) delete settings.DATABASE_URL;
  const options = { cwd: root, env: settings, maxBuffer: 64 * 1024 * 1024 };
  const run = promisify(execFile);

  let printed = "";
  let server;
  const stop = async () => {
    if (server && server.exitCode === null && server.signalCode === null) {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      const late = sleep(10_000, "late", { ref: false });
      if ((await Promise.race([ended, late])) === "late") {
        server.kill("SIGKILL");
        await ended;
      }
    }
    await rm(data, { recursive: true, force: true });
  };

  try {
    await run(program, ["migrate"], options);
    const further = systems ? ["--systems", String(systems)] : [];
    await run(program, ["demo", "--people", String(people), ...further], options);
    const { stdout } = await run(program, ["demo", "--accounts"], options);
    const accounts = JSON.parse(stdout);

    server = spawn(program, ["serve"], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [server.stdout, server.stderr]) {
      stream.on("data", (bytes) => {
        printed = (printed + bytes).slice(-200_000);
      });
    }
    const url = `http://${address}`;
    await ready(url, server, () => printed);
    const command = (words, input = "") => {
      const running = run(program, words, options);
      running.child.stdin.end(input);
      return running;
    };
    return { url, accounts, data, pid: server.pid, command, log: () => printed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(url, server, printed) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) throw new Error(`the server ended at its start:\n${printed()}`);
    try {
      if ((await fetch(`${url}/readyz`)).ok) return;
    } catch {
      // not listening yet
    }
    await sleep(100);
  }
  throw new Error(`the server did not become ready in 30 s:\n${printed()}`);
}

/** The server to work against: the running one that KVARTEN_URL names, else a new one. */
export async function useServer(options) {
  if (process.env.KVARTEN_URL) {
    return {
      url: process.env.KVARTEN_URL,
      accounts: JSON.parse(process.env.KVARTEN_ACCOUNTS ?? "[]"),
      log: () => "",
      stop: async () => {},
    };
  }
  return startServer(options);
}

/** The demo account of a role: staff, champion, manager or administrator. */
export function accountOf(accounts, role) {
  const account = accounts.find((each) => each.role.toLowerCase() === role.toLowerCase());
  if (!account) {
    const known = accounts.map((each) => each.role).join(", ") || "none";
    throw new Error(`no demo account with the role ${role}; there are: ${known}`);
  }
  return account;
}
