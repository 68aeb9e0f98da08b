// Runs before the page's own code: notes when pages of the document are painted, and reads on as a person would.
(() => {
  const bench = { shown: null, title: null, first: null, all: null, count: 0, width: 0 };
  window.bench = bench;
  const painted = new Set();
  new PerformanceObserver((list) => (bench.shown ??= list.getEntries()[0].startTime)).observe({ type: "paint", buffered: true });
  const look = () => {
    if (document.querySelector('[data-testid="document-title"]')?.textContent.trim()) bench.title ??= performance.now();
    const canvases = [...document.querySelectorAll('[data-testid="page-canvas"]')];
    canvases.forEach((canvas, index) => {
      if (canvas.dataset.rendered !== "true" || painted.has(index)) return;
      painted.add(index);
      // The second frame after is the first that surely shows it.
      requestAnimationFrame(() => requestAnimationFrame(() => {
        bench.first ??= performance.now();
        bench.width ||= canvas.width;
        bench.count += 1;
        if (bench.count === canvases.length) bench.all = performance.now();
        canvases.find((_, other) => !painted.has(other))?.scrollIntoView({ block: "center" });
      }));
    });
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-rendered"],
  });
})();
