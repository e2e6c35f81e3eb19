/* The index's filter; without it every batch is shown. */
"use strict";
(function () {
  const controls = document.querySelector(".controls");
  if (!controls) return;
  const find = document.getElementById("find");
  const status = document.getElementById("status");
  const shown = document.getElementById("shown");
  const groups = Array.from(document.querySelectorAll(".group"));

  function filter() {
    const word = find.value.trim().toLowerCase();
    let count = 0;
    for (const group of groups) {
      let any = false;
      for (const row of group.querySelectorAll("tbody tr")) {
        const fits = (!status.value || row.dataset.status === status.value) && row.textContent.toLowerCase().includes(word);
        row.hidden = !fits;
        any = any || fits;
        count += fits ? 1 : 0;
      }
      group.hidden = !any;
    }
    shown.textContent = "显示 " + count + " 个批次";
  }

  controls.hidden = false;
  find.addEventListener("input", filter);
  status.addEventListener("change", filter);
  filter();
})();
