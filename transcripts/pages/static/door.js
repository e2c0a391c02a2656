// A link to a sentence (…#s0007) survives the sign-in: servers never see that part of an address.
const wanted = document.querySelector("input[name=next]");
if (wanted && /^#[\w=.:,~%-]+$/.test(location.hash)) wanted.value += location.hash;

// Long addresses are copied by a button; where the browser forbids it, they are at least selected.
for (const button of document.querySelectorAll("[data-copies]")) {
  const address = document.getElementById(button.dataset.copies);
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    address.select();
    try {
      await navigator.clipboard.writeText(address.value);
      button.nextElementSibling.textContent = "Kopiert.";
    } catch {
      button.nextElementSibling.textContent = "Markiert, jetzt kopieren.";
    }
  });
}
