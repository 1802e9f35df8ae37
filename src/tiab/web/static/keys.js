// Single keys for the whole page; none while somebody types, holds a modifier or has a dialog open.

const typing = (element) => element.isContentEditable || element.matches("input:not([type=checkbox]), textarea, select");

export function onKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = actions[event.shiftKey && /^[a-z]$/.test(key) ? `Shift+${key}` : key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
