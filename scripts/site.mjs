// Lays out the site beside the optimised server, the way Leptos expects it with `hash-files`:
//
//   site/pkg/kvarten.<hash>.js, .wasm, .css   what the page loads, immutable by name
//   site/pkg/kvarten-<part>.<hash>.wasm       what it loads when a screen needs it, likewise
//   site/…                                    app/public as it is
//   release/hash.txt                          "js: <hash>" and so on, next to the server program
//
// Every text and WebAssembly file gets a .br and a .gz beside it. Does nothing when neither the
// compiled WebAssembly nor the styles, public files and tools have changed.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { prune } from "./prune.mjs";

const run = promisify(execFile);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = process.env.KVARTEN_CACHE ?? join(homedir(), ".cache/kvarten");
const target = resolve(process.env.CARGO_TARGET_DIR ?? join(cache, "target"));
const output = "kvarten";

const inputs = {
  wasm: join(target, "wasm32-unknown-unknown/wasm-release/kvarten_frontend.wasm"),
  styles: join(root, "style"),
  publicFiles: join(root, "app/public"),
  page: join(root, "frontend/page"),
  bin: join(root, "node_modules/.bin"),
};
const splitter = join(cache, "tools/bin/wasm-split-cli");
const site = join(target, "site");
const hashFile = join(target, "release/hash.txt");
const stampFile = join(target, "site.stamp");
const packed = join(target, "site-packed");
const bound = join(target, "site-frontend");

// What rustc 1.95 puts into WebAssembly by default, and no more: every browser since 2022 has it.
const wasmFeatures = [
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-call-indirect-overlong",
  "--enable-multivalue",
  "--enable-mutable-globals",
  "--enable-nontrapping-float-to-int",
  "--enable-reference-types",
  "--enable-sign-ext",
];
const compressible = new Set([
  ".css", ".html", ".ico", ".js", ".json", ".map", ".mjs", ".svg", ".txt", ".vtt", ".wasm",
  ".webmanifest", ".xml",
]);

const digest = (bytes, length = 20) => createHash("sha256").update(bytes).digest("hex").slice(0, length);

async function filesIn(folder) {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** One hash over the given files: their names and what is in them. */
async function fingerprint(files, ...parts) {
  for (const file of files) parts.push(relative(root, file), digest(await readFile(file), 64));
  return digest(parts.join("\n"), 64);
}

/**
 * The glue, the WebAssembly that every page loads, and a folder with the parts that are loaded when
 * they are needed: as kept from the last run, or made anew.
 */
async function frontend(work, tools) {
  const wanted = digest([tools, digest(await readFile(inputs.wasm), 64)].join("\n"), 64);
  const [key, glue, wasm, parts] = ["key", "glue.js", "optimised.wasm", "parts"].map((name) => join(bound, name));
  if (!existsSync(key) || (await readFile(key, "utf8")) !== wanted) {
    const made = await makeFrontend(work);
    await rm(bound, { recursive: true, force: true });
    await mkdir(parts, { recursive: true });
    await writeFile(glue, made.js);
    await writeFile(wasm, made.wasm);
    for (const [name, bytes] of Object.entries(made.parts)) await writeFile(join(parts, name), bytes);
    await writeFile(key, wanted);
  }
  return { js: await readFile(glue), wasm: await readFile(wasm), parts };
}

// Taking over a page piece by piece while code is still loading, and pages from templates: the
// framework compiles both into every view whose type is forgotten, and no page is drawn that way.
// Only these functions themselves: what merely has their name among its type parameters may have
// been merged with something that is needed. The names are as the compiler mangles them.
const neverCalled = new RegExp([
  // <_ as tachys::view::any_view::IntoAny>::into_any::hydrate_async
  "^_RINvNvX\\w*?_6tachys4view8any_viewpNt\\w+?_7IntoAny8into_any13hydrate_async",
  // <_ as tachys::html::attribute::any_attribute::IntoAnyAttribute>::into_any_attr::hydrate_from_template
  "^_RINvNvX\\w*?_6tachys4html9attribute13any_attributepNt\\w+?_16IntoAnyAttribute13into_any_attr21hydrate_from_template",
  // <… as tachys::view::RenderHtml>::hydrate_async::{closure#0}
  "^_RNCNvX\\w*10RenderHtml13hydrate_async0Cs\\w+$",
].join("|"));

async function optimised(wasm) {
  const to = `${wasm}.small`;
  await run(join(inputs.bin, "wasm-opt"), [
    "--strip-debug", "--dae-optimizing", "-O1",
    // Browsers compile each function when it is first called: fewer of them start sooner.
    "--inlining-optimizing", "--always-inline-max-function-size=10",
    "--one-caller-inline-max-function-size=40", ...wasmFeatures, wasm, "-o", to,
  ]);
  return readFile(to);
}

/**
 * The glue with every closure of the program led through the `run` of frontend/page, which sees
 * traps there and what others have changed in the page (docs/decisions/034).
 */
function watched(glue) {
  const closures = [
    ["return f(a, state.b, ...args);", "return run(f, a, state.b, args);"],
    ["return f(state.a, state.b, ...args);", "return run(f, state.a, state.b, args);"],
  ];
  for (const [call, run] of closures) {
    const calls = glue.split(call).length - 1;
    if (calls > 1) throw new Error(`the glue calls closures in ${calls} places like "${call}"`);
    glue = glue.replace(call, run);
  }
  const rest = glue.match(/, \.\.\.args\)/g) ?? [];
  if (rest.length > 0 || !glue.includes("return run(")) {
    throw new Error("wasm-bindgen's glue calls closures in another way than scripts/site.mjs knows");
  }
  return `import { run } from "./page/page.js";\n${glue}`;
}

