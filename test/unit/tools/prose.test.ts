import { describe, expect, it } from "vitest";
import { anchorsOf, brokenLinks, findPhrases } from "../../../tools/prose.ts";

describe("phrases", () => {
  it("are found across lines and comment marks, with their line and what to write instead", () => {
    const text = "one\n * every section that asks something\n * of somebody is here\n";
    expect(findPhrases(text)).toEqual(['2: "asks something of somebody": states a requirement']);
  });

  it("are found each time, whatever their case, and nothing else is", () => {
    const phrases = [{ pattern: "the local(?=[.,])", instead: "this side" }];
    expect(findPhrases("The local, the local. The local port, the locals", phrases)).toHaveLength(2);
  });
});

describe("anchors", () => {
  it("are made of headings as GitHub makes them, and not of comments in code", () => {
    const page =
      "# What `sctp` *does*, and why?\n## Two\n## Two\n```sh\n# no heading\n```\n### [A link](x.md) here\n";
    expect([...anchorsOf(page)]).toEqual(["what-sctp-does-and-why", "two", "two-1", "a-link-here"]);
  });
});

describe("links", () => {
  const pages: Record<string, string> = { "docs/a.md": "# One\n## Two words", "docs/b.md": "", src: "" };
  const broken = (text: string): string[] => brokenLinks("docs/b.md", text, (path) => pages[path]);

  it("to files, folders, headings and the web pass", () => {
    expect(
      broken("[a](a.md) [b](../src) [c](a.md#two-words) [d](#here) [e](https://example.com/#x)\n# Here"),
    ).toEqual([]);
  });

  it("to what is not there do not", () => {
    expect(
      broken("[a](gone.md) [b](a.md#three) [c](#nowhere) `[d](code.md)`\n```\n[e](in-code.md)\n```"),
    ).toEqual([
      "link to gone.md: there is no docs/gone.md",
      "link to a.md#three: docs/a.md has no heading of that name",
      "link to #nowhere: docs/b.md has no heading of that name",
    ]);
  });
});
