/**
 * What a page and a worker of lessons say to each other.
 * Owns: serving in a worker, asking from a page. Does not own: the answers (lesson-desk.ts).
 */
import type { DeskReport, DeskRequest, LessonDesk } from "./lesson-desk.ts";

type Answer =
  | { readonly number: number; readonly report: DeskReport }
  | { readonly number: number; readonly why: string };
interface Question {
  readonly number: number;
  readonly request: DeskRequest;
}

interface Waiting {
  resolve(report: DeskReport): void;
  reject(error: Error): void;
}

/** Called once in a worker. */
export function serve(desk: LessonDesk): void {
  addEventListener("message", ({ data: { number, request } }: MessageEvent<Question>) => {
    let answer: Answer;
    try {
      answer = { number, report: desk.answer(request) };
    } catch (error) {
      answer = { number, why: (error as Error).message };
    }
    postMessage(answer);
  });
}

/** A worker, asked from the page. */
export class LessonPort {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.number);
      this.#waiting.delete(data.number);
      if ("report" in data) waiting?.resolve(data.report);
      else waiting?.reject(new Error(data.why));
    });
  }

  /** @throws Error if it cannot be played */
  ask(request: DeskRequest): Promise<DeskReport> {
    const number = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ number, request } satisfies Question);
    });
  }
}
