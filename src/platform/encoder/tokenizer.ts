/** A piece of text that the model knows, and how likely it is (a logarithm); its place in the list is its id. */
export type Piece = readonly [text: string, score: number];

export interface Tokenizer {
  /** The ids of the likeliest way to cut the text into pieces. */
  ids(text: string): number[];
  text(id: number): string;
}

/** The id of whatever no piece covers; a run of it is one. */
export const UNKNOWN = 0;

/** Stands for a space, and for the start of the text. */
export const SPACE = "▁";

/** The first ids are control symbols, which no text contains. */
const CONTROLS = 6;

/**
 * SentencePiece's unigram segmentation (Kudo 2018, arxiv.org/abs/1804.10959), to the letter as the model's own package
 * does it, since the model's vectors are only worth what its pieces are. That keeps its oddities: case and line breaks
 * stay (a line break is unknown), a character that is no piece costs nothing, and one that only begins longer pieces
 * makes unknown what ends behind it.
 */
export function createTokenizer(pieces: readonly Piece[]): Tokenizer {
  const trie = createTrie(pieces);

  function ids(text: string): number[] {
    const normal = text.normalize("NFKC");
    if (normal === "") return [];
    const symbols = Array.from(SPACE + normal.replaceAll(" ", SPACE), (symbol) => symbol.codePointAt(0)!);
    const best = new Float64Array(symbols.length + 1);
    const last = new Uint16Array(symbols.length + 1);
    // A total of 0 counts as "not reached yet", as it does in the package.
    const offer = (end: number, score: number, id: number) => {
      if (best[end] !== 0 && score < best[end]!) return;
      best[end] = score;
      last[end] = id;
    };
    for (let start = 0; start < symbols.length; start++) {
      let found = false;
      for (let node = 0, end = start; end < symbols.length; end++) {
        node = trie.next(node, symbols[end]!);
        if (node === 0) break;
        const id = trie.pieceAt(node);
        if (id === UNKNOWN) continue;
        found = true;
        offer(end + 1, pieces[id]![1] + best[start]!, id);
      }
      if (!found) offer(start + 1, best[start]!, UNKNOWN);
    }
    return walkBack(last);
  }

  function walkBack(last: Uint16Array): number[] {
    const found: number[] = [];
    for (let end = last.length - 1; end > 0;) {
      const id = last[end]!;
      if (id !== UNKNOWN || found.at(-1) !== UNKNOWN) found.push(id);
      end -= id === UNKNOWN ? 1 : pieces[id]![0].length;
    }
    return found.reverse();
  }

  return { ids, text: (id) => pieces[id]![0] };
}

interface Trie {
  /** The node behind `node` (0 is the root) for a character; 0 when no piece goes on so. */
  next(node: number, symbol: number): number;
  /** The piece that ends at the node, or UNKNOWN. */
  pieceAt(node: number): number;
}

/** Edges in one open hash table, for a tree of objects takes 20 times the memory and as long to build. */
function createTrie(pieces: readonly Piece[]): Trie {
  const SIZE = 1 << 16;
  const keys = new Uint32Array(SIZE);
  const nodes = new Uint16Array(SIZE);
  const ends: number[] = [UNKNOWN];

  /** The slot of an edge, or the free one where it belongs. Pieces are of 16-bit characters, so a key is one number. */
  function slot(node: number, symbol: number): number {
    const key = node * 0x10000 + symbol;
    let at = (Math.imul(key, 0x9e3779b1) >>> 16) & (SIZE - 1);
    while (nodes[at] !== 0 && keys[at] !== key) at = (at + 1) & (SIZE - 1);
    return at;
  }

  for (let id = CONTROLS; id < pieces.length; id++) {
    let node = 0;
    for (const symbol of pieces[id]![0]) {
      const code = symbol.codePointAt(0)!;
      const at = slot(node, code);
      if (nodes[at] === 0) {
        keys[at] = node * 0x10000 + code;
        nodes[at] = ends.push(UNKNOWN) - 1;
      }
      node = nodes[at]!;
    }
    // Of a text that is there twice, the later one counts.
    ends[node] = id;
  }
  return {
    next: (node, symbol) => (symbol > 0xffff ? 0 : nodes[slot(node, symbol)]!),
    pieceAt: (node) => ends[node]!,
  };
}
