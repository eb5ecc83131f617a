/** The worker in which the stack has the fault "queue-karn". Owns: nothing else. */
import * as stack from "virtual:fault/queue-karn";
import { serveFaulty } from "../fault-desk.ts";

serveFaulty(stack);
