/**
 * The entry of the playground's page.
 * Owns: starting the worker, and what is played first. Does not own: what is on the page (app/page.tsx).
 */
import { render } from "preact";
import { listenToDrops } from "./app/drop.ts";
import { keepKeyPreference, listenToKeys } from "./app/keys.ts";
import { Page } from "./app/page.tsx";
import { PageSession } from "./session/page-session.ts";
// Inline and no module: Chromium refuses other scripts where the page is opened from disk.
import SessionWorker from "./session/worker.ts?worker&inline";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/page.css";
import "./styles/ladder.css";

const session = new PageSession(new SessionWorker());
keepKeyPreference();
listenToKeys(session);
listenToDrops(session);
void session.openAddress(location.hash);

const page = document.querySelector("#page");
if (page !== null) render(<Page session={session} />, page);