/** Runs the splitter, wasm-bindgen, wasm-opt and esbuild. */
async function makeFrontend(work) {
  const file = (name) => join(work, name);
  await writeFile(file("whole.wasm"), prune(await readFile(inputs.wasm), neverCalled));
  await mkdir(file("split"));
  await run(splitter, [file("whole.wasm"), file("split"), "--out-name", output]);
  await run("wasm-bindgen", [
    file(`split/${output}.wasm`), "--target", "web", "--no-typescript", "--omit-default-module-path",
    "--keep-lld-exports", "--remove-producers-section", "--out-name", output, "--out-dir", work,
  ]);
  const wasm = await optimised(file(`${output}_bg.wasm`));

  // A part is named by what is in it. The loader, which the glue imports, asks for it by that name.
  const parts = {};
  let loader = await readFile(file("split/__wasm_split.js"), "utf8");
  for (const name of await readdir(file("split"))) {
    if (extname(name) !== ".wasm" || name === `${output}.wasm`) continue;
    const bytes = await optimised(file(`split/${name}`));
    const part = `${output}-${name.replace(/^split_|\.wasm$/g, "")}.${digest(bytes)}.wasm`;
    parts[part] = bytes;
    loader = loader.replaceAll(`"./${name}"`, `"./${part}"`);
  }
  await writeFile(file("__wasm_split.js"), loader);

  await writeFile(file(`${output}.js`), watched(await readFile(file(`${output}.js`), "utf8")));
  await cp(inputs.page, file("page"), { recursive: true });
  const glue = file(`${output}.min.js`);
  // Bundled, so that the loader and snippets which crates bring along ride in the same file.
  await run(join(inputs.bin, "esbuild"), [
    file("page/page.js"), "--bundle", "--minify", "--format=esm", "--target=es2022",
    "--legal-comments=none", "--log-level=warning", `--outfile=${glue}`,
  ]);
  return { js: await readFile(glue), wasm, parts };
}

async function stylesheet() {
  const main = join(inputs.styles, "main.scss");
  const options = { maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await run(join(inputs.bin, "sass"), ["--style=compressed", "--no-source-map", main], options);
  return Buffer.from(stdout);
}

const brotli = (bytes) =>
  promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

/** Writes file.br and file.gz where they are smaller, from the store of packed files if it has them. */
async function precompress(file) {
  const bytes = await readFile(file);
  const stored = join(packed, digest(bytes, 40));
  if (!existsSync(`${stored}.gz`)) {
    await writeFile(`${stored}.br`, await brotli(bytes));
    await writeFile(`${stored}.gz`, await promisify(gzip)(bytes, { level: 9 }));
  }
  const sizes = { plain: bytes.length };
  for (const kind of ["br", "gz"]) {
    sizes[kind] = (await stat(`${stored}.${kind}`)).size;
    if (sizes[kind] < bytes.length) await cp(`${stored}.${kind}`, `${file}.${kind}`);
  }
  return { ...sizes, stored: basename(stored) };
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);

async function build() {
  const started = Date.now();
  const tools = await fingerprint(
    [fileURLToPath(import.meta.url), ...(await filesIn(inputs.page)), join(root, "scripts/prune.mjs"), join(root, "package-lock.json"), splitter],
    process.version,
    (await run("wasm-bindgen", ["--version"])).stdout,
  );
  const wanted = await fingerprint(
    [inputs.wasm, ...(await filesIn(inputs.styles)), ...(await filesIn(inputs.publicFiles))],
    tools,
  );
  const built = existsSync(stampFile) && existsSync(site) && existsSync(hashFile) &&
    (await readFile(stampFile, "utf8")) === `${wanted}\n${digest(await readFile(hashFile))}\n`;
  if (built) return console.log("The site is up to date.");

  await mkdir(packed, { recursive: true });
  await mkdir(dirname(hashFile), { recursive: true });
  const work = await mkdtemp(join(target, "site-work-"));
  try {
    const layout = join(work, "site");
    const pkg = join(layout, "pkg");
    await mkdir(pkg, { recursive: true });
    if (existsSync(inputs.publicFiles)) await cp(inputs.publicFiles, layout, { recursive: true });

    const [{ js, wasm, parts }, css] = await Promise.all([frontend(work, tools), stylesheet()]);
    const hashes = {};
    for (const [kind, bytes] of Object.entries({ js, wasm, css })) {
      hashes[kind] = digest(bytes);
      await writeFile(join(pkg, `${output}.${hashes[kind]}.${kind}`), bytes);
    }
    await cp(parts, pkg, { recursive: true });

    const inUse = new Set();
    for (const file of await filesIn(layout)) {
      if (!compressible.has(extname(file))) continue;
      const sizes = await precompress(file);
      inUse.add(sizes.stored);
      if (dirname(file) === pkg) {
        console.log(`${basename(file).replace(/\.\w{20}\./, ".").padEnd(26)} ${kilobytes(sizes.plain)}, brotli ${kilobytes(sizes.br)}, gzip ${kilobytes(sizes.gz)}`);
      }
    }
    for (const file of await readdir(packed)) {
      if (!inUse.has(file.split(".")[0])) await rm(join(packed, file));
    }

    const names = Object.entries(hashes).map(([kind, hash]) => `${kind}: ${hash}\n`).join("");
    await rm(stampFile, { force: true });
    if (existsSync(site)) await rename(site, join(work, "old"));
    await rename(layout, site);
    await writeFile(hashFile, names);
    await writeFile(stampFile, `${wanted}\n${digest(names)}\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  console.log(`The site is built (${((Date.now() - started) / 1000).toFixed(1)} s).`);
}

try {
  await build();
} catch (error) {
  console.error(`error: ${error.stderr || error.message}`);
  process.exitCode = 1;
}
