/** Sets that only ever grow together. */
export interface UnionFind {
  find(i: number): number;
  /** Whether they were apart. */
  union(a: number, b: number): boolean;
}

/** Returns `length` sets of one each. */
export function unionFind(length: number): UnionFind {
  const parents = Int32Array.from({length}, (_, i) => i);
  const find = (i: number): number => {
    let root = i;
    while (parents[root] !== root) root = parents[root] ?? root;
    while (parents[i] !== root) {
      const next = parents[i] ?? root;
      parents[i] = root;
      i = next;
    }
    return root;
  };
  return {
    find,
    union(a, b) {
      const [x, y] = [find(a), find(b)];
      if (x === y) return false;
      parents[Math.max(x, y)] = Math.min(x, y);
      return true;
    }
  };
}
