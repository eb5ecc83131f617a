/**
 * The entry of the race's page.
 * Owns: starting the worker, and the race. Does not own: what is on the page (race-page.tsx).
 */
import { render } from "preact";
import { isMotionReduced } from "../app/calm.ts";
import { RacePage } from "./race-page.tsx";
import { RaceSession } from "./race-session.ts";
// Inline and no module: Chromium refuses other scripts where the page is opened from disk.
import RaceWorker from "./race-worker.ts?worker&inline";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/race.css";

const session = new RaceSession(new RaceWorker(), location.hash, isMotionReduced);
const page = document.querySelector("#page");
if (page !== null) render(<RacePage session={session} />, page);
// Who wants less motion begins it himself.
void session.load().then((isLoaded) => {
  if (isLoaded && !isMotionReduced()) session.play();
});
