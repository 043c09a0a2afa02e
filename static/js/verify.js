// Dropping a file on the verify page sends the form at once.
const zone = document.querySelector(".dropzone");
const input = zone && zone.querySelector("input[type=file]");
if (zone && input) {
  ["dragover", "dragleave", "drop"].forEach((name) =>
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        zone.closest("form").requestSubmit();
      }
    })
  );
}
