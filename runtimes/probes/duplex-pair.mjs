/** Two ends of a byte stream that is no socket; not a probe itself. */
import { Duplex } from "node:stream";

class End extends Duplex {
  /** @type {End | undefined} */
  other;
  /** @type {(() => void) | undefined} */
  taken;

  // What node:http calls of a connection.
  setKeepAlive() {}
  setNoDelay() {}
  setTimeout() {}
  ref() {}
  unref() {}

  _write(bytes, _encoding, done) {
    this.other.taken = done;
    this.other.push(Buffer.from(bytes));
  }
  _final(done) {
    this.other.push(null);
    done();
  }
  _read() {
    const { taken } = this;
    this.taken = undefined;
    if (taken !== undefined) setImmediate(taken);
  }
}

/** @returns {[End, End]} */
export function duplexPair() {
  const ends = [new End(), new End()];
  [ends[0].other, ends[1].other] = [ends[1], ends[0]];
  return ends;
}
