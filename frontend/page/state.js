// What the parts of this script share.

export const root = document.documentElement;
export const here = () => location.pathname + location.search;

export const state = {
  /** Nothing of this program runs any more. */
  isOver: false,
  /** Another instance of the program goes on. */
  isReplaced: false,
  /** The whole page is taken over. */
  isAlive: false,
};

/** Hears an event of the program, as long as it runs. */
export const hear = (name, what) => addEventListener(`kvarten:${name}`, (event) => state.isOver || what(event));
