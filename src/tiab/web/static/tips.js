// Where a mark comes from: shown while the pointer is on it, or the focus.

const tip = document.getElementById("tip");

function show(mark) {
  tip.textContent = `${mark.dataset.role}\n${mark.dataset.tip}`;
  tip.hidden = false;
  const place = mark.getClientRects()[0];
  const left = Math.max(16, Math.min(place.left, innerWidth - tip.offsetWidth - 16));
  const above = place.top - tip.offsetHeight - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : place.bottom + 8}px`;
}

const hide = () => { tip.hidden = true; };

export function followMarks(root) {
  root.addEventListener("mouseover", (event) => {
    const mark = event.target.closest("mark");
    if (mark) show(mark);
    else hide();
  });
  root.addEventListener("mouseleave", hide);
  root.addEventListener("focusin", (event) => { if (event.target.matches("mark")) show(event.target); });
  root.addEventListener("focusout", hide);
  addEventListener("scroll", hide, { passive: true });
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
}

// Moves the focus to the next marked place, or (step -1) to the one before.
export function stepMarks(root, step) {
  const marks = [...root.querySelectorAll("mark")];
  if (!marks.length) return;
  const at = marks.indexOf(document.activeElement);
  const next = marks[at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length];
  next.scrollIntoView({ block: "nearest" });
  next.focus({ preventScroll: true });
  show(next);
}
