/* What is typed into this form goes along with every other form of the page, so that the answer to a scan can show it
   again: a delivery note written before the last unit is counted stays written. */
export default function carry(form) {
  document.addEventListener("formdata", ({ target, formData }) => {
    if (target === form || !form.isConnected) return;
    for (const [name, value] of new FormData(form)) if (!formData.has(name)) formData.append(name, value);
  });
}
