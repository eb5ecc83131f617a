/** The worker in which the stack has the fault "outbound-alternate". Owns: nothing else. */
import * as stack from "virtual:fault/outbound-alternate";
import { serveFaulty } from "../fault-desk.ts";

serveFaulty(stack);
