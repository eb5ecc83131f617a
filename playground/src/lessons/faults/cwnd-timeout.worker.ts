/** The worker in which the stack has the fault "cwnd-timeout". Owns: nothing else. */
import * as stack from "virtual:fault/cwnd-timeout";
import { serveFaulty } from "../fault-desk.ts";

serveFaulty(stack);
