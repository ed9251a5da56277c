// Renders the pictures, cards and film of the demonstration lessons.
//   node build.mjs pictures|cards|film|all OUT [only]
import { chromium } from 'playwright-core';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [what = 'all', out = 'out', only = ''] = process.argv.slice(2);
const OUT = resolve(out);
mkdirSync(OUT, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--font-render-hinting=none'],
});
const url = (...p) => pathToFileURL(join(here, ...p)).href;
const pages = dir => readdirSync(join(here, dir)).filter(f => f.endsWith('.html') && f.includes(only));

async function pictures() {
  const page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
  for (const file of pages('pictures')) {
    const name = basename(file, '.html');
    await page.goto(url('pictures', file));
    await page.evaluate(() => document.fonts.ready);
    const png = join(OUT, name + '.png');
    const el = await page.$('.page');
    await el.screenshot({ path: png });
    execFileSync('ffmpeg', ['-y', '-loglevel', 'error', '-i', png, '-c:v', 'libwebp', '-quality', '82', '-compression_level', '6', join(OUT, name + '.webp')]);
    // The places that lesson.toml needs, in per cent of the picture.
    const places = await page.evaluate(() => {
      const b = document.querySelector('.page').getBoundingClientRect();
      const r = n => Math.round(n * 10) / 10;
      const of = e => { const q = e.getBoundingClientRect(); return { x: r((q.x - b.x) / b.width * 100), y: r((q.y - b.y) / b.height * 100), w: r(q.width / b.width * 100), h: r(q.height / b.height * 100) }; };
      return [
        ...[...document.querySelectorAll('[data-callout]')].map(e => { const p = of(e); return `callout ${e.dataset.callout}: x = ${p.x}, y = ${p.y}`; }),
        ...[...document.querySelectorAll('[data-area]')].map(e => { const p = of(e); return `{ label = "${e.dataset.area}", x = ${p.x}, y = ${p.y}, w = ${p.w}, h = ${p.h} },`; }),
      ];
    });
    rmSync(png);
    console.log(name + '\n  ' + places.join('\n  '));
  }
}

async function cards() {
  const page = await browser.newPage();
  for (const file of pages('cards')) {
    await page.goto(url('cards', file));
    await page.evaluate(() => document.fonts.ready);
    await page.pdf({ path: join(OUT, basename(file, '.html') + '.pdf'), preferCSSPageSize: true, printBackground: true, tagged: true });
  }
}

async function film() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(url('film.html'));
  await page.evaluate(() => document.fonts.ready);
  const fps = 12;
  const seconds = await page.evaluate(() => window.LENGTH);
  const poster = await page.evaluate(() => window.POSTER);
  const mp4 = join(OUT, 'film.mp4');
  const ff = spawn('ffmpeg', ['-y', '-loglevel', 'error', '-f', 'image2pipe', '-framerate', String(fps), '-c:v', 'png', '-i', '-',
    '-c:v', 'libx264', '-preset', 'slow', '-tune', 'animation', '-crf', '23', '-pix_fmt', 'yuv420p', '-g', String(fps * 5),
    '-movflags', '+faststart', mp4], { stdio: ['pipe', 'inherit', 'inherit'] });
  const done = new Promise((ok, no) => ff.on('close', c => c ? no(new Error('ffmpeg ' + c)) : ok()));
  let last = '', shot;
  for (let i = 0; i < seconds * fps; i++) {
    const key = await page.evaluate(t => window.render(t), i / fps);
    if (key !== last || !shot) shot = await page.screenshot({ type: 'png' });
    last = key;
    if (!ff.stdin.write(shot)) await new Promise(r => ff.stdin.once('drain', r));
  }
  ff.stdin.end();
  await done;
  await page.evaluate(t => window.render(t), poster);
  const png = join(OUT, 'poster.png');
  await page.screenshot({ path: png });
  execFileSync('ffmpeg', ['-y', '-loglevel', 'error', '-i', png, '-c:v', 'libwebp', '-quality', '82', join(OUT, 'film.webp')]);
  rmSync(png);
}

if (what === 'pictures' || what === 'all') await pictures();
if (what === 'cards' || what === 'all') await cards();
if (what === 'film' || what === 'all') await film();
await browser.close();
