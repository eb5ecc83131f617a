/** The worker in which the stack has the fault "sack-gap". Owns: nothing else. */
import * as stack from "virtual:fault/sack-gap";
import { serveFaulty } from "../fault-desk.ts";

serveFaulty(stack);
