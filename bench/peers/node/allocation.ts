/**
 * How many bytes a program allocates on its JavaScript heap.
 * Owns: adding up what the collector's own statistics show. Does not own: when anybody asks (contract.ts).
 *
 * Between two collections the used heap grows by exactly what was allocated; memory outside of the heap (the bytes of
 * Buffers) is not in it.
 */
import { GCProfiler, getHeapStatistics } from "node:v8";

function usedHeapBytes(): number {
  return getHeapStatistics().used_heap_size;
}

export class AllocationMeter {
  #profiler: GCProfiler | undefined;
  #usedAtStart = 0;

  /** Bytes allocated since the last call; undefined the first time. */
  take(): number | undefined {
    const allocated = this.#stop();
    this.#profiler = new GCProfiler();
    this.#profiler.start();
    this.#usedAtStart = usedHeapBytes();
    return allocated;
  }

  #stop(): number | undefined {
    const result = this.#profiler?.stop();
    if (result === undefined) return undefined;
    let allocated = 0;
    let usedBefore = this.#usedAtStart;
    for (const { beforeGC, afterGC } of result.statistics) {
      allocated += Math.max(0, beforeGC.heapStatistics.usedHeapSize - usedBefore);
      usedBefore = afterGC.heapStatistics.usedHeapSize;
    }
    return allocated + Math.max(0, usedHeapBytes() - usedBefore);
  }
}
