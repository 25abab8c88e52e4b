"use strict";
(() => {
  const told = JSON.parse(document.getElementById("data").textContent);
  const panel = document.getElementById("picked");
  const points = [...document.querySelectorAll(".curve .point")];
  const show = (i) => {
    points.forEach((point, j) => point.classList.toggle("picked", i === j));
    const head = document.createElement("b"), list = document.createElement("ul");
    head.textContent = told[i][0];
    for (const text of told[i][1]) {
      const item = document.createElement("li");
      item.textContent = text;
      list.append(item);
    }
    panel.replaceChildren(head, list);
  };
  points.forEach((point, i) => {
    point.addEventListener("mouseenter", () => show(i));
    point.addEventListener("focus", () => show(i));
    point.addEventListener("click", () => show(i));
  });
  if (points.length) show(Math.max(0, points.findIndex((point) => point.classList.contains("chosen"))));
  document.documentElement.dataset.ready = "yes";
})();
