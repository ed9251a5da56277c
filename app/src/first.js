(() => {
  const used = (event) => event.isTrusted && event.target.setAttribute?.("data-touched", "");
  addEventListener("input", used, true);
  addEventListener("change", used, true);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
    else if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
      for (const form of document.forms) {
        if (form.method === "post" && !form.querySelector("[data-touched]")) form.reset();
      }
    }
  });
})();
