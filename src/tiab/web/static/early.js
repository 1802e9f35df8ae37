// A click that comes before the page's scripts listen is held, and done once they do. Not a module: it runs at once.
{
  const held = [];
  const hold = (event) => {
    const control = event.target.closest("button, input[type=checkbox], input[type=radio]");
    if (!control) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.push(control);
  };
  document.addEventListener("click", hold, true);
  document.addEventListener("DOMContentLoaded", () => { // which modules come before
    document.removeEventListener("click", hold, true);
    for (const control of held) control.click();
  });
}
