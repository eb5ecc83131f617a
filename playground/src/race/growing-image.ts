/**
 * A picture that is shown while it comes: what is there of its file is decoded again and again.
 * Owns: one image's sources, their addresses. Does not own: the bytes (race-session.ts).
 *
 * An `<img>` draws what it can of a JPEG that ends early; ImageDecoder refuses it. The old picture stays until the new one has been
 * decoded, so nothing flickers.
 */
export class GrowingImage {
  readonly #image: HTMLImageElement;
  #address = "";
  #isLoading = false;
  #next: Uint8Array<ArrayBuffer> | undefined;

  constructor(image: HTMLImageElement) {
    this.#image = image;
    image.addEventListener("load", () => this.#onDone(true));
    image.addEventListener("error", () => this.#onDone(false));
  }

  /** @param bytes of the file, from its beginning; none: nothing is shown */
  show(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length === 0) return this.clear();
    if (this.#isLoading) {
      this.#next = bytes;
      return;
    }
    this.#isLoading = true;
    const old = this.#address;
    this.#address = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    this.#image.src = this.#address;
    if (old !== "") URL.revokeObjectURL(old);
  }

  clear(): void {
    this.#image.removeAttribute("src");
    this.#image.classList.remove("shown");
    if (this.#address !== "") URL.revokeObjectURL(this.#address);
    this.#address = "";
    this.#isLoading = false;
    this.#next = undefined;
  }

  /** So little of it may be there that nothing can be drawn. */
  #onDone(isDrawn: boolean): void {
    if (this.#address === "") return;
    this.#isLoading = false;
    if (isDrawn) this.#image.classList.add("shown");
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) this.show(next);
  }
}
