// What others change in the page: whether it is as it was sent, and whether a change is in the way.
import { state } from "./state.js";

/** What others have put into the page. */
const strangers = new WeakSet();
/** The page's structure in a number; `server/src/shape.rs` finds the same in what it sends. */
export function shape(body) {
  let hash = 0x811c9dc5;
  const add = (text) => {
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  };
  const walk = (parent) => {
    for (let node = parent.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === 3) {
        if (node.previousSibling?.nodeType !== 3) add("#");
      } else if (node.nodeType === 8) {
        add("!");
      } else if (node.nodeType === 1) {
        if (parent === body && node.localName === "script") return;
        add(`<${node.localName.toLowerCase()}`);
        walk(node);
        add("/");
      }
    }
  };
  walk(body);
  return (hash >>> 0).toString(16);
}

const isStranger = (node) => {
  for (let at = node; at; at = at.parentNode) if (strangers.has(at)) return true;
  return false;
};

/** Whether a change that others made may be in the program's way. */
export function isInTheWay({ target, addedNodes, removedNodes, nextSibling }) {
  if (isStranger(target)) return false;
  let found = false;
  for (const node of addedNodes) {
    strangers.add(node);
    // While the page is taken over, the order of nodes counts; later on, words beside our own do.
    if (state.isAlive) found ||= target !== document.body && Boolean(node.textContent.trim());
    else found ||= target !== document.body || nextSibling !== null;
  }
  for (const node of removedNodes) {
    if (!strangers.has(node)) found ||= !state.isAlive || !node.isConnected;
  }
  return found;
}
