// Buttons that open a dialog name it in data-opens.

export function openDialog(id) {
  document.getElementById(id).showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) openDialog(opener.dataset.opens);
});
