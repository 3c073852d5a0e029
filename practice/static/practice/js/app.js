// Every behaviour of the pages, each in its own file and called up by a data- attribute. Nothing here is needed to work.
import "./htmx-csrf.js";
import "./errors.js";
import "./drafts.js";
import "./sheets.js";
import "./dialogs.js";

const asked = (selector) => document.querySelector(selector) !== null;
if (asked("[data-signature]")) import("./signature.js");
if (asked("[data-holds], [data-held-no-more]")) import("./holding.js");
if (asked("[data-keeps]")) import("./answers.js");
if (asked("[data-starters]")) import("./starters.js");
if (asked("[data-copied]")) import("./copying.js");
if (asked("[data-ticks]")) import("./ticking.js");
