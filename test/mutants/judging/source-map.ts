/**
 * Reading a source map: which place of the source each piece of generated code comes from.
 * Owns: decoding the base64 VLQ of "mappings". Does not own: which code was executed (executed-lines.ts).
 */

/** A piece of generated code, up to the next segment. All numbers count from 0. */
export interface Segment {
  readonly generatedLine: number;
  readonly generatedColumn: number;
  readonly sourceIndex: number;
  readonly sourceLine: number;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The segments that have a source, in the order of the generated code. @throws Error if the text is no base64 VLQ */
export function segmentsOf(mappings: string): Segment[] {
  const segments: Segment[] = [];
  let sourceIndex = 0;
  let sourceLine = 0;
  for (const [generatedLine, line] of mappings.split(";").entries()) {
    let generatedColumn = 0;
    for (const text of line === "" ? [] : line.split(",")) {
      const [columnStep = 0, sourceStep, lineStep] = numbersOf(text);
      generatedColumn += columnStep;
      if (sourceStep === undefined || lineStep === undefined) continue;
      sourceIndex += sourceStep;
      sourceLine += lineStep;
      segments.push({ generatedLine, generatedColumn, sourceIndex, sourceLine });
    }
  }
  return segments;
}

function numbersOf(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const digit = BASE64.indexOf(letter);
    if (digit < 0) throw new Error(`"${text}" is no base64 VLQ`);
    value |= (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push((value & 1) === 0 ? value >>> 1 : -(value >>> 1));
    value = 0;
    shift = 0;
  }
  return numbers;
}
