// Writes the software bill of materials: every part the server and the browser's program are built
// from, with versions, checksums, licences and what depends on what, in CycloneDX 1.6 (JSON).
//
//   node scripts/sbom.mjs [FILE]      standard output without FILE
//
// What is only built or tested with (development dependencies, npm packages) has the scope `excluded`.
// Fails where a part of the program has no licence, or any part no checksum.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const targets = ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"];

const faults = [];

/** A CycloneDX licence list of an SPDX expression; crates used to write `MIT/Apache-2.0`. */
const licences = (expression) => {
  const spdx = expression.replaceAll(/\s*\/\s*/g, " OR ");
  return /[ ()]/.test(spdx) ? [{ expression: spdx }] : [{ license: { id: spdx } }];
};

const hex = (base64) => Buffer.from(base64, "base64").toString("hex");

const cargoMetadata = (target) =>
  JSON.parse(
    execFileSync(
      "cargo",
      ["metadata", "--locked", "--format-version", "1", "--filter-platform", target],
      { encoding: "utf8", maxBuffer: 1 << 28 },
    ),
  );

/** Checksums by name and version, from Cargo.lock. */
const cargoChecksums = () => {
  const found = new Map();
  for (const block of readFileSync("Cargo.lock", "utf8").split("[[package]]").slice(1)) {
    const value = (key) => block.match(new RegExp(`^${key} = "(.*)"$`, "m"))?.[1];
    found.set(`${value("name")} ${value("version")}`, value("checksum"));
  }
  return found;
};

const cargoUrl = (part) => `pkg:cargo/${part.name}@${encodeURIComponent(part.version)}`;

/** What the program is made of, and what it is only built and tested with. */
const cargoParts = () => {
  const parts = new Map();
  const dependencies = new Map();
  const isBuiltIn = new Set();
  const checksums = cargoChecksums();
  for (const target of targets) {
    const { packages, resolve, workspace_members: members } = cargoMetadata(target);
    const byId = new Map(packages.map((part) => [part.id, part]));
    const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
    const waiting = packages
      .filter(({ id, name }) => members.includes(id) && /-(server|frontend)$/.test(name))
      .map(({ id }) => id);
    const seen = new Set(waiting);
    while (waiting.length > 0) {
      const id = waiting.pop();
      isBuiltIn.add(cargoUrl(byId.get(id)));
      for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
        if (kinds.some(({ kind }) => kind === null) && !seen.has(pkg)) {
          seen.add(pkg);
          waiting.push(pkg);
        }
      }
    }
    for (const part of packages) {
      const url = cargoUrl(part);
      const uses = nodes.get(part.id)?.deps.map(({ pkg }) => cargoUrl(byId.get(pkg))) ?? [];
      dependencies.set(url, new Set([...(dependencies.get(url) ?? []), ...uses]));
      if (parts.has(url)) continue;
      const checksum = checksums.get(`${part.name} ${part.version}`);
      const isOurs = part.source === null;
      if (!part.license && !part.license_file) faults.push(`${url} names no licence`);
      if (!isOurs && !checksum) faults.push(`${url} has no checksum in Cargo.lock`);
      parts.set(url, {
        type: "library",
        "bom-ref": url,
        name: part.name,
        version: part.version,
        purl: url,
        licenses: part.license
          ? licences(part.license)
          : [{ license: { name: `see ${part.license_file}` } }],
        ...(checksum && { hashes: [{ alg: "SHA-256", content: checksum }] }),
        ...(part.repository && {
          externalReferences: [{ type: "vcs", url: part.repository }],
        }),
      });
    }
  }
  for (const [url, part] of parts) part.scope = isBuiltIn.has(url) ? "required" : "excluded";
  return { parts, dependencies };
};

/** npm packages: all of them build or test, none is shipped. */
const npmParts = () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const parts = new Map();
  for (const [path, part] of Object.entries(packages)) {
    if (path === "") continue;
    const name = part.name ?? path.replace(/^.*node_modules\//, "");
    const url = `pkg:npm/${name.replace("@", "%40")}@${part.version}`;
    if (!part.license) console.error(`note: ${url} names no licence; it is not shipped`);
    if (!part.integrity) faults.push(`${url} has no checksum in package-lock.json`);
    const [, algorithm, sum] = part.integrity?.match(/^(sha\d+)-(.*)$/) ?? [];
    parts.set(url, {
      type: "library",
      "bom-ref": url,
      name,
      version: part.version,
      purl: url,
      scope: "excluded",
      licenses: part.license ? licences(part.license) : [{ license: { name: "not stated" } }],
      ...(sum && { hashes: [{ alg: algorithm.replace("sha", "SHA-"), content: hex(sum) }] }),
    });
  }
  return parts;
};

const { parts, dependencies } = cargoParts();
const own = parts.get([...parts.keys()].find((url) => url.startsWith("pkg:cargo/kvarten-server@")));
const components = [...parts.values(), ...npmParts().values()]
  .filter((part) => part !== own)
  .sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1));

// The same parts have the same serial number, so that two inventories can be compared.
const digest = createHash("sha256").update(JSON.stringify(components)).digest("hex");
const serial = [
  digest.slice(0, 8),
  digest.slice(8, 12),
  `8${digest.slice(13, 16)}`,
  `a${digest.slice(17, 20)}`,
  digest.slice(20, 32),
].join("-");

const bom = {
  $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  serialNumber: `urn:uuid:${serial}`,
  version: 1,
  metadata: {
    component: { ...own, type: "application", name: "kvarten", scope: undefined },
  },
  components,
  dependencies: [...dependencies]
    .map(([ref, uses]) => ({ ref, dependsOn: [...uses].sort() }))
    .sort((a, b) => (a.ref < b.ref ? -1 : 1)),
};

if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
const text = `${JSON.stringify(bom, undefined, 2)}\n`;
const file = process.argv[2];
if (file) {
  writeFileSync(file, text);
  const built = components.filter(({ scope }) => scope === "required").length;
  console.log(`${file}: ${built} parts in the program, ${components.length - built} beside it`);
} else {
  process.stdout.write(text);
}
