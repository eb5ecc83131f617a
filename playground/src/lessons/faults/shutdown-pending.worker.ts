/** The worker in which the stack has the fault "shutdown-pending". Owns: nothing else. */
import * as stack from "virtual:fault/shutdown-pending";
import { serveFaulty } from "../fault-desk.ts";

serveFaulty(stack);
