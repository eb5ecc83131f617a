/** The entry of the page of lessons. Owns: where on the page it goes. Does not own: what is on it (lessons-page.tsx). */
import { render } from "preact";
import { LessonsPage } from "./lessons-page.tsx";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/lessons.css";

const page = document.querySelector("#page");
if (page !== null) render(<LessonsPage />, page);
