// htmx requests carry Django's CSRF token, read from <meta name="csrf-token">.
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const request = event.detail?.ctx?.request;
  if (token && request) request.headers["X-CSRFToken"] = token;
});
