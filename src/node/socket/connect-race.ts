/**
 * The addresses of one name, tried one after another until an association is established (RFC 8305).
 * Owns: when the next is tried, who wins, what is told if none does. Does not own: trying one (connect-attempt.ts), in what
 * order they come (resolve.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import { SctpError } from "../../base/errors.ts";
import type { AssociationUser } from "../../socket/state/host.ts";
import { presentAs } from "../common/diagnostics.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import type { PortLease } from "../driver/shared-ports.ts";
import { type AssociationDuplex, insideOf, whenOver } from "./association-duplex.ts";
import { beginAttempt, type PortChoice } from "./connect-attempt.ts";
import { setUpError } from "./connect-errors.ts";
import type { ConnectPlan } from "./connect-options.ts";
import { closedError } from "./ending.ts";
import { followHost } from "./host-following.ts";

/** RFC 8305 8: Connection Attempt Delay; `net` has the same. */
const ATTEMPT_DELAY_MS = 250;
const NOTHING = new Uint8Array(0);

export class ConnectRace {
  readonly #socket: AssociationDuplex;
  readonly #plan: ConnectPlan;
  readonly #choosePort: PortChoice;
  readonly #addresses: readonly string[];
  readonly #runners: Set<Runner> = new Set();
  readonly #errors: Error[] = [];
  #next = 0;
  /** Ports that are being opened, where the runtime takes its time to bind. */
  #openingCount = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #forgetSocket: (() => void) | undefined;

  /** @param addresses alternatives, the best first */
  constructor(
    socket: AssociationDuplex,
    plan: ConnectPlan,
    choosePort: PortChoice,
    addresses: readonly string[],
  ) {
    this.#socket = socket;
    this.#plan = plan;
    this.#choosePort = choosePort;
    this.#addresses = addresses;
  }

  start(): void {
    insideOf(this.#socket).onReference = (isReferenced) => {
      for (const runner of this.#runners) runner.refer(isReferenced);
    };
    this.#forgetSocket = whenOver(this.#socket, () => this.#end());
    void this.#tryNext();
  }

  async #tryNext(): Promise<void> {
    clearTimeout(this.#timer);
    const address = this.#addresses[this.#next++];
    if (address === undefined) return;
    if (this.#next < this.#addresses.length)
      this.#timer = setTimeout(() => this.#onPatienceOver(), ATTEMPT_DELAY_MS).unref();
    this.#openingCount++;
    try {
      this.#run(await this.#choosePort([address]), address);
      this.#openingCount--;
    } catch (error) {
      this.#openingCount--;
      this.#onFailure(error as Error);
    }
  }

  /** @throws SctpError as `Stack.connect` */
  #run(lease: PortLease, address: string): void {
    const { driver } = lease;
    const runner = new Runner(driver, insideOf(this.#socket).isReferenced, {
      onUp: (event) => this.#win(runner, event),
      onFailure: (error) => {
        if (this.#drop(runner)) this.#onFailure(error);
      },
    });
    presentAs(runner, this.#socket);
    const init = {
      plan: this.#plan,
      remoteAddresses: [address],
      user: runner,
      face: this.#socket,
      onRefused: (error: SctpError): void => runner.onHostError(error),
    };
    try {
      if (this.#isOver || this.#socket.destroyed) return;
      runner.begin(beginAttempt(lease, init));
      this.#runners.add(runner);
    } finally {
      if (this.#plan.options.udp === undefined) driver.closeWhenIdle();
    }
  }

  /** One that is being answered is given the time: else the peer might see two associations. */
  #onPatienceOver(): void {
    const isAnswered = [...this.#runners].some(({ association }) => association?.state !== "COOKIE-WAIT");
    if (isAnswered) this.#timer = setTimeout(() => this.#onPatienceOver(), ATTEMPT_DELAY_MS).unref();
    else void this.#tryNext();
  }

  #win(runner: Runner, event: AssociationEvent): void {
    if (this.#isOver || this.#socket.destroyed || !this.#runners.delete(runner)) return;
    const { association } = event;
    const { user, attach } = insideOf(this.#socket);
    association.userData = user;
    attach(runner.driver, association, false);
    if (this.#plan.options.followHostAddresses === true) followHost(this.#socket);
    runner.leave();
    this.#end();
    user.onAssociationEvent(event);
  }

  #onFailure(error: Error): void {
    if (this.#isOver) return;
    this.#errors.push(error);
    if (this.#next < this.#addresses.length) void this.#tryNext();
    else if (this.#runners.size + this.#openingCount === 0) this.#socket.destroy(joined(this.#errors));
  }

  /** @returns whether it was still in the race */
  #drop(runner: Runner): boolean {
    if (!this.#runners.delete(runner)) return false;
    runner.leave();
    return true;
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#forgetSocket?.();
    insideOf(this.#socket).onReference = undefined;
    for (const runner of [...this.#runners]) {
      this.#drop(runner);
      runner.withdraw();
    }
  }
}

interface RunnerListener {
  onUp(event: AssociationEvent): void;
  onFailure(error: Error): void;
}

/** One of them, while it is being set up: it keeps its port open, and the process alive if the socket does. */
class Runner implements AssociationUser {
  readonly driver: PortDriver;
  association: Association | undefined = undefined;
  #isReferenced: boolean;
  readonly #listener: RunnerListener;

  constructor(driver: PortDriver, isReferenced: boolean, listener: RunnerListener) {
    this.driver = driver;
    this.#isReferenced = isReferenced;
    this.#listener = listener;
  }

  begin(association: Association): void {
    this.association = association;
    this.driver.hold();
    if (!this.#isReferenced) this.driver.unref();
  }

  /** As `ref()` and `unref()` of the socket. */
  refer(isReferenced: boolean): void {
    if (isReferenced === this.#isReferenced) return;
    this.#isReferenced = isReferenced;
    if (isReferenced) this.driver.ref();
    else this.driver.unref();
  }

  leave(): void {
    if (!this.#isReferenced) this.driver.ref();
    this.driver.release();
  }

  /** A peer that has not answered hears nothing of it. */
  withdraw(): void {
    this.association?.abort(NOTHING, this.driver.nowMs());
    this.driver.scheduleFlush();
  }

  onAssociationEvent(event: AssociationEvent): void {
    const { association } = event;
    if (event.kind === "established") this.#listener.onUp(event);
    if (event.kind === "closed")
      this.#listener.onFailure(setUpError(event.reason, association) ?? closedError());
  }

  onHostError(error: SctpError): void {
    this.#listener.onFailure(error);
    this.withdraw();
  }
}

/** What became of all of them, as an error like that of the first. */
function joined(errors: readonly Error[]): Error {
  const [first] = errors;
  if (errors.length === 1 || !(first instanceof SctpError)) return first ?? closedError();
  const { code, errno, syscall, address, port, causeCodes } = first;
  const hostCode = code === first.sctpCode ? undefined : code;
  const message = errors.map((error) => error.message).join("; ");
  const details = { hostCode, errno, syscall, address, port, causeCodes };
  return new SctpError(first.sctpCode, message, { ...details, cause: new AggregateError(errors) });
}
