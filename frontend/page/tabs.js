// Who is signed in here is told to the other tabs: they leave with a sign-out, and say so where another
// person has signed in.
import { root } from "./state.js";

const owner = root.dataset.owner ?? "";
if (self.BroadcastChannel) {
  const tabs = new BroadcastChannel("kvarten");
  const isOut = location.pathname === "/logga-in" && location.search.includes("ut=");
  if (owner || isOut) tabs.postMessage(owner);
  tabs.onmessage = ({ data }) => {
    if (!owner || data === owner) return;
    if (!data) location.replace("/logga-in?ut=1");
    else document.body.setAttribute("data-other", "");
  };
}
