// Another drawing of the page in the place of this one, with what the reader has typed and chosen.

const kinds = "input:not([type=hidden]), select, textarea, details";

/** The fields of a page by names that hold in another drawing of it. */
function* fields(parent) {
  const seen = {};
  for (const field of parent.querySelectorAll(kinds)) {
    const name = [field.form?.getAttribute("action"), field.localName, field.name || field.id, field.localName === "input" && /radio|checkbox/.test(field.type) ? field.value : ""].join();
    seen[name] = (seen[name] ?? 0) + 1;
    yield [`${name},${seen[name]}`, field];
  }
}

/** What the reader has done to the fields. */
function held(parent) {
  const values = new Map();
  for (const [name, field] of fields(parent)) {
    const { localName, value, checked, open } = field;
    const isFocused = document.activeElement === field;
    const range = isFocused && "selectionStart" in field ? [field.selectionStart, field.selectionEnd] : null;
    let change;
    if (localName === "details") change = { open };
    else if (localName === "select") change = [...field.options].some((one) => one.selected !== one.defaultSelected) && { value };
    else if (field.type === "file") change = null;
    else change = (value !== field.defaultValue || checked !== field.defaultChecked) && { value, checked };
    const touched = field.getAttribute("data-touched");
    if (change || isFocused) values.set(name, { change, isFocused, range, touched });
  }
  return values;
}

function give(parent, values) {
  for (const [name, field] of fields(parent)) {
    const known = values.get(name);
    if (!known) continue;
    if (known.change) Object.assign(field, known.change);
    if (known.touched !== null) field.setAttribute("data-touched", known.touched);
    if (!known.isFocused) continue;
    field.focus({ preventScroll: true });
    try {
      if (known.range?.[0] !== null) field.setSelectionRange?.(...known.range);
    } catch {
      // No place in it.
    }
  }
}

/** Puts another drawing of the page where this one is, up to the scripts at its end. */
export function swap(drawing) {
  const { body } = document;
  const values = held(body);
  const film = body.querySelector("video");
  const at = film && !film.paused ? film.currentTime : undefined;
  const y = scrollY;
  for (let node = body.firstChild; node && node.localName !== "script"; node = body.firstChild) {
    node.remove();
  }
  const nodes = [...drawing.childNodes];
  const last = nodes.findIndex((node) => node.localName === "script");
  body.prepend(...(last < 0 ? nodes : nodes.slice(0, last)));
  drawing.remove();
  give(body, values);
  scrollTo(0, y);
  const next = at !== undefined && body.querySelector("video");
  if (next) {
    next.currentTime = at;
    next.play().catch(() => {});
  }
}
