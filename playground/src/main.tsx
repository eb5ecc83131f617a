/**
 * The entry of the playground's page.
 * Owns: where on the page it goes. Does not own: what is on it.
 */
import { render } from "preact";
import "./styles/tokens.css";

function Page() {
  return <h1>sctpkit playground</h1>;
}

const page = document.querySelector("#page");
if (page !== null) render(<Page />, page);
