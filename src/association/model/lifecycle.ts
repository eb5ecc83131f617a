/**
 * The state that an association is in (RFC 9260 4).
 * Owns: the state, and that every change of it is told. Does not own: the states' meaning (state.ts), when they change
 * (src/association/procedures).
 */
import type { AssociationState } from "./state.ts";

/** Told of every change. */
export interface LifecycleObserver {
  onStateChange(from: AssociationState, to: AssociationState): void;
}

export class Lifecycle {
  #state: AssociationState = "CLOSED";
  readonly #observer: LifecycleObserver;

  constructor(observer: LifecycleObserver) {
    this.#observer = observer;
  }

  get state(): AssociationState {
    return this.#state;
  }

  enter(state: AssociationState): void {
    const from = this.#state;
    if (from === state) return;
    this.#state = state;
    this.#observer.onStateChange(from, state);
  }
}
