/** The worker in which the stack has the fault "restart-reset". Owns: nothing else. */
import * as stack from "virtual:fault/restart-reset";
import { serveFaulty } from "../fault-desk.ts";

serveFaulty(stack);
