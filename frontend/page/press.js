// A press and its click belong together: in between nothing is drawn anew, and no delay ends.
import { hear } from "./state.js";

let pressed = 0;
let waiting = [];
const isPressed = () => pressed > 0 && performance.now() - pressed < 3_000;

function release() {
  pressed = 0;
  const now = waiting;
  waiting = [];
  for (const [, go] of now) go();
}

const still = () => new Promise((go) => (isPressed() ? waiting.push([0, go]) : go()));
const released = (delay) => () => pressed && later(release, delay);
export const later = self.setTimeout.bind(self);
const capture = { capture: true, passive: true };

addEventListener("pointerdown", (event) => {
  if (!event.isPrimary || event.button !== 0) return;
  const mine = (pressed = performance.now());
  later(() => pressed === mine && release(), 3_000);
}, capture);
addEventListener("pointerup", released(100), capture);
addEventListener("click", released(1), capture);
for (const name of ["pointercancel", "dragend", "keydown"]) addEventListener(name, released(1), capture);
// The window's own, not a field's: the press takes the focus from that.
addEventListener("blur", ({ target }) => target === self && released(1)());

// Delays and answers of the program wait for the finger.
self.setTimeout = (what, delay, ...more) => {
  const go = () => what(...more);
  const id = later(() => (isPressed() ? waiting.push([id, go]) : go()), delay);
  return id;
};
const clear = self.clearTimeout.bind(self);
self.clearTimeout = (id) => {
  waiting = waiting.filter(([of]) => of !== id);
  clear(id);
};
export const flying = new Set();
const ask = self.fetch.bind(self);
self.fetch = (...request) => {
  const answer = ask(...request).then((response) => {
    const read = response.arrayBuffer.bind(response);
    response.arrayBuffer = async () => {
      const bytes = await read();
      await still();
      return bytes;
    };
    return response;
  });
  flying.add(answer);
  const landed = () => flying.delete(answer);
  answer.then(landed, landed);
  return answer;
};
hear("press", (event) => isPressed() && event.preventDefault());
